package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogLineTest {
  private static String line(Level level, String text, Throwable error) {
    var logger = new LoggerContext().getLogger("io.batonmq.server.node.Node");
    return LogLine.ofDay()
        .doLayout(new LoggingEvent("", logger, level, text, error, new Object[] {"a\nb"}));
  }

  @Test
  void anEventIsALine() {
    assertThat(line(Level.INFO, "began epoch=7", null))
        .matches("\\d\\d:\\d\\d:\\d\\d,\\d{3} INFO  \\[server\\.node] began epoch=7\n");
    assertThat(line(Level.ERROR, "x", null)).contains(" ERROR [server.node] x");
  }

  @Test
  void nobodyWritesLinesOfHisOwn() {
    assertThat(line(Level.WARN, "peer said {}", null)).endsWith("peer said a b\n");
  }

  @Test
  void aTraceFollows() {
    assertThat(line(Level.WARN, "x", new IllegalStateException("why")))
        .contains("x\njava.lang.IllegalStateException: why\n\tat ");
  }

  @ParameterizedTest
  @CsvSource({"io.batonmq.log.file.FileLog,log.file", "io.netty.util.X,io.netty.util", "X,X"})
  void aRoomIsWhereTheClassIs(String logger, String room) {
    assertThat(LogLine.room(logger)).isEqualTo(room);
  }
}
