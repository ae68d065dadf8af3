package io.batonmq.server.config;

/// What a topic keeps in memory for subscriptions that come later and want it: the newest, as far as all three bounds
/// allow.
///
/// @param messages how many, 0 for none
/// @param bytes of them
/// @param millis how long
public record RecoverySettings(int messages, long bytes, long millis) {
  /// However small they are, and however few.
  public static final int MESSAGES_MAX = 10_000;

  /// Nothing is kept.
  public static final RecoverySettings NONE =
      new RecoverySettings(0, Long.MAX_VALUE, Long.MAX_VALUE);

  static RecoverySettings messages(int messages) {
    return new RecoverySettings(messages, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  static RecoverySettings bytes(long bytes) {
    return new RecoverySettings(MESSAGES_MAX, bytes, Long.MAX_VALUE);
  }

  static RecoverySettings millis(long millis) {
    return new RecoverySettings(MESSAGES_MAX, Long.MAX_VALUE, millis);
  }
}
