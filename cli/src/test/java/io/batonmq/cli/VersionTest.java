package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class VersionTest {
  @Test
  void theCommandAndTheOptionNameTheVersionThatTheBuildWrote() {
    assertThat(printedBy("version")).matches("Baton \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\R");
    assertThat(printedBy("--version")).isEqualTo(printedBy("version"));
  }

  @Test
  void programsReadItAsJson() {
    assertThat(printedBy("version", "--json")).contains("\"version\": \"", "\"java\": \"25");
  }

  private static String printedBy(String... args) {
    var out = new StringWriter();
    assertThat(Main.commandLine().setOut(new PrintWriter(out)).execute(args)).isZero();
    return out.toString();
  }
}
