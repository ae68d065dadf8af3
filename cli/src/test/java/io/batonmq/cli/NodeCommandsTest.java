package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.server.admin.AdminAuth;
import io.batonmq.server.admin.AdminServer;
import io.batonmq.server.admin.AdminView;
import io.batonmq.server.admin.Json;
import io.batonmq.server.admin.JsonException;
import io.batonmq.server.admin.NodeStatus;
import io.batonmq.server.admin.NodeUsage;
import io.batonmq.server.admin.PeerStatus;
import io.batonmq.server.admin.QueueStat;
import io.batonmq.server.admin.ReceiptView;
import io.batonmq.server.admin.RunFile;
import io.batonmq.session.AddressStat;
import io.batonmq.session.Management;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The commands that talk to a node, with a node that is only its admin listener.
class NodeCommandsTest {
  @TempDir private Path instance;
  private AdminServer server;
  private volatile String active = "master";
  private volatile long epoch = 7;
  private volatile String nobody = "";

  private final class Told implements AdminView {
    @Override
    public NodeStatus status() {
      return new NodeStatus(
          "master",
          "0.1.0",
          "primary",
          active.equals("master") ? "active" : "standby",
          epoch,
          active,
          nobody,
          "",
          48_213,
          48_215,
          List.of("localhost:61616"),
          List.of(
              new PeerStatus(
                  "id",
                  "slave",
                  "backup",
                  "standby",
                  List.of("localhost:61617"),
                  "0.1.0",
                  48_210,
                  true)),
          List.of(
              new ReceiptView(
                  7,
                  "lock_free",
                  "slave",
                  "master",
                  40_000,
                  0,
                  512,
                  120,
                  31,
                  1_700_000_000_000L,
                  new ReceiptView.Phases(9, 12, 10, 4),
                  new ReceiptView.Aftermath(96, 3, 2, 1, 5),
                  true)),
          3_725_000,
          4711);
    }

    @Override
    public NodeUsage usage() {
      return new NodeUsage(61, 90, 12);
    }

    @Override
    public List<QueueStat> queues() {
      var queues = new ArrayList<QueueStat>();
      queues.add(new QueueStat("DLQ", "DLQ", 0, 0, 0, 0, 0, 0, "ANYCAST"));
      queues.add(new QueueStat("TEST", "TEST", 1, 100, 120, 2, 20, 0, "ANYCAST"));
      return queues;
    }

    @Override
    public Runnable kill() throws RefusedException {
      throw new RefusedException("not here");
    }

    @Override
    public List<AddressStat> addresses() {
      return List.of(new AddressStat("news", false, true, true, List.of("a", "b"), 7));
    }

    @Override
    public long manage(Management request) throws RefusedException {
      throw new RefusedException("not here");
    }

    @Override
    public String switchover(Optional<String> peer) throws RefusedException {
      if (!peer.orElse("slave").equals("slave")) {
        throw new RefusedException("there is no peer " + peer.orElseThrow() + "; there is slave");
      }
      active = "slave";
      epoch++;
      return "slave";
    }

