package io.batonmq.cli.demo;

import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi;

/// Tells what happens, each sentence with the time since the beginning; in colour, and with a line that
/// moves, where a terminal shows it.
final class Narrator {
  private static final long MOVE_NANOS = 100_000_000L;

  private final PrintWriter out;
  private final Ansi ansi;
  private final long startNanos = System.nanoTime();
  private boolean moving;
  private boolean hushed;
  private long movedNanos;

  Narrator(PrintWriter out, Ansi ansi) {
    this.out = out;
    this.ansi = ansi;
  }

  long nanos() {
    return System.nanoTime() - startNanos;
  }

  /// A sentence without a time.
  synchronized void line(String text) {
    if (hushed) {
      return;
    }
    still();
    out.println(text);
    out.flush();
  }

  synchronized void title(String text) {
    line(ansi.string("@|bold " + text + "|@"));
  }

  synchronized void step(String text) {
    timed("", text);
  }

  /// Something bad, on purpose.
  synchronized void blow(String text) {
    timed("fg(red),bold", text);
  }

  /// Something good.
  synchronized void good(String text) {
    timed("fg(green),bold", text);
  }

  private void timed(String style, String text) {
    var time = String.format(Locale.ROOT, "%6.1f s", nanos() / 1e9);
    line(paint("faint", time) + "  " + (style.isEmpty() ? text : paint(style, text)));
  }

  String paint(String style, String text) {
    return ansi.enabled() ? ansi.string("@|" + style + " " + text + "|@") : text;
  }

  /// A line that the next one replaces; nothing where there is no terminal.
  synchronized void moving(String text) {
    if (ansi.enabled() && !hushed && (!moving || nanos() - movedNanos > MOVE_NANOS)) {
      movedNanos = nanos();
      out.print("\r          " + paint("faint", text) + "\033[K");
      out.flush();
      moving = true;
    }
  }

  /// The demo was broken off: whatever goes wrong from here on is nobody's fault.
  synchronized void hush() {
    line("");
    line("Broken off; cleaning up.");
    hushed = true;
  }

  private void still() {
    if (moving) {
      out.print("\r\033[K");
      moving = false;
    }
  }

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /// A short span: `0.41 s`, or `38 ms`.
  static String span(long nanos) {
    return nanos < 100_000_000
        ? Math.max(1, nanos / 1_000_000) + " ms"
        : String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
  }
}
