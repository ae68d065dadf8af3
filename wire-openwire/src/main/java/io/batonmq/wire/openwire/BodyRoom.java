package io.batonmq.wire.openwire;

import java.util.concurrent.atomic.AtomicLong;

/// The memory for large bodies that have come in part, or for those that are put together to go: over all connections of
/// a node. Each asks for the whole of a body before its first byte, and whoever has that goes on without anybody else,
/// and without credit; the others wait and ask again. So nobody waits in a circle.
///
/// Any thread may ask.
public final class BodyRoom {
  /// How long who got nothing waits before it asks again.
  static final long RETRY_NANOS = 50_000_000;

  private final long max;
  private final AtomicLong taken = new AtomicLong();

  /// @param max bytes
  public BodyRoom(long max) {
    this.max = max;
  }

  /// Takes room for a body. A single one has it however large it is.
  boolean take(long bytes) {
    long before;
    do {
      before = taken.get();
      if (before != 0 && before + bytes > max) {
        return false;
      }
    } while (!taken.compareAndSet(before, before + bytes));
    return true;
  }

  void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }

  /// Bytes that are taken now.
  long taken() {
    return taken.get();
  }
}
