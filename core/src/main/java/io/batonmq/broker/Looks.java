package io.batonmq.broker;

import io.batonmq.message.Message;

/// How much may still be looked at in one turn by consumers that choose. What they pass over makes no event
/// that would fill a batch, so nothing else ends a turn that goes through a deep queue.
final class Looks {
  /// Messages of a turn, if they and the selector are small.
  static final int PER_TURN = 2_000;

  /// A message this large counts for two.
  private static final int BYTES_EACH = 1_024;

  /// With a selector this long, everything counts for two.
  private static final int CHARACTERS_EACH = 256;

  private int left;

  void begin() {
    left = PER_TURN;
  }

  boolean left() {
    return left > 0;
  }

  void spend(Message message, Condition condition) {
    long cost = (1L + message.size() / BYTES_EACH) * (1 + condition.characters() / CHARACTERS_EACH);
    left -= (int) Math.min(cost, PER_TURN);
  }

  void spend() {
    left--;
  }
}
