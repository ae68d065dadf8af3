package io.batonmq.broker;

import java.util.Map;
import java.util.TreeMap;

/// Which parts of the log hold bodies that somebody still refers to. The log is seen as extents of 1
/// MiB, and each counts the references into it; a body that lies across a border counts on both sides.
final class LiveExtents {
  /// Extent `n` covers positions `[n << SHIFT, (n + 1) << SHIFT)`.
  static final int SHIFT = 20;

  private final TreeMap<Long, int[]> counts = new TreeMap<>();

  void add(long position, int size) {
    for (long extent = first(position); extent <= last(position, size); extent++) {
      counts.computeIfAbsent(extent, _ -> new int[1])[0]++;
    }
  }

  void remove(long position, int size) {
    for (long extent = first(position); extent <= last(position, size); extent++) {
      int[] count = counts.get(extent);
      if (count == null) {
        throw new IllegalStateException("extent " + extent + " has no references to give up");
      }
      if (--count[0] == 0) {
        counts.remove(extent);
      }
    }
  }

  /// The live extents that begin below a position, ascending.
  long[] below(long position) {
    Map<Long, int[]> older = counts.headMap(last(position, 0), true);
    long[] extents = new long[older.size()];
    int i = 0;
    for (long extent : older.keySet()) {
      extents[i++] = extent;
    }
    return extents;
  }

  private static long first(long position) {
    return position >> SHIFT;
  }

  private static long last(long position, int size) {
    return (position + Math.max(size, 1) - 1) >> SHIFT;
  }
}
