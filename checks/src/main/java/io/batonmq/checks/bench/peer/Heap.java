package io.batonmq.checks.bench.peer;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// What a JVM says of its heap, whatever collector it has.
public final class Heap {
  /// What the names of logs of collections begin with.
  static final String LOG = "collections-";

  private static final Pattern USED = Pattern.compile("used (\\d+)K");

  /// `[2.1s] GC(3) Pause Young (Normal) (G1 Evacuation Pause) 128M->46M(256M) 4.1ms`.
  private static final Pattern LEFT = Pattern.compile("->(\\d+)M\\(\\d+M\\)");

  private Heap() {}

  /// @param info what `jcmd GC.heap_info` prints: lines with `used 123K` for the heap or for each of its
  /// generations, and then for metaspace, which is not the heap
  public static long usedKib(String info) {
    int end = info.indexOf("Metaspace");
    long[] parts =
        USED.matcher(end < 0 ? info : info.substring(0, end))
            .results()
            .mapToLong(Heap::number)
            .toArray();
    if (parts.length == 0) {
      throw new IllegalArgumentException("no heap in: " + info);
    }
    long sum = 0;
    for (long part : parts) {
      sum += part;
    }
    return sum;
  }

  /// @param log what `-Xlog:gc` writes
  /// @return 0 where nothing was collected
  static long mostMib(String log) {
    return LEFT.matcher(log).results().mapToLong(Heap::number).max().orElse(0);
  }

  private static long number(MatchResult found) {
    return Long.parseLong(found.group(1));
  }
}
