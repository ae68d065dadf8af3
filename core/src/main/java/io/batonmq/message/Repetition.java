package io.batonmq.message;

/// How a message comes again, each time as a message of its own.
///
/// @param periodMillis between one time and the next; 1 to [#PERIOD_MILLIS_MAX]
/// @param times how often it comes after the next time: 1 or more, or [#ENDLESS]
public record Repetition(long periodMillis, int times) {
  /// Until somebody ends it.
  public static final int ENDLESS = -1;

  /// Ten thousand years: beyond it no time could be added to another.
  public static final long PERIOD_MILLIS_MAX = 10_000L * 366 * 86_400_000;

  public Repetition {
    if (periodMillis < 1 || periodMillis > PERIOD_MILLIS_MAX) {
      throw new IllegalArgumentException("a period of " + periodMillis + " ms");
    }
    if (times < 1 && times != ENDLESS) {
      throw new IllegalArgumentException("repeated " + times + " times");
    }
  }

  /// What is left of it at the next time: whether there is another one after that.
  public boolean goesOn() {
    return times != 1;
  }

  /// What holds from the next time on.
  ///
  /// @throws IllegalStateException if there is none after it
  public Repetition next() {
    if (!goesOn()) {
      throw new IllegalStateException("this was the last one");
    }
    return times == ENDLESS ? this : new Repetition(periodMillis, times - 1);
  }

  /// When it comes next: in step with the time at which it was due, and after now. Times at which nobody served
  /// are left out, and do not count.
  public long nextMillis(long dueMillis, long nowMillis) {
    long passed = nowMillis < dueMillis ? 0 : (nowMillis - dueMillis) / periodMillis;
    return dueMillis + (passed + 1) * periodMillis;
  }
}
