package io.batonmq.wire.openwire;

import io.batonmq.queue.Disposition;

/// What a `MessageAck` says, by the number in it.
final class AckType {
  /// Seen: the peer may have as many more.
  static final int DELIVERED = 0;

  static final int POISON = 1;

  /// Taken, all from the first to the last.
  static final int STANDARD = 2;

  /// The peer tries once more by itself.
  static final int REDELIVERED = 3;

  /// Taken, one alone.
  static final int INDIVIDUAL = 4;

  /// Not let in by the selector of a durable subscription.
  static final int UNMATCHED = 5;

  static final int EXPIRED = 6;

  private AckType() {}

  /// What becomes of the messages.
  ///
  /// @throws Malformed if there is no such type
  static Disposition disposition(int type) {
    return switch (type) {
      case STANDARD, INDIVIDUAL, UNMATCHED -> Disposition.ACCEPTED;
      case POISON -> Disposition.REJECTED;
      case EXPIRED -> Disposition.EXPIRED;
      default -> throw new Malformed("an acknowledgement has the type " + type);
    };
  }
}
