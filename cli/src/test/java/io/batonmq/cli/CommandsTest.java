package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands against a running broker.
class CommandsTest {
  @TempDir private static Path folder;
  private static RealBroker broker;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    broker = new RealBroker(folder.resolve("one"));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  /// A command about the node.
  private static Command node(Object... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--instance", broker.instance()));
    return Command.run(all.toArray());
  }

  /// A command of a client.
  private static Command client(Object... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--url", broker.url(), "--user", "admin", "--password", "secret"));
    return Command.run(all.toArray());
  }

  private static Command good(Command command) {
    assertThat(command.exit()).as(command.toString()).isZero();
    return command;
  }

  private static void refused(Command command, String reason) {
    assertThat(command.exit()).as(command.toString()).isEqualTo(Exit.FAILED.code());
    assertThat(command.err()).startsWith("baton: ").contains(reason).doesNotContain("\tat ");
  }

  private static void send(String queue, int count) {
    good(client("producer", "--destination", queue, "--message-count", count));
  }

  private static long count(String queue) {
    var line =
        good(node("queue", "stat", "--field", "NAME", "--operation", "EQUALS", "--value", queue))
            .out()
            .lines()
            .skip(1)
            .findFirst();
    return line.map(row -> Long.parseLong(row.split("\\|", -1)[4].strip())).orElse(-1L);
  }

  @Test
  void queuesAreMadeEmptiedAndDeleted() {
    refused(
        node("queue", "create", "--silent", "--name", "q", "--address", "a"),
        "there is no address a");
    assertThat(
            good(node(
                    "queue",
                    "create",
                    "--auto-create-address",
                    "--address",
                    "a",
                    "--name",
                    "q",
                    "--preserve-on-no-consumers",
                    "--durable",
                    "--anycast"))
                .out())
        .isEqualTo(
            "Queue [name=q, address=a, routingType=ANYCAST, durable=true, maxConsumers=-1,"
                + " autoCreateAddress=true] created successfully.\n");
    refused(node("queue", "create", "--name", "q"), "the queue q is there already");
    send("a", 5);
    assertThat(count("q")).isEqualTo(5);
    assertThat(good(node("queue", "purge", "--name", "q")).out())
        .isEqualTo("Queue q purged successfully: 5 messages.\n");
    assertThat(count("q")).isZero();
    send("a", 2);
    assertThat(good(node("queue", "delete", "--name", "q", "--autoDeleteAddress")).out())
        .isEqualTo("Queue q deleted successfully.\n");
    assertThat(count("q")).isEqualTo(-1);
    refused(node("address", "show", "--name", "a"), "there is no address a");
    refused(node("queue", "purge", "--name", "q"), "there is no queue q");
    assertThat(
            good(node(
                    "queue",
                    "create",
                    "--auto-create-address",
                    "--name",
                    "r",
                    "--ring-size",
                    "5",
                    "--exclusive",
                    "--group-buckets=7"))
                .out())
        .isEqualTo(
            "Queue [name=r, address=r, routingType=ANYCAST, durable=true, maxConsumers=-1,"
                + " autoCreateAddress=true, exclusive=true, groupBuckets=7, ringSize=5] created"
                + " successfully.\n");
    send("r", 8);
    assertThat(count("r")).isEqualTo(5);
  }

  @Test
  void aQueueWithAFilterTakesInWhatFits() {
    refused(
        node("queue", "create", "--auto-create-address", "--name", "few", "--filter", "count <"),
        "the selector is wrong at character 8 (its end)");
    assertThat(count("few")).isEqualTo(-1);
    assertThat(
            good(node(
                    "queue",
                    "create",
                    "--auto-create-address",
                    "--name",
                    "few",
                    "--filter",
                    "count = 3"))
                .out())
        .endsWith("autoCreateAddress=true, filter=count = 3] created successfully.\n");
    send("few", 6);
    assertThat(count("few")).isEqualTo(1);
  }

