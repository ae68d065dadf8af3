package io.batonmq.sim;

/// How far a node's clocks are from the truth.
///
/// @param originNanos monotonic time at the beginning
/// @param driftPerMillion how much faster (or slower) both clocks run
/// @param wallOffsetMillis how far the wall clock is ahead (or behind)
public record ClockSkew(long originNanos, int driftPerMillion, long wallOffsetMillis) {
  /// True clocks.
  public static final ClockSkew NONE = new ClockSkew(0, 0, 0);

  /// An origin of its own, up to 200 ppm of drift, and a wall clock up to five minutes off.
  public static ClockSkew by(Chance chance) {
    return new ClockSkew(
        chance.between(-1L << 40, 1L << 40),
        (int) chance.between(-200, 200),
        chance.between(-300_000, 300_000));
  }
}
