package io.batonmq.broker;

import io.batonmq.message.Message;

/// How much may still be looked at in one turn, by consumers that choose or by queues with filters. What they
/// pass over makes no event that would fill a batch, so nothing else ends a turn that goes through a deep
/// queue, or through very many filters.
final class Looks {
  /// Messages of a turn that consumers look at, if they and the selector are small.
  static final int CHOOSING_PER_TURN = 2_000;

  /// Filters that are asked in a turn, if they are small: the message is there already, and is looked into
  /// once for all of them.
  static final int ROUTING_PER_TURN = 10_000;

  /// A message this large counts for two.
  private static final int BYTES_EACH = 1_024;

  /// With a selector this long, everything counts for two.
  private static final int CHARACTERS_EACH = 256;

  private final int perTurn;
  private long left;

  Looks(int perTurn) {
    this.perTurn = perTurn;
    this.left = perTurn;
  }

  void begin() {
    left = perTurn;
  }

  boolean left() {
    return left > 0;
  }

  void spend(Message message, Condition condition) {
    left -= (1L + message.size() / BYTES_EACH) * cost(condition);
  }

  void spend(Condition condition) {
    left -= cost(condition);
  }

  void spend() {
    left--;
  }

  void spend(long many) {
    left -= many;
  }

  private static long cost(Condition condition) {
    return 1L + condition.characters() / CHARACTERS_EACH;
  }
}
