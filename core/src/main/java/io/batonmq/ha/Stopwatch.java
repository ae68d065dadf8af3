package io.batonmq.ha;

import io.batonmq.log.file.FileLog;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// How long the steps of a take-over take.
final class Stopwatch {
  private final LongSupplier nanos;
  private final Map<FileLog.Step, Long> took = new EnumMap<>(FileLog.Step.class);
  private long lap;

  /// Starts it.
  Stopwatch(LongSupplier nanos) {
    this.nanos = nanos;
    this.lap = nanos.getAsLong();
  }

  void done(FileLog.Step step) {
    took.put(step, lapMillis());
  }

  /// Milliseconds since it was asked last, or told of a step.
  long lapMillis() {
    long now = nanos.getAsLong();
    long millis = (now - lap) / 1_000_000;
    lap = now;
    return millis;
  }

  /// Of the steps that are done.
  Receipt.Phases phases(long detectMillis) {
    return new Receipt.Phases(
        detectMillis,
        took.getOrDefault(FileLog.Step.CLAIM, 0L),
        took.getOrDefault(FileLog.Step.READ, 0L),
        took.getOrDefault(FileLog.Step.COPY, 0L),
        0);
  }
}
