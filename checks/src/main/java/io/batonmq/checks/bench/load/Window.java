package io.batonmq.checks.bench.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/// The time in which a load is counted, after a time in which it is not. Whoever started the process is told
/// on its standard output when it begins and ends, to look at the broker then.
final class Window {
  /// Latencies are counted to three digits, up to two minutes.
  private static final Recorder RECORDER = new Recorder(TimeUnit.MINUTES.toNanos(2), 3);

  private static final double[] CURVE = {
    5, 10, 25, 50, 75, 90, 95, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.98, 99.99
  };

  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean open;
  private volatile boolean over;

  /// Whether the load is to end.
  boolean over() {
    return over;
  }

  void failed(Throwable e) {
    failure.compareAndSet(null, e);
    over = true;
  }

  void count(long nanos) {
    if (open) {
      RECORDER.recordValue(Math.clamp(nanos, 0, TimeUnit.MINUTES.toNanos(2)));
    }
  }

  /// Lets the load run, and prints what was counted.
  void run(int warmupSeconds, int seconds) throws Exception {
    pause(warmupSeconds);
    long cpu = ownCpuNanos();
    System.out.println("window begin");
    long began = System.nanoTime();
    open = true;
    pause(seconds);
    open = false;
    long took = System.nanoTime() - began;
    System.out.println("window end");
    long ownCpu = ownCpuNanos() - cpu;
    over = true;
    Throwable e = failure.get();
    if (e != null) {
      throw new IllegalStateException("the load failed: " + e, e);
    }
    print(RECORDER.getIntervalHistogram(), took, ownCpu);
  }

  private void pause(int seconds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!over && end - System.nanoTime() > 0) {
      LockSupport.parkNanos(Math.min(end - System.nanoTime(), 20_000_000));
    }
  }

  static long ownCpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }

  private static void print(Histogram histogram, long nanos, long cpuNanos) {
    long count = histogram.getTotalCount();
    System.out.printf(
        "result count=%d rate=%.1f p50_us=%.1f p99_us=%.1f p999_us=%.1f max_us=%.1f"
            + " client_cpu_us=%.1f",
        count,
        count * 1e9 / nanos,
        histogram.getValueAtPercentile(50) / 1e3,
        histogram.getValueAtPercentile(99) / 1e3,
        histogram.getValueAtPercentile(99.9) / 1e3,
        histogram.getMaxValue() / 1e3,
        cpuNanos / 1e3 / Math.max(1, count));
    for (double percentile : CURVE) {
      System.out.printf(
          " at_%s_us=%.1f", percentile, histogram.getValueAtPercentile(percentile) / 1e3);
    }
    System.out.println();
  }
}
