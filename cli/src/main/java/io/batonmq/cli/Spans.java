package io.batonmq.cli;

import java.time.Duration;
import java.util.Locale;

/// Spans of time, as people say them.
public final class Spans {
  private Spans() {}

  /// For instance `0.31 s`, `12.0 s`, `5 min 3 s`, `2 h 5 min`, `3 d 4 h`.
  public static String text(long nanos) {
    var span = Duration.ofNanos(Math.max(nanos, 0));
    if (span.toSeconds() < 10) {
      return String.format(Locale.ROOT, "%.2f s", span.toNanos() / 1e9);
    }
    if (span.toSeconds() < 60) {
      return String.format(Locale.ROOT, "%.1f s", span.toNanos() / 1e9);
    }
    if (span.toHours() < 1) {
      return span.toMinutes() + " min " + span.toSecondsPart() + " s";
    }
    return span.toDays() < 1
        ? span.toHours() + " h " + span.toMinutesPart() + " min"
        : span.toDays() + " d " + span.toHoursPart() + " h";
  }
}
