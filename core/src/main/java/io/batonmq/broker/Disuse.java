package io.batonmq.broker;

/// Whether a queue or an address was ever used, and since when it was found unused. On the active node only: the
/// next one counts anew.
final class Disuse {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private boolean used;
  private boolean unused;
  private long sinceNanos;

  /// It was used, by this moment.
  void used() {
    used = true;
    unused = false;
  }

  /// It is in use.
  void inUse() {
    unused = false;
  }

  /// Whether it was in use at any time.
  boolean everUsed() {
    return used;
  }

  /// It is found unused. Whether it was when last looked at, and has been for so long since.
  boolean over(long nanos, long delayMillis) {
    if (!unused) {
      unused = true;
      sinceNanos = nanos;
      return false;
    }
    return (nanos - sinceNanos) / NANOS_PER_MILLI >= delayMillis;
  }
}