  @Test
  void aFilterChoosesMessages() {
    send("chosen", 6);
    assertThat(good(client("browser", "--destination", "chosen", "--filter", "count > 3")).out())
        .contains("Consumer:: filter = count > 3")
        .contains("browsed: 2 messages");
    assertThat(
            good(client(
                    "consumer",
                    "--destination",
                    "chosen",
                    "--filter",
                    "count = 3 OR count = 5",
                    "--receive-timeout=1000",
                    "--break-on-null"))
                .out())
        .contains("Consumed: 2 messages");
    assertThat(count("chosen")).isEqualTo(4);
    refused(
        client("consumer", "--destination", "chosen", "--filter", "count = "),
        "the selector is wrong at character 9");
    good(
        Command.run(
            "transfer",
            "--source-url",
            broker.url(),
            "--source-user=admin",
            "--source-password=secret",
            "--source-queue=chosen",
            "--filter=count < 2",
            "--target-url",
            broker.url(),
            "--target-user=admin",
            "--target-password=secret",
            "--target-queue=picked",
            "--receive-timeout=1000"));
    assertThat(count("picked")).isEqualTo(2);
    assertThat(count("chosen")).isEqualTo(2);
  }

  @Test
  void addressesAreMadeShownAndDeleted() {
    assertThat(good(node("address", "create", "--name", "news", "--multicast")).out())
        .isEqualTo(
            "Address [name=news, routingTypes={MULTICAST}, autoCreated=false] created"
                + " successfully.\n");
    refused(node("address", "create", "--name", "news", "--anycast"), "is there already");
    good(node("queue", "create", "--name", "archive", "--address", "news", "--multicast"));
    assertThat(good(node("address", "show")).out()).contains("DLQ\n").contains("news\n");
    assertThat(good(node("address", "show", "--name", "news", "--bindings")).out())
        .isEqualTo("archive\n");
    assertThat(good(node("address", "show", "--json")).out()).contains("\"name\": \"news\"");
    refused(node("address", "delete", "--name", "news"), "has 1 queue: delete them first");
    assertThat(good(node("address", "delete", "--name", "news", "--force")).out())
        .isEqualTo("Address news deleted successfully.\n");
    refused(node("address", "delete", "--name", "news"), "there is no address news");
  }

  @Test
  void aBrowserTakesNothing() {
    send("looked", 3);
    var seen =
        good(client("browser", "--silent", "--destination", "queue://looked", "--verbose")).out();
    assertThat(seen)
        .contains("browsing message: test message: 2")
        .contains("Consumer ActiveMQQueue[looked], thread=0 browsed: 3 messages");
    assertThat(good(client("browser", "--destination", "looked", "--message-count", 2)).out())
        .contains("browsed: 2 messages");
    assertThat(count("looked")).isEqualTo(3);
  }

  @Test
  void aTransferFromNowhereMakesNothing() {
    var words =
        List.of(
            "transfer",
            "--source-url",
            broker.url(),
            "--source-user=admin",
            "--source-password=secret",
            "--source-queue=nowhere",
            "--target-url",
            broker.url(),
            "--target-user=admin",
            "--target-password=secret",
            "--target-queue=elsewhere");
    refused(Command.run(words.toArray()), "there is no queue nowhere");
    assertThat(count("nowhere")).isEqualTo(-1);
    assertThat(count("elsewhere")).isEqualTo(-1);
  }

  @Test
  void aTransferToATopicSaysWhoKeepsTheMessages() {
    send("aside", 2);
    var moved =
        good(
            Command.run(
                "transfer",
                "--silent",
                "--source-url",
                broker.url(),
                "--source-user=admin",
                "--source-password=secret",
                "--source-queue=aside",
                "--target-url",
                broker.url(),
                "--target-user=admin",
                "--target-password=secret",
                "--target-topic=nobody-listens",
                "--receive-timeout=500"));
    assertThat(moved.err()).contains("nobody-listens keeps messages for its subscriptions only");
  }

  @Test
  void aTransferNamesTheSideThatDoesNotLetItIn() {
    var told =
        Command.run(
            "transfer",
            "--source-url",
            broker.url(),
            "--source-user=admin",
            "--source-password=secret",
            "--source-queue=DLQ",
            "--target-url",
            broker.url(),
            "--target-queue=x");
    refused(told, "asks who you are: give --target-user and --target-password");
  }