    @Override
    public void stop() {
      server.close();
    }
  }

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(instance.resolve("etc"));
    server =
        AdminServer.start(
            "localhost",
            0,
            (user, password) ->
                user.equals("admin") && new String(password).equals("secret")
                    ? AdminAuth.Standing.ADMITTED
                    : AdminAuth.Standing.UNKNOWN,
            new Told(),
            RunFile.in(instance));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void theStatusIsReadAtAGlance() {
    var status = Command.run("status", "--instance", instance);
    assertThat(status.exit()).as(status.err()).isZero();
    assertThat(status.out().replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d", "TIME"))
        .isEqualTo(
            """
            master is active (primary), epoch 7
              log       committed 48213, applied 48215
              clients   localhost:61616
              process   4711, for 1 h 2 min, version 0.1.0
              peer      slave is standby (backup), applied 48210, localhost:61617
              receipt   TIME: master took over from slave, epoch 7, its process had died; noticed in 120 ms, taken in 31 ms, sealed at 40000, 512 bytes read
                        claimed in 9 ms, read in 12 ms, copied in 10 ms, open in 4 ms
                        96 bytes of the old node ignored, 3 resends recognised, 2 messages re-flagged, transactions: 1 known, 5 rolled back
            """);
  }

  @Test
  void aServiceThatWasStoppedOnPurposeIsSaidToBe() {
    active = "";
    nobody = "slave was stopped on purpose; a primary has to start";
    assertThat(Command.run("status", "--instance", instance).out())
        .contains(
            "  baton     nobody has it: slave was stopped on purpose; a primary has to start\n");
  }

  @Test
  void programsReadTheStatusAsJson() {
    var status = Command.run("status", "--json", "--instance", instance);
    assertThat(status.out()).startsWith("{\n  \"node\": \"master\",").contains("\"epoch\": 7");
  }

  @Test
  void aUserMayAskFromElsewhere() {
    assertThat(
            Command.run("status", "--url", server.url(), "--user", "admin", "--password", "secret")
                .exit())
        .isZero();
    var denied =
        Command.run("status", "--url", server.url(), "--user", "admin", "--password", "wrong");
    assertThat(denied.exit()).isEqualTo(Exit.FAILED.code());
    assertThat(denied.err()).contains("does not accept this user and password");
  }

  @Test
  void aUserWithoutAUrlIsSaidToMakeNoDifference() {
    var status = Command.run("status", "--instance", instance, "--user=a", "--password=b");
    assertThat(status.exit()).isZero();
    assertThat(status.err()).contains("make no difference without --url");
  }

  @Test
  void whoDoesNotRunIsSaidNotToRun() throws IOException {
    var left = Files.readString(RunFile.in(instance));
    server.close();
    var status = Command.run("status", "--instance", instance);
    assertThat(status.exit()).isEqualTo(Exit.NOT_RUNNING.code());
    assertThat(status.out()).isEqualTo(instance + " is not running\n");
    assertThat(Command.run("status", "--json", "--instance", instance).out())
        .contains("\"running\": false");
    // A process that was killed leaves its file: nobody has that number now.
    Files.writeString(RunFile.in(instance), left.replaceAll("pid = \\d+", "pid = 999999999"));
    assertThat(Command.run("stop", "--instance", instance).exit())
        .isEqualTo(Exit.NOT_RUNNING.code());
    assertThat(Command.run("queue", "stat", "--instance", instance).err())
        .isEqualTo("baton: " + instance + " is not running\n");
  }

  @Test
  void queuesStandInATable() {
    var stat = Command.run("queue", "stat", "--instance", instance);
    assertThat(stat.out())
        .isEqualTo(
            """
            |NAME|ADDRESS|CONSUMER_COUNT|MESSAGE_COUNT|MESSAGES_ADDED|DELIVERING_COUNT|MESSAGES_ACKED|SCHEDULED_COUNT|ROUTING_TYPE|
            |DLQ |DLQ    |0             |0            |0             |0               |0             |0              |ANYCAST     |
            |TEST|TEST   |1             |100          |120           |2               |20            |0              |ANYCAST     |
            """);
  }

  @Test
  void queuesAreSelected() {
    assertThat(stat("--queueName", "ES")).hasSize(2).last().asString().startsWith("|TEST|");
    assertThat(stat("--field", "MESSAGE_COUNT", "--operation", "GREATER_THAN", "--value", "99"))
        .hasSize(2);
    assertThat(stat("--field", "message_count", "--operation", "less_than", "--value", "100"))
        .hasSize(2);
    assertThat(stat("--field", "NAME", "--operation", "NOT_CONTAINS", "--value", "D")).hasSize(2);
    assertThat(stat("--field", "ROUTING_TYPE", "--operation", "EQUALS", "--value", "MULTICAST"))
        .hasSize(1);
    assertThat(stat("--maxRows", "1")).hasSize(4).last().asString().contains("1/2");
    assertThat(Command.run("queue", "stat", "--json", "--instance", instance).out())
        .contains("\"messageCount\": 100", "DLQ");
    assertThat(
            Command.run("queue", "stat", "--json", "--queueName=ES", "--instance", instance).out())
        .contains("\"messageCount\": 100")
        .doesNotContain("DLQ");
    assertThat(Command.run("address", "show", "--json", "--name=x", "--instance", instance).out())
        .doesNotContain("news");
  }

  private List<String> stat(String... more) {
    var words = new ArrayList<Object>(List.of("queue", "stat", "--instance", instance));
    words.addAll(List.of(more));
    var stat = Command.run(words.toArray());
    assertThat(stat.exit()).as(stat.err()).isZero();
    return stat.out().lines().toList();
  }

  @Test
  void aSwitchoverIsOverWhenTheOtherHasTheBaton() {
    var moved = Command.run("switchover", "--instance", instance);
    assertThat(moved.exit()).as(moved.err()).isZero();
    assertThat(moved.out()).startsWith("slave has the baton after ");
    var refused = Command.run("switchover", "nobody", "--instance", instance);
    assertThat(refused.exit()).isEqualTo(Exit.FAILED.code());
    assertThat(refused.err()).isEqualTo("baton: there is no peer nobody; there is slave\n");
  }

  @Test
  void aSwitchoverIsToldToPrograms() throws JsonException {
    var moved = Command.run("switchover", "--json", "--instance", instance);
    assertThat(moved.exit()).as(moved.err()).isZero();
    assertThat(Json.parse(moved.out()))
        .isInstanceOfSatisfying(
            Json.Fields.class,
            fields -> assertThat(fields.values()).containsEntry("active", new Json.Text("slave")));
  }

  @ParameterizedTest
  @CsvSource({
    "--diskUsage,   60, 1, it is at 61 %",
    "--diskUsage,   61, 0, at most 61 % full ... success",
    "--diskUsage,   -1, 0, at most 90 % full ... success",
    "--memoryUsage, 11, 1, it is at 12 %",
    "--memoryUsage, -1, 0, at most 100 % full ... success"
  })
  void aNodeIsNotFullerThanItMayBe(String option, String percent, int exit, String said) {
    var check = Command.run("check", "node", option, percent, "--instance", instance);
    assertThat(check.exit()).as(check.toString()).isEqualTo(exit);
    assertThat(check.out()).contains(said).contains("Checks run: 1");
  }

  @Test
  void checksAreToldToPrograms() {
    var check =
        Command.run("check", "node", "--up", "--diskUsage", 60, "--json", "--instance", instance);
    assertThat(check.exit()).isEqualTo(Exit.FAILED.code());
    assertThat(check.out())
        .isEqualTo(
            """
            {
              "name": "NodeCheck",
              "failures": 1,
              "checks": [
                {
                  "check": "Checking that the node is up",
                  "success": true
                },
                {
                  "check": "Checking that the disk of the log is at most 60 % full",
                  "success": false,
                  "wrong": "it is at 61 %"
                }
              ]
            }
            """);
  }

  @Test
  void stopWaitsUntilNobodyIsThere() {
    var stopped =
        Command.run("stop", "--url", server.url(), "--user", "admin", "--password", "secret");
    assertThat(stopped.exit()).as(stopped.err()).isZero();
    assertThat(stopped.out()).contains(" stopped after ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stop", "kill", "switchover"})
  void aWaitBelowNothingMakesNoSenseAndNothingIsDone(String word) {
    var told = Command.run(word, "--wait", -1, "--instance", instance);
    assertThat(told.exit()).as(told.toString()).isEqualTo(Exit.USAGE.code());
    assertThat(told.err()).contains("--wait");
    assertThat(Command.run("status", "--instance", instance).out()).contains("master is active");
  }

  /// As a process that stands still: the system takes the connection, and nobody answers.
  @ParameterizedTest
  @ValueSource(strings = {"stop", "kill", "switchover"})
  void aNodeThatDoesNotAnswerIsNotWaitedForLongerThanAsked(String word) throws IOException {
    var run = Files.readString(RunFile.in(instance));
    try (var still = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Files.writeString(
          RunFile.in(instance),
          run.replaceAll("url = .*", "url = http://127.0.0.1:" + still.getLocalPort()));
      long start = System.nanoTime();
      var late = Command.run(word, "--wait", 1, "--instance", instance);
      assertThat(late.exit()).as(late.toString()).isEqualTo(Exit.TOO_LATE.code());
      assertThat(late.err()).contains("does not answer; its process is ");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void patienceHasAnEnd() {
    // The process of this listener is this test, which stays.
    var late = Command.run("stop", "--wait", 0, "--instance", instance);
    assertThat(late.exit()).isEqualTo(Exit.TOO_LATE.code());
    assertThat(late.err()).contains("runs still");
  }
}
