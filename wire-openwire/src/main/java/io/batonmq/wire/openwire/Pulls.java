package io.batonmq.wire.openwire;

import io.batonmq.seam.Now;
import java.util.ArrayDeque;

/// The messages that a consumer without prefetch has asked for one by one, and how long it waits for each.
final class Pulls {
  private static final long MILLIS_MAX = 1L << 40;

  private final ArrayDeque<Long> deadlines = new ArrayDeque<>();

  /// @param timeoutMillis -1 for at once, 0 for whenever
  void add(long timeoutMillis, Now now) {
    deadlines.add(
        timeoutMillis == 0
            ? Long.MAX_VALUE
            : now.nanos() + Math.max(0, Math.min(timeoutMillis, MILLIS_MAX)) * 1_000_000);
  }

  int size() {
    return deadlines.size();
  }

  boolean isEmpty() {
    return deadlines.isEmpty();
  }

  /// The first of them has its message, or is told that there is none.
  void done() {
    deadlines.poll();
  }

  void clear() {
    deadlines.clear();
  }

  /// When the first of them is to be given up; [Long#MAX_VALUE] for never.
  long deadline() {
    Long first = deadlines.peek();
    return first == null ? Long.MAX_VALUE : first;
  }

  /// Whether the first of them is to be given up now.
  boolean over(Now now) {
    return deadline() != Long.MAX_VALUE && deadline() - now.nanos() <= 0;
  }
}
