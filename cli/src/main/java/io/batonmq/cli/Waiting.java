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

  /// What `--wait` says.
  ///
  /// @throws UserException if it is no time
  static Duration limit(int seconds) {
    if (seconds < 0) {
      throw UserException.usage("--wait is a number of seconds, at least 0");
    }
    return Duration.ofSeconds(seconds);
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
