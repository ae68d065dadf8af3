package io.batonmq.seam;

/// Both times of one duty cycle.
///
/// @param nanos [Clock#monotonicNanos]
/// @param wallMillis [Clock#wallMillis]
public record Now(long nanos, long wallMillis) {
  /// Reads both times of a clock.
  public static Now of(Clock clock) {
    return new Now(clock.monotonicNanos(), clock.wallMillis());
  }
}