  @Test
  void aTransferMovesAndACopyLeaves() {
    send("here", 25);
    var copied = good(transfer("--copy", "--message-count", 10));
    assertThat(copied.out())
        .isEqualTo("Transferred 10 messages from ActiveMQQueue[here] to ActiveMQQueue[there]\n");
    assertThat(count("here")).isEqualTo(25);
    assertThat(good(transfer("--commit-interval", 7, "--receive-timeout", 500)).out())
        .startsWith("Transferred 25 messages");
    assertThat(count("here")).isZero();
    assertThat(count("there")).isEqualTo(35);
    var got =
        good(client("consumer", "--destination", "there", "--message-count", 35, "--verbose"));
    assertThat(got.out()).contains("test message: 24").doesNotContain("redelivered");
  }

  private static Command transfer(Object... words) {
    var all =
        new ArrayList<Object>(
            List.of(
                "transfer",
                "--source-url",
                broker.url(),
                "--source-user",
                "admin",
                "--source-password",
                "secret",
                "--source-queue",
                "here",
                "--target-url",
                broker.url(),
                "--target-user",
                "admin",
                "--target-password",
                "secret",
                "--target-queue",
                "there"));
    all.addAll(List.of(words));
    return Command.run(all.toArray());
  }

  @Test
  void aUserIsThereAtOnceAndGoneAtOnce() {
    assertThat(
            good(node(
                    "user",
                    "add",
                    "--user-command-user",
                    "guest",
                    "--user-command-password",
                    "pw",
                    "--role",
                    "amq,guests"))
                .out())
        .isEqualTo("User added successfully.\n");
    refused(node("user", "add", "--user", "guest", "--password", "x"), "already");
    assertThat(good(node("user", "list")).out())
        .contains("--- \"admin\"(amq) ---\n--- \"guest\"(amq,guests) ---\n")
        .containsPattern("\n\n Total: [23]\n$");
    assertThat(good(node("user", "list", "--user", "guest", "--json")).out())
        .contains("\"name\": \"guest\"")
        .contains("[\"amq\",\"guests\"]");
    assertThat(asGuest("pw").exit()).isZero();
    good(node("user", "reset", "--user", "guest", "--password", "other"));
    refused(asGuest("pw"), "does not accept this user and password");
    assertThat(asGuest("other").exit()).isZero();
    good(node("user", "reset", "--user", "guest", "--role", "guests"));
    refused(asGuest("other"), "may not");
    assertThat(good(node("user", "rm", "--user", "guest")).out()).isEqualTo("User removed.\n");
    refused(asGuest("other"), "does not accept this user and password");
    refused(node("user", "rm", "--user", "guest"), "there is no user guest");
    refused(node("user", "reset", "--user", "guest", "--password", "x"), "there is no user guest");
    assertThat(node("user", "add", "--user", "a b", "--password", "x").exit())
        .isEqualTo(Exit.USAGE.code());
  }

  private static Command asGuest(String password) {
    return Command.run(
        "producer",
        "--url",
        broker.url(),
        "--user",
        "guest",
        "--password",
        password,
        "--destination",
        "guests",
        "--message-count",
        1);
  }

  /// Management takes the role: a user who may send may not stop the broker.
  @Test
  void aUserWithoutTheRoleCannotStopTheBroker() throws IOException {
    good(node("user", "add", "--user", "sender", "--password", "pw", "--role", "senders"));
    var admin =
        io.batonmq.server.admin.RunFile.read(io.batonmq.server.admin.RunFile.in(broker.instance()))
            .orElseThrow()
            .url();
    refused(
        Command.run("stop", "--url", admin, "--user", "sender", "--password", "pw"),
        "lacks the role");
    assertThat(broker.process().isAlive()).isTrue();
    good(Command.run("status", "--url", admin, "--user", "admin", "--password", "secret"));
    good(node("user", "reset", "--user", "sender", "--role", "senders,amq"));
    good(Command.run("status", "--url", admin, "--user", "sender", "--password", "pw"));
  }

