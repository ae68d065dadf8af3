package io.batonmq.ha;

import io.batonmq.log.RecordHandler;
import java.nio.ByteBuffer;

/// What follows the log on this node and serves when the node is active. Its methods are called by the
/// baton's lane; while it serves, its state belongs to its own lane, and only [#serve], [#quiesce],
/// [#quiesced], [#aftermath] and [#release] are called.
public interface Replica extends RecordHandler {
  /// Throws the state away: it is the state before the first record again.
  void reset();

  /// Takes a block of a snapshot, in order, after a [#reset].
  void restore(ByteBuffer block);

  /// Opens the doors. The state is what the log holds up to `active.appender().end()`.
  void serve(Role.Active active);

  /// What became of that which was under way when it began to serve, as far as it is known now; from
  /// [#serve] to [#release].
  Aftermath aftermath();

  /// Asks the serving replica to take no more commands and to finish what it has taken.
  void quiesce();

  /// Whether everything taken is confirmed and said.
  boolean quiesced();

  /// Closes the doors at once. When this returns nothing more is said to any client, and the state is
  /// the baton's again.
  void release(String reason);
}
