package io.batonmq.log.file;

import java.util.Arrays;

/// The live records of one segment, as they are gathered: each once, in ascending order at last. There are
/// too many when a rewritten segment could not hold them.
final class LiveRecords {
  private static final int FIRST = 16;

  private final long base;
  private final long limit;
  private long[] positions = new long[FIRST];
  private int[] sizes = new int[FIRST];
  private int count;
  private int merged;
  private boolean tooMany;

  LiveRecords(long base, long limit) {
    this.base = base;
    this.limit = limit;
  }

  long base() {
    return base;
  }

  long limit() {
    return limit;
  }

  /// Adds a record of this segment; it may have been added before.
  void add(long position, int size) {
    if (tooMany) {
      return;
    }
    if (count == positions.length) {
      // One message in ten queues comes ten times.
      merge();
      if (count > Rewritten.RECORDS_MAX) {
        tooMany = true;
        positions = new long[0];
        sizes = new int[0];
        count = 0;
        return;
      }
      if (2 * count > positions.length) {
        positions = Arrays.copyOf(positions, 2 * positions.length);
        sizes = Arrays.copyOf(sizes, 2 * sizes.length);
      }
    }
    positions[count] = position;
    sizes[count] = size;
    count++;
  }

  /// Whether they are more than a rewritten segment holds.
  boolean tooMany() {
    merge();
    return tooMany || count > Rewritten.RECORDS_MAX;
  }

  int count() {
    merge();
    return count;
  }

  long position(int number) {
    return positions[number];
  }

  int size(int number) {
    return sizes[number];
  }

  /// Bytes of a file that holds them.
  long fileBytes() {
    merge();
    long bytes = Rewritten.headBytes(count);
    for (int i = 0; i < count; i++) {
      bytes += sizes[i];
    }
    return bytes;
  }

  /// Sorts, and keeps each once.
  private void merge() {
    if (merged == count) {
      return;
    }
    Integer[] order = new Integer[count];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (one, other) -> Long.compare(positions[one], positions[other]));
    long[] sorted = new long[positions.length];
    int[] sortedSizes = new int[sizes.length];
    int kept = 0;
    for (int from : order) {
      if (kept == 0 || sorted[kept - 1] != positions[from]) {
        sorted[kept] = positions[from];
        sortedSizes[kept] = sizes[from];
        kept++;
      }
    }
    positions = sorted;
    sizes = sortedSizes;
    count = kept;
    merged = kept;
  }
}
