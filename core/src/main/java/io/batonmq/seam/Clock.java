package io.batonmq.seam;

/// The two times. They are read once per duty cycle and passed on as an argument.
public interface Clock {
  /// Nanoseconds from an arbitrary origin, never running backwards; for time-outs. It may stand
  /// still while the machine is suspended, so no safety argument may rest on it.
  long monotonicNanos();

  /// Milliseconds since 1970-01-01 UTC; for expiry and schedules. It may jump.
  long wallMillis();
}
