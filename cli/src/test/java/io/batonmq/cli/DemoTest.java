package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The whole of it: two processes, a kill in mid-stream, the way back.
class DemoTest {
  private static final Pattern FOLDER = Pattern.compile("as in the lab: (\\S+)");

  @Test
  void nothingIsDroppedNothingIsDoubledAndNothingStays() throws IOException {
    var demo = Command.run("demo", "--seconds", 1);
    assertThat(demo.exit()).as(demo.out() + demo.err() + logs(demo)).isZero();
    assertThat(demo.out())
        .contains("kill -9", "slave has the baton; epoch 2", "master has the baton again; epoch 3")
        .contains("         0  lost\n", "         0  enqueued twice\n")
        .contains("         0  delivered again without saying so\n")
        .contains("Nothing was dropped and nothing was doubled.");
    assertThat(folder(demo)).doesNotExist();
  }

  private static Path folder(Command demo) {
    var match = FOLDER.matcher(demo.out());
    assertThat(match.find()).isTrue();
    return Path.of(match.group(1));
  }

  /// What the brokers said, where it went wrong.
  private static String logs(Command demo) throws IOException {
    if (demo.exit() == 0) return "";
    var said = new StringBuilder();
    for (var node : new String[] {"master", "slave"}) {
      var log = folder(demo).resolve(node).resolve("log").resolve("console.log");
      if (Files.exists(log))
        said.append("\n== ").append(node).append('\n').append(Files.readString(log));
    }
    return said.toString();
  }
}
