package io.batonmq.checks.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Main;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// One style, and one command that writes it. Comments stay as they were written: a table in `///` is
/// part of the text.
class FormatTest {
  @Test
  void everyFileIsInTheStyleOfTheHouse() throws Exception {
    var arguments = new ArrayList<>(List.of("--skip-javadoc-formatting", "--dry-run"));
    House.files(".java").forEach(file -> arguments.add(House.ROOT.resolve(file).toString()));
    var changed = new StringWriter();
    var problems = new StringWriter();
    new Main(
            new PrintWriter(changed, true),
            new PrintWriter(problems, true),
            InputStream.nullInputStream())
        .format(arguments.toArray(String[]::new));

    assertThat(problems.toString()).as("what the formatter could not read").isEmpty();
    assertThat(changed.toString().replace(House.ROOT + "/", "").lines().sorted())
        .as("Not in the style of the house. To fix: scripts/format")
        .isEmpty();
  }
}
