package io.batonmq.cli;

import java.io.IOException;
import java.time.Duration;

/// Waits for something to become true, and no longer than it may.
public final class Waiting {
  private static final long LOOK_MILLIS = 20;

  private Waiting() {}

  /// A look at the world.
  public interface Look {
    boolean seen() throws IOException, InterruptedException;
  }

  /// Whether it was seen in time.
  public static boolean until(Look look, Duration limit) throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!look.seen()) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return true;
  }
}
