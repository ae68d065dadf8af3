package io.batonmq.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// One event, one line: `12:00:00,000 INFO  [server.node] text`. What a peer sent may be in the text, so
/// line breaks in it are not line breaks in the log; a trace follows on lines of its own.
final class LogLine extends LayoutBase<ILoggingEvent> {
  private static final String HOME = "io.batonmq.";

  private final DateTimeFormatter time;

  private LogLine(String time) {
    this.time = DateTimeFormatter.ofPattern(time, Locale.ROOT).withZone(ZoneId.systemDefault());
  }

  /// Lines that begin with the time of day.
  static LogLine ofDay() {
    return new LogLine("HH:mm:ss,SSS");
  }

  /// Lines that begin with the date.
  static LogLine dated() {
    return new LogLine("uuuu-MM-dd HH:mm:ss,SSS");
  }

  LayoutWrappingEncoder<ILoggingEvent> encoder() {
    var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setLayout(this);
    encoder.start();
    return encoder;
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    var line = new StringBuilder(160);
    time.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
    line.append(' ').append(event.getLevel());
    line.append(event.getLevel().levelStr.length() < 5 ? "  [" : " [");
    line.append(room(event.getLoggerName())).append("] ");
    append(String.valueOf(event.getFormattedMessage()), line);
    line.append('\n');
    if (event.getThrowableProxy() != null) {
      line.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
    return line.toString();
  }

  /// A logger has the name of a class; people know the room: `server.node`, or `io.netty` of others.
  static String room(String logger) {
    var home = logger.startsWith(HOME);
    var name = home ? logger.substring(HOME.length()) : logger;
    int last = name.lastIndexOf('.');
    return last < 0 ? name : name.substring(0, last);
  }

  private static void append(String text, StringBuilder line) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      line.append(Character.isISOControl(c) ? ' ' : c);
    }
  }
}
