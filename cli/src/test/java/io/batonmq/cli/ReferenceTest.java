package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"commands.md", "configuration.md", "classic-configuration.md", "metrics.md"})
  void aPageSaysWhatTheCodeDoes(String page) throws IOException {
    assertThat(Files.readString(Path.of("../docs", page)))
        .as("docs/%s is not what the code says; run scripts/reference", page)
        .isEqualTo(Reference.pages().get(page));
  }

  @Test
  void theCommandWritesThem() {
    var written = Command.run("reference", folder);
    assertThat(written.exit()).as(written.err()).isZero();
    assertThat(folder).isDirectoryContaining("glob:**.md");
    Reference.pages().forEach((name, text) -> assertThat(folder.resolve(name)).hasContent(text));
  }
}
