package io.batonmq.checks.jms;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Shell;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The lines of Qpid JMS and of the ActiveMQ client for `javax.jms`, in a process with a class path of its own: what the module `checks-javax`
/// does before and after the active node is killed.
@Timeout(240)
class JavaxTest {
  private static final Path MODULE = Path.of("..", "checks-javax", "target");

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void anApplicationOfJavaxGoesOnAtTheNextNode() throws Exception {
    var pair = stage.pair(Pair.Plans.of(stage.path("store")).withoutFailback()).start();
    goesOn(
        pair,
        List.of(pair.url("&failover.maxReconnectDelay=500")),
        "queue",
        "topic",
        "durable subscription",
        "transaction",
        "browser",
        "selector",
        "asynchronous sends",
        "simplified API");
  }

  @Test
  void anApplicationOfActiveMq5GoesOnAtTheNextNode() throws Exception {
    var pair = stage.pair(Pair.Plans.of(stage.path("store")).withoutFailback()).start();
    var url =
        "failover:(tcp://127.0.0.1:%d,tcp://127.0.0.1:%d)?randomize=false&maxReconnectDelay=500"
            .formatted(pair.primary().port(), pair.backup().port());
    goesOn(
        pair,
        List.of(url, NodePlan.USER, NodePlan.PASSWORD),
        "queue",
        "topic",
        "durable subscription",
        "transaction",
        "browser",
        "selector");
  }

  private void goesOn(Pair pair, List<String> arguments, String... behaviours) throws Exception {
    var errors = stage.path("application.err");
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                MODULE.resolve("classes") + File.pathSeparator + MODULE.resolve("lib") + "/*",
                "io.batonmq.checks.javax.Application"));
    command.addAll(arguments);
    var application = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    Shell.endWithThisProcess(application);
    stage.keep(application::destroyForcibly);
    var said = application.inputReader();
    assertThat(said.readLine()).as(() -> text(errors)).isEqualTo("ready");

    pair.primary().kill();
    pair.backup().awaitActive();

    application.outputWriter().append('\n').flush();
    assertThat(said.lines().toList()).as(() -> text(errors)).containsExactly(behaviours);
    assertThat(application.waitFor(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(application.exitValue()).isZero();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }
}
