package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Shell;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// `perf` goes through a take-over.
class PerfTest {
  private static final int MESSAGES = 6000;

  /// So many that some are always under way.
  private static final int PENDING = 500;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void sendsWithoutAnAnswerAreCountedAndTheLoadGoesOn() throws Exception {
    var pair = stage.pair(Pair.Plans.of(stage.path("store")).withoutFailback()).start();
    var out = stage.path("perf.out");
    var load = perf(pair, out);
    Until.holds(
        "messages flow",
        () ->
            pair.primary()
                .queue("perf")
                .map(it -> it.messagesAdded() > MESSAGES / 10)
                .orElse(false));

    pair.primary().kill();
    pair.backup().awaitActive();

    assertThat(load.waitFor(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    var said = Files.readString(out);
    assertThat(load.exitValue()).as(said).isZero();
    var unanswered = Pattern.compile("(\\d+) sends lost their connection").matcher(said);
    assertThat(unanswered.find()).as(said).isTrue();
    // Each of those that were asked for was confirmed in the end; what had no answer may be there
    // too.
    long lost = Long.parseLong(unanswered.group(1));
    assertThat(lost).isBetween(1L, (long) PENDING);
    assertThat(pair.backup().queue("perf").orElseThrow().messageCount())
        .isBetween((long) MESSAGES, MESSAGES + lost);
  }

  private Process perf(Pair pair, Path out) throws IOException {
    var url =
        "failover:(tcp://127.0.0.1:%d,tcp://127.0.0.1:%d)?maxReconnectDelay=200"
            .formatted(pair.primary().port(), pair.backup().port());
    var line = new ArrayList<>(pair.primary().line("perf", "producer", "queue://perf"));
    line.addAll(List.of("--url", url, "--user", NodePlan.USER, "--password", NodePlan.PASSWORD));
    line.addAll(List.of("--persistent", "--max-pending", Integer.toString(PENDING)));
    // Slow enough that the kill comes while they are sent.
    line.addAll(List.of("--message-count", Integer.toString(MESSAGES), "--rate", "2000"));
    var load =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    Shell.endWithThisProcess(load);
    stage.keep(load::destroyForcibly);
    return load;
  }
}
