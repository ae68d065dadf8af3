package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The words that bash offers where a person presses the tabulator.
class CompletionTest {
  @TempDir private static Path folder;
  private static Path script;

  @BeforeAll
  static void print() throws IOException {
    script = folder.resolve("completion.sh");
    Files.writeString(script, Command.run("completion").good().out());
  }

  /// What bash offers for the last of these words, which may be empty.
  private static List<String> offered(String... words) throws IOException, InterruptedException {
    // The function is the one that bash would call for this command.
    var asking =
        """
        source "$1"
        shift
        function=$(complete -p "$1")
        function=${function#*-F }
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        COMP_LINE="$*"
        COMP_POINT=${#COMP_LINE}
        COMPREPLY=()
        ${function%% *} "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """;
    var line = new ArrayList<>(List.of("bash", "--norc", "-c", asking, "bash", script.toString()));
    line.addAll(List.of(words));
    var complaints = folder.resolve("complaints").toFile();
    var shell =
        new ProcessBuilder(line).directory(folder.toFile()).redirectError(complaints).start();
    shell.getOutputStream().close();
    var said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).as(Files.readString(complaints.toPath())).isZero();
    return said.lines().map(String::strip).filter(word -> !word.isEmpty()).toList();
  }

  @Test
  void wordsAreOfferedAsTheyGoOn() throws Exception {
    assertThat(offered("baton", "")).contains("create", "queue", "switchover", "help");
    assertThat(offered("baton", "s")).containsExactlyInAnyOrder("stop", "status", "switchover");
    assertThat(offered("artemis", "queue", ""))
        .contains("create", "delete", "purge", "stat")
        .doesNotContain("producer");
    assertThat(offered("baton", "check", "q")).containsExactly("queue");
  }

  @Test
  void optionsAreThoseOfTheirCommand() throws Exception {
    assertThat(offered("baton", "producer", "--m"))
        .contains("--message", "--message-count", "--message-size", "--msgttl");
    assertThat(offered("baton", "producer", "--"))
        .contains("--url", "--commit-interval")
        .doesNotContain("--object-size", "--durable", "--maxRows");
    assertThat(offered("artemis", "queue", "stat", "--max"))
        .containsExactlyInAnyOrder("--maxRows", "--maxColumnSize");
    assertThat(offered("baton", "queue", "stat", "--field", "ME"))
        .contains("MESSAGE_COUNT", "MESSAGES_ADDED");
  }

  @Test
  void whatBatonHasNotIsNotOffered() throws Exception {
    assertThat(offered("baton", "")).doesNotContain("reference");
    assertThat(offered("baton", "create", "--"))
        .contains("--shared-store")
        .doesNotContain("--jdbc");
    assertThat(offered("baton", "data", "print", "--")).doesNotContain("--safe");
  }
}
