package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.server.admin.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The commands against a running pair, which was made by options alone.
@Timeout(180)
class PairCommandsTest {
  @TempDir private static Path folder;
  private static RealBroker master;
  private static RealBroker slave;
  private static String url;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    int first = RealBroker.free();
    int second = RealBroker.free();
    url = "failover:(tcp://127.0.0.1:%d,tcp://127.0.0.1:%d)".formatted(first, second);
    master = broker("master", first, second);
    master.awaitActive();
    slave = broker("slave", second, first, "--slave");
    slave.awaitStandby();
  }

  private static RealBroker broker(String name, int port, int other, String... more)
      throws IOException {
    var options =
        new ArrayList<>(
            List.of(
                "--shared-store",
                "--failover-on-shutdown",
                "--cluster-user=nodes",
                "--cluster-password=trust",
                "--staticCluster=tcp://127.0.0.1:" + other,
                "--data=../store"));
    options.addAll(List.of(more));
    return new RealBroker(folder.resolve(name), port, options, "--allow-kill");
  }

  @AfterAll
  static void stop() {
    slave.close();
    master.close();
  }

  private static Command client(Object... words) {
    return Command.runWith(words, "--url", url, "--user=admin", "--password=secret");
  }

  /// The baton goes to and fro by `switchover`, stays away by `kill`, and nobody has it after `stop`.
  @Test
  void theBatonGoesWhereAnOperatorSendsIt() throws Exception {
    awaitWhole(master);
    client("producer", "--destination=q", "--message-count=5").good();
    slave.node("switchover").failed("this node is not active, it is standby");
    master.node("switchover", "nobody").failed("no other node named nobody stands by");

    var moved = master.node("switchover", "--json").good().fields();
    assertThat(moved).containsEntry("active", new Json.Text("slave")).containsKey("millis");
    slave.awaitActive();
    assertThat(slave.node("status", "--json").good().fields())
        .containsEntry("role", new Json.Text("active"))
        .containsEntry("configured", new Json.Text("backup"))
        .containsEntry("epoch", new Json.Whole(2));
    assertThat(master.node("status").good().out())
        .contains("master is standby (primary)", "slave has it");
    master.node("queue", "purge", "--name=q").failed("ask the active one");
    var unfit = master.node("check", "node", "--live");
    assertThat(unfit.exit()).isEqualTo(Exit.FAILED.code());
    assertThat(unfit.out()).contains("failure: it is standby");

    awaitWhole(slave);
    assertThat(slave.remote("secret", "switchover", "master", "--wait=60").good().out())
        .startsWith("master has the baton after ");
    master.awaitActive();
    assertThat(client("consumer", "--destination=q", "--message-count=5").good().out())
        .contains("Consumed: 5 messages");
    client("producer", "--destination=q", "--message-count=3").good();

    awaitWhole(master);
    assertThat(master.remote("secret", "kill").good().out()).endsWith(" was killed\n");
    assertThat(master.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(master.process().exitValue()).isEqualTo(137);
    slave.awaitActive();
    master.node("check", "node").ended(Exit.NOT_RUNNING, "is not running");
    assertThat(master.node("status", "--json").fields())
        .containsEntry("running", new Json.Flag(false));
    assertThat(slave.count("q")).isEqualTo(3);

    assertThat(slave.remote("secret", "stop").good().out()).contains(" stopped after ");
    assertThat(slave.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(slave.process().exitValue()).isZero();
  }

  /// Waits until the active node is seen to have another one beside it.
  private static void awaitWhole(RealBroker active) throws Exception {
    var checked = new Command[1];
    assertThat(
            Waiting.until(
                () -> {
                  checked[0] = active.node("check", "node", "--live", "--backup", "--peers=1");
                  return checked[0].exit() == 0;
                },
                RealBroker.PATIENCE))
        .as(() -> checked[0].toString())
        .isTrue();
    assertThat(checked[0].out()).contains("Checks run: 3, Failures: 0");
  }
}
