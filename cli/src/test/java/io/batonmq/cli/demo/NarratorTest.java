package io.batonmq.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class NarratorTest {
  private final StringWriter out = new StringWriter();

  private Narrator narrator(Ansi ansi) {
    return new Narrator(new PrintWriter(out), ansi);
  }

  @Test
  void withoutATerminalItIsPlainText() {
    var narrator = narrator(Ansi.OFF);
    narrator.title("Baton");
    narrator.moving("12 confirmed");
    narrator.blow("kill -9 4711");
    assertThat(out.toString()).matches("Baton\n +0\\.\\d s  kill -9 4711\n");
  }

  @Test
  void aTerminalGetsColourAndALineThatMoves() {
    var narrator = narrator(Ansi.ON);
    narrator.moving("12 confirmed");
    narrator.good("done");
    assertThat(out.toString()).contains("\r", "12 confirmed", "\033[K", "\033[32m", "done");
  }

  @Test
  void whoIsBrokenOffSaysSoAndNothingMore() {
    var narrator = narrator(Ansi.OFF);
    narrator.hush();
    narrator.step("an afterthought");
    narrator.moving("more");
    assertThat(out.toString()).isEqualTo("\nBroken off; cleaning up.\n");
  }

  @Test
  void numbersAndSpansAreReadable() {
    assertThat(Narrator.number(1234567)).isEqualTo("1,234,567");
    assertThat(Narrator.span(38_400_000)).isEqualTo("38 ms");
    assertThat(Narrator.span(410_000_000)).isEqualTo("0.41 s");
  }
}