  @Test
  void aNodeIsChecked() {
    var checked = good(node("check", "node"));
    assertThat(checked.out())
        .contains("Running NodeCheck\nChecking that the node is up ... success\n")
        .containsPattern(
            "Checks run: 1, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: [\\d.]+ sec -"
                + " NodeCheck");
    good(node("check", "node", "--up", "--primary", "--peers", 0));
    // It has collected nothing yet, or a little; what matters is that a real node tells.
    good(node("check", "node", "--diskUsage", 100, "--memoryUsage", 100));
    var alone = node("check", "node", "--live", "--backup");
    assertThat(alone.exit()).isEqualTo(Exit.FAILED.code());
    assertThat(alone.out())
        .contains("Checking that the node is active ... success")
        .contains("Checking that the node has a backup ... failure: no other node stands by")
        .contains("Checks run: 2, Failures: 1");
  }

  @Test
  void aQueueIsChecked() {
    for (var what : List.of("--up", "--browse", "--produce=1", "--consume=1")) {
      var unknown = client("check", "queue", "--name", "checked", what);
      assertThat(unknown.exit()).as(unknown.toString()).isEqualTo(Exit.FAILED.code());
      assertThat(unknown.out()).contains("failure: there is no queue checked");
    }
    assertThat(count("checked")).isEqualTo(-1);
    good(node("queue", "create", "--name", "checked", "--auto-create-address"));
    var checked =
        good(client("check", "queue", "--name", "checked", "--produce", 3, "--browse", 3));
    assertThat(checked.out())
        .contains("Running QueueCheck\nChecking that queue checked takes 3 messages ... success")
        .contains("Checks run: 2, Failures: 0");
    var consumed = client("check", "queue", "--name", "checked", "--consume", 4, "--timeout", 300);
    assertThat(consumed.exit()).isEqualTo(Exit.FAILED.code());
    assertThat(consumed.out()).contains("failure: it gave 3 within 300 ms");
    assertThat(good(client("check", "queue", "--name", "checked", "--json")).out())
        .contains("\"name\": \"QueueCheck\"", "\"failures\": 0");
    assertThat(client("check", "queue", "--name", "checked", "--browse", 1).exit())
        .isEqualTo(Exit.FAILED.code());
  }

  @Test
  void aMaskProvesAPasswordAndTheShellCompletes() {
    assertThat(good(Command.run("mask", "--hash", "secret")).out())
        .startsWith("result: SCRAM-SHA-256$");
    assertThat(Command.run("mask", "secret", "--key", "x").err()).contains("Baton reads none");
    var script = good(Command.run("completion")).out();
    assertThat(script).contains("complete -F _complete_baton").contains("--message-count");
    assertThat(script).endsWith("artemis\n").doesNotContain("reference");
  }

  @Test
  void aLoadIsShownSecondBySecondAndInAll(@TempDir Path files) throws IOException {
    var json = files.resolve("perf.json");
    var hdr = files.resolve("perf.hdr");
    var out =
        good(client(
                "perf",
                "client",
                "queue://perf",
                "--num-destinations",
                2,
                "--persistent",
                "--max-pending",
                10,
                "--message-count",
                300,
                "--show-latency",
                "--json",
                json,
                "--hdr",
                hdr))
            .out();
    assertThat(out).contains("--- all").contains("send ack time:").contains("transfer time:");
    assertThat(Files.readAllLines(json))
        .isNotEmpty()
        .allMatch(line -> line.startsWith("{\"at_s\":"));
    assertThat(Files.readString(hdr)).contains("Percentile");
    assertThat(count("perf0") + count("perf1")).isZero();
  }

  @Test
  void aLoadSendsAsManyAsItWasAskedFor() {
    var out =
        good(client(
                "perf", "producer", "perf-many", "--message-count", 50, "--rate", 500, "--silent"))
            .out();
    assertThat(out).startsWith("--- all");
    assertThat(count("perf-many")).isEqualTo(50);
    good(client("perf", "consumer", "perf-many", "--message-count", 50, "--silent"));
    assertThat(count("perf-many")).isZero();
  }

  @Test
  void aLoadThatCannotBeIsRefused() {
    var wrong = client("perf", "client", "q", "--duration", 2, "--warmup", 3);
    assertThat(wrong.exit()).isEqualTo(Exit.USAGE.code());
    assertThat(wrong.err()).contains("--duration has to be longer than --warmup");
  }
}
