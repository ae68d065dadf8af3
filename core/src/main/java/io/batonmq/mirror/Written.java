package io.batonmq.mirror;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was written to a file that has no name yet, beside zeros: all that the others need to make the same.
final class Written {
  private static final int RANGES_MAX = 64;

  /// @param end exclusive
  record Range(long start, long end) {}

  private final List<Range> ranges = new ArrayList<>();
  private volatile @Nullable String name;

  /// The name that the file got; null while it has none.
  @Nullable String name() {
    return name;
  }

  /// The file has a name from now on. Whoever has it open goes on writing to a file that all nodes keep.
  void named(String as) {
    name = as;
  }

  synchronized void add(long offset, long length) {
    if (length == 0) {
      return;
    }
    Range last = ranges.isEmpty() ? null : ranges.getLast();
    long end = offset + length;
    boolean joins = last != null && offset <= last.end && end >= last.start;
    if (last != null && (joins || ranges.size() == RANGES_MAX)) {
      ranges.removeLast();
      ranges.add(new Range(Math.min(last.start, offset), Math.max(last.end, end)));
    } else {
      ranges.add(new Range(offset, end));
    }
  }

  synchronized List<Range> ranges() {
    return List.copyOf(ranges);
  }
}
