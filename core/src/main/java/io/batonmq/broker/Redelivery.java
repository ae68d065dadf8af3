package io.batonmq.broker;

import org.jspecify.annotations.Nullable;

/// How long a message waits after an attempt that failed.
///
/// The delay is that of the first failure; each further one multiplies it, up to a maximum. So that what failed
/// together is not tried together again, it is longer or shorter by a part of itself that differs from message
/// to message and from attempt to attempt. That part is computed, not drawn: a run repeats.
///
/// @param delayMillis after the first failure; 0 for no delay at all
/// @param multiplier at least 1
/// @param collisionAvoidance the part, 0 to 1
/// @param delayMillisMax the longest delay; negative for ten times the first
public record Redelivery(
    long delayMillis, double multiplier, double collisionAvoidance, long delayMillisMax) {

  /// What holds where nothing was configured: no delay.
  public static final Redelivery DEFAULTS = new Redelivery(0, 1.0, 0.0, -1);

  private static final int TIMES_MAX = 10;

  /// What one configured entry says; null where it says nothing.
  public record Overrides(
      @Nullable Long delayMillis,
      @Nullable Double multiplier,
      @Nullable Double collisionAvoidance,
      @Nullable Long delayMillisMax) {

    /// An entry that says nothing.
    public static final Overrides NONE = new Overrides(null, null, null, null);
  }

  public Redelivery {
    if (delayMillis < 0
        || !(multiplier >= 1)
        || !(collisionAvoidance >= 0 && collisionAvoidance <= 1)) {
      throw new IllegalArgumentException(
          "a redelivery delay of %d ms times %s, give or take %s of it"
              .formatted(delayMillis, multiplier, collisionAvoidance));
    }
  }

  Redelivery with(Overrides overrides) {
    return new Redelivery(
        overrides.delayMillis != null ? overrides.delayMillis : delayMillis,
        overrides.multiplier != null ? overrides.multiplier : multiplier,
        overrides.collisionAvoidance != null ? overrides.collisionAvoidance : collisionAvoidance,
        overrides.delayMillisMax != null ? overrides.delayMillisMax : delayMillisMax);
  }

  /// How long a message waits now, in milliseconds.
  ///
  /// @param failures of it, 1 for the first
  long delay(long key, int failures) {
    double delay = delayMillis * Math.pow(multiplier, failures - 1.0);
    delay += delay * collisionAvoidance * spread(key, failures);
    double max = delayMillisMax < 0 ? (double) delayMillis * TIMES_MAX : delayMillisMax;
    return (long) Math.max(0, Math.min(delay, max));
  }

  /// From -1 to 1, as if it were chance.
  private static double spread(long key, int failures) {
    long mixed = (key + failures) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
    mixed ^= mixed >>> 32;
    return (mixed >> 11) / (double) (1L << 52);
  }
}
