package io.batonmq.broker;

/// How much of what was sent to a topic is kept for subscriptions that come later and want it: the newest, as far as
/// all three bounds allow.
///
/// @param messages how many, 0 for none, [#MESSAGES_MAX] at most
/// @param bytes of them, each counted with what it costs beside its bytes
/// @param millis how long
public record Recovery(int messages, long bytes, long millis) {
  /// So many are given to a subscription in one turn, at most.
  public static final int MESSAGES_MAX = 10_000;

  /// Nothing is kept.
  public static final Recovery NONE = new Recovery(0, Long.MAX_VALUE, Long.MAX_VALUE);

  public Recovery {
    if (messages < 0 || messages > MESSAGES_MAX || bytes < 1 || millis < 1) {
      throw new IllegalArgumentException(
          "a topic that keeps " + messages + " messages of " + bytes + " bytes for " + millis);
    }
  }

  boolean keeps() {
    return messages > 0;
  }

  /// Whether what was sent at a time is too old at another.
  boolean outdated(long sentMillis, long wall) {
    return wall - sentMillis > millis;
  }
}
