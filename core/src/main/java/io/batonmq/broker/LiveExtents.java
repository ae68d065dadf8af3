package io.batonmq.broker;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// Which parts of the log hold bodies that somebody still refers to. The log is seen as extents of 1
/// MiB, and each counts the references into it and their bytes; a body that lies across a border counts on
/// both sides. A message with a tail brings its fragments along, see [Fragments].
final class LiveExtents {
  /// Extent `n` covers positions `[n << SHIFT, (n + 1) << SHIFT)`.
  static final int SHIFT = 20;

  private final TreeMap<Long, Extent> extents = new TreeMap<>();
  private final Fragments fragments = new Fragments(this);
  private long emptied;

  private static final class Extent {
    int references;

    /// Of them, as far as they lie here.
    long bytes;
  }

  Fragments fragments() {
    return fragments;
  }

  /// How often an extent lost its last reference.
  long emptied() {
    return emptied;
  }

  /// @param size as a reference says it
  void add(long position, int size) {
    count(position, fragments.recordSize(position, size));
    fragments.refer(position);
  }

  /// @param size as a reference says it
  void remove(long position, int size) {
    uncount(position, fragments.recordSize(position, size));
    fragments.release(position, 1);
  }

  /// The same for references that the log does not know.
  void addUnlogged(long position, int size) {
    count(position, fragments.recordSize(position, size));
    fragments.referUnlogged(position);
  }

  void removeUnlogged(long position, int size) {
    uncount(position, fragments.recordSize(position, size));
    fragments.releaseUnlogged(position);
  }

  void count(long position, int size) {
    for (long number = first(position); number <= last(position, size); number++) {
      Extent extent = extents.computeIfAbsent(number, _ -> new Extent());
      extent.references++;
      extent.bytes += within(number, position, size);
    }
  }

  void uncount(long position, int size) {
    for (long number = first(position); number <= last(position, size); number++) {
      Extent extent = extents.get(number);
      if (extent == null) {
        throw new IllegalStateException("extent " + number + " has no references to give up");
      }
      extent.bytes -= within(number, position, size);
      if (--extent.references == 0) {
        extents.remove(number);
        emptied++;
      }
    }
  }

  /// Gives up all that was added to another one too.
  void removeAll(LiveExtents others) {
    others.extents.forEach((number, gone) -> {
      Extent extent = extents.get(number);
      if (extent == null || extent.references < gone.references) {
        throw new IllegalStateException("extent " + number + " has fewer references to give up");
      }
      extent.bytes -= gone.bytes;
      extent.references -= gone.references;
      if (extent.references == 0) {
        extents.remove(number);
        emptied++;
      }
    });
  }

  private static long within(long number, long position, int size) {
    long from = Math.max(position, number << SHIFT);
    return Math.min(position + size, (number + 1) << SHIFT) - from;
  }

  /// The live extents that begin below a position, ascending.
  long[] below(long position) {
    return numbers(extents.headMap(last(position, 0), true));
  }

  private static long[] numbers(Map<Long, Extent> some) {
    long[] numbers = new long[some.size()];
    int i = 0;
    for (long number : some.keySet()) {
      numbers[i++] = number;
    }
    return numbers;
  }

  /// How much is live, as it was at one moment.
  Sizes sizes() {
    long[] bytes = new long[extents.size()];
    int i = 0;
    for (Extent extent : extents.values()) {
      bytes[i++] = extent.bytes;
    }
    return new Sizes(numbers(extents), bytes);
  }

  /// The live extents in numbers; for any thread.
  static final class Sizes {
    private final long[] numbers;
    private final long[] bytes;

    private Sizes(long[] numbers, long[] bytes) {
      this.numbers = numbers;
      this.bytes = bytes;
    }

    /// Live bytes in the extents that lie wholly between two positions; a body counts for each reference.
    long bytes(long from, long to) {
      int found = Arrays.binarySearch(numbers, (from + (1L << SHIFT) - 1) >> SHIFT);
      long sum = 0;
      for (int i = found >= 0 ? found : -found - 1;
          i < numbers.length && (numbers[i] + 1) << SHIFT <= to;
          i++) {
        sum += bytes[i];
      }
      return sum;
    }
  }

  private static long first(long position) {
    return position >> SHIFT;
  }

  private static long last(long position, int size) {
    return (position + Math.max(size, 1) - 1) >> SHIFT;
  }
}
