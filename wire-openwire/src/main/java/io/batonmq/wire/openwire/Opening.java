package io.batonmq.wire.openwire;

import io.batonmq.broker.Refusal;
import org.jspecify.annotations.Nullable;

/// The beginning of a consumer: the command that asked for it is answered when all its links are open, or refused if
/// one of them is.
final class Opening {
  private final Peer peer;
  private @Nullable Struct command;
  private @Nullable Refusal refusal;
  private int left;

  Opening(Peer peer, Struct command) {
    this.peer = peer;
    this.command = command;
  }

  /// More links are to be open first.
  void await(int links) {
    left += links;
  }

  /// Whether no link is waited for any more.
  boolean over() {
    return left == 0;
  }

  boolean refused() {
    return refusal != null;
  }

  void refuse(Refusal why) {
    refusal = why;
  }

  /// The broker has said what becomes of a link. True if it was the last one.
  boolean answered() {
    left--;
    return over() && end();
  }

  /// Answers the command.
  boolean end() {
    Struct asked = command;
    command = null;
    if (asked != null) {
      again(asked);
    }
    return true;
  }

  /// The command is sent again after a failover, or comes twice.
  void again(Struct asked) {
    Refusal why = refusal;
    if (!over()) {
      command = asked;
    } else if (why != null) {
      peer.fail(asked, Faults.consuming(why));
    } else {
      peer.answer(asked);
    }
  }
}
