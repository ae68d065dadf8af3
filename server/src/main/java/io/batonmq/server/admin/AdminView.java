package io.batonmq.server.admin;

import io.batonmq.session.AddressStat;
import io.batonmq.session.Management;
import java.util.List;
import java.util.Optional;

/// The node, as its operator sees it. Called by many threads at once.
public interface AdminView {
  /// Where the node stands. Answers from what is known, in every role.
  NodeStatus status();

  /// How full disk and memory are. Asks the disk, so it may take as long as the disk does.
  NodeUsage usage();

  /// The queues and their figures; a standby answers with what it has applied.
  List<QueueStat> queues();

  /// The addresses of an active node; none where it is not active.
  List<AddressStat> addresses();

  /// Makes, deletes or empties an address or a queue, and returns when that is committed.
  ///
  /// @return how many messages went with it
  /// @throws RefusedException if this node will not, with a sentence that says what to change
  long manage(Management request) throws RefusedException;

  /// Hands the baton to another node.
  ///
  /// @param peer name of the node that shall have it; empty leaves the choice to this one
  /// @return the name of the node that will have it: the hand-over has begun, not ended
  /// @throws RefusedException if this node will not, with a sentence that says what to change
  String switchover(Optional<String> peer) throws RefusedException;

  /// Begins to stop the node, as a signal would, and returns at once: the answer to the operator is
  /// already out, and the process may end.
  void stop();

  /// Ends the process with no word to anybody, for those who practise a failure.
  ///
  /// @return does it; the answer to the operator is out by then
  /// @throws RefusedException unless the node was started with leave for it
  Runnable kill() throws RefusedException;

  /// The node will not do what it was asked.
  final class RefusedException extends Exception {
    public RefusedException(String reason) {
      super(reason);
    }
  }
}
