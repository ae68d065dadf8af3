package io.batonmq.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// Says now and then how far long work is, to whoever waits for it; short work says nothing.
final class Progress {
  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final PrintWriter err;
  private final String what;
  private final long began = System.nanoTime();
  private long said = began;

  /// @param what is counted, such as `messages`
  Progress(PrintWriter err, String what) {
    this.err = err;
    this.what = what;
  }

  /// So much is done.
  void at(long count) {
    long now = System.nanoTime();
    if (now - said >= PERIOD_NANOS) {
      said = now;
      err.printf(Locale.ROOT, "%,d %s so far, %s%n", count, what, Spans.text(now - began));
      err.flush();
    }
  }
}
