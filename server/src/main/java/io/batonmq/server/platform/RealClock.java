package io.batonmq.server.platform;

import io.batonmq.seam.Clock;

/// The clocks of this machine.
public final class RealClock implements Clock {
  @Override
  public long monotonicNanos() {
    return System.nanoTime();
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }
}
