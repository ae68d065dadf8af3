package io.batonmq.queue;

/// How one message is named inside one queue: its sequence and its priority in one number, so that
/// finding it needs neither a table nor a search through the priorities.
///
/// `key = sequence << 4 | priority`. Sequences are given out by the active node, ascending, one for
/// every message of the broker; they are identities, never places.
public final class Keys {
  /// No message.
  public static final long NONE = -1;

  /// Priorities are 0 to 9.
  public static final int PRIORITIES = 10;

  /// No message has a sequence as high as this.
  public static final long SEQUENCE_MAX = Long.MAX_VALUE >>> 5;

  private Keys() {}

  public static long of(long sequence, int priority) {
    return sequence << 4 | priority;
  }

  public static long sequence(long key) {
    return key >>> 4;
  }

  public static int priority(long key) {
    return (int) (key & 0xF);
  }
}
