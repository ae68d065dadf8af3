package io.batonmq.checks.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Shell;
import io.batonmq.checks.harness.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The second form of the lab: the pair is made by options alone, and no file is edited.
class SharedStoreByOptionsLabTest {
  @RegisterExtension final Stage stage = new Stage();

  private final Lab lab = new Lab(stage);

  @Test
  void aPairThatNeedsNoEditorHandsOverAndBack() throws Exception {
    lab.ports(61616, 61716, 5672, 5772, 8161, 8261);
    var artemis = lab.distribution().resolve("bin/artemis").toString();
    create(artemis, "brokers/master");
    create(artemis, "brokers/slave", "--slave", "--port-offset", "100");

    var master = lab.run("master", "master.out");
    lab.printed("master.out", "active: this node has the baton");
    lab.printed("master.out", "listener open");
    lab.run("slave", "slave.out");
    lab.printed("slave.out", "standby: following the log");

    // One address is enough: the pair tells a client of the other one.
    var pair = "(tcp://localhost:61616,tcp://localhost:61716)?ha=true&reconnectAttempts=-1";
    client(artemis, "producer", "tcp://localhost:61616");
    var made =
        lab.command(
            "brokers/master/bin/artemis",
            "queue",
            "create",
            "--auto-create-address",
            "--address",
            "haQueue",
            "--name",
            "haQueue",
            "--preserve-on-no-consumers",
            "--durable",
            "--anycast");
    assertThat(made).contains("created successfully.");
    lab.command("brokers/master/bin/artemis", "check", "node", "--primary", "--backup");

    Shell.run("kill", "-KILL", Long.toString(master.pid()));
    assertThat(master.waitFor(60, TimeUnit.SECONDS)).isTrue();
    lab.printed("slave.out", "active: this node has the baton");
    assertThat(client(artemis, "consumer", pair)).contains("Consumed: 100 messages");
    var queues = lab.command("brokers/slave/bin/artemis", "queue", "stat");
    assertThat(queues).contains("|haQueue");
    assertThat(lab.command("brokers/slave/bin/artemis", "queue", "delete", "--name", "haQueue"))
        .contains("Queue haQueue deleted successfully.");

    lab.run("master", "master-again.out");
    lab.printed("master-again.out", "active: this node has the baton");
    lab.printed("slave.out", "handing over to master");
    assertThat(lab.command("brokers/master/bin/artemis", "queue", "stat"))
        .contains("|TEST")
        .doesNotContain("haQueue");
  }

  /// The line of the lab, in which the password of the cluster has no value: it is asked for.
  private void create(String artemis, String instance, String... more) throws Exception {
    var line =
        new ArrayList<>(
            List.of(
                artemis,
                "create",
                "--allow-anonymous",
                "--user",
                "admin",
                "--password",
                "password",
                "--cluster-user",
                "admin",
                "--cluster-password",
                "--clustered",
                "--shared-store",
                "--host",
                "localhost",
                "--data",
                "../shared-store"));
    line.addAll(List.of(more));
    line.add(instance);
    lab.answered("password\n", line.toArray(String[]::new));
  }

  private String client(String artemis, String word, String url) throws Exception {
    return lab.command(
        artemis,
        word,
        "--user",
        "admin",
        "--password",
        "password",
        "--message-count",
        "100",
        "--url",
        url);
  }
}
