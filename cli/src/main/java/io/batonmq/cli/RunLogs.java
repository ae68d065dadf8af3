package io.batonmq.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a running node writes: sentences of ours from INFO on, of others from WARN on, to the console and
/// to `log/baton.log`, which starts anew each day and at 20 MB and is kept for 14 days, at most 500 MB.
final class RunLogs {
  private static final String HOME = "io.batonmq";
  private static final int DAYS_MAX = 14;

  private RunLogs() {}

  static void begin(Path folder) throws IOException {
    Files.createDirectories(folder);
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    context.getLogger(HOME).setLevel(Level.INFO);
    root.addAppender(console(context));
    root.addAppender(file(context, folder));
  }

  private static Appender<ILoggingEvent> console(LoggerContext context) {
    var console = new ConsoleAppender<ILoggingEvent>();
    console.setContext(context);
    console.setEncoder(LogLine.ofDay().encoder());
    console.start();
    return console;
  }

  private static Appender<ILoggingEvent> file(LoggerContext context, Path folder) {
    var file = new RollingFileAppender<ILoggingEvent>();
    file.setContext(context);
    file.setFile(folder.resolve("baton.log").toString());
    file.setEncoder(LogLine.dated().encoder());
    var rolling = new SizeAndTimeBasedRollingPolicy<ILoggingEvent>();
    rolling.setContext(context);
    rolling.setParent(file);
    rolling.setFileNamePattern(folder.resolve("baton.%d{yyyy-MM-dd}.%i.log").toString());
    rolling.setMaxFileSize(FileSize.valueOf("20MB"));
    rolling.setMaxHistory(DAYS_MAX);
    rolling.setTotalSizeCap(FileSize.valueOf("500MB"));
    rolling.start();
    file.setRollingPolicy(rolling);
    file.start();
    return file;
  }
}
