package io.batonmq.broker;

import org.jspecify.annotations.Nullable;

/// From when on a consumer is slow, and what follows. What counts is how many messages it settles, in whatever way,
/// while it has some.
///
/// @param threshold messages in a [#unit]: who settles fewer is slow; -1 or 0: nobody is
/// @param checkSeconds how often that is looked at, at least 1
/// @param policy what follows
public record SlowConsumers(long threshold, Unit unit, long checkSeconds, Policy policy) {

  /// What holds where nothing was configured: nobody is.
  public static final SlowConsumers DEFAULTS =
      new SlowConsumers(-1, Unit.MESSAGES_PER_SECOND, 5, Policy.NOTIFY);

  /// What follows when a consumer is slow.
  public enum Policy {
    /// The log of the node says so, once until it is quick enough again.
    NOTIFY,
    /// Its connection is closed.
    KILL
  }

  /// What a threshold counts in.
  public enum Unit {
    MESSAGES_PER_SECOND(1),
    MESSAGES_PER_MINUTE(60),
    MESSAGES_PER_HOUR(3_600),
    MESSAGES_PER_DAY(86_400);

    private final long seconds;

    Unit(long seconds) {
      this.seconds = seconds;
    }
  }

  public SlowConsumers {
    if (checkSeconds < 1) {
      throw new IllegalArgumentException("consumers are looked at every " + checkSeconds + " s");
    }
  }

  /// What one configured entry says; null where it says nothing.
  public record Overrides(
      @Nullable Long threshold,
      @Nullable Unit unit,
      @Nullable Long checkSeconds,
      @Nullable Policy policy) {

    /// An entry that says nothing.
    public static final Overrides NONE = new Overrides(null, null, null, null);
  }

  SlowConsumers with(Overrides overrides) {
    return new SlowConsumers(
        overrides.threshold != null ? overrides.threshold : threshold,
        overrides.unit != null ? overrides.unit : unit,
        overrides.checkSeconds != null ? overrides.checkSeconds : checkSeconds,
        overrides.policy != null ? overrides.policy : policy);
  }

  /// Whether anybody is looked at.
  public boolean watched() {
    return threshold > 0;
  }

  /// How many messages are enough in a time.
  public double enough(double seconds) {
    return threshold * seconds / unit.seconds;
  }
}
