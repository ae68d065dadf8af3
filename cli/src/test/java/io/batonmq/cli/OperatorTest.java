package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.server.admin.Json;
import io.batonmq.server.instance.Instance;
import jakarta.jms.JMSException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What an operator asks of a running node, beside its files and from elsewhere.
@Timeout(120)
class OperatorTest {
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

  private static void send(String destination, int count) {
    broker.client("producer", "--destination", destination, "--message-count", count).good();
  }

  /// The names of the queues that are chosen, in the order of the table.
  private static List<String> shown(Object... choice) {
    var words = new ArrayList<Object>(List.of("queue", "stat"));
    words.addAll(List.of(choice));
    return broker
        .node(words.toArray())
        .good()
        .out()
        .lines()
        .skip(1)
        .map(row -> row.split("\\|", -1)[1].strip())
        .toList();
  }

  @Test
  void theStatusIsToldToPrograms() throws Exception {
    var before = broker.node("status", "--json").good().fields();
    assertThat(before)
        .containsEntry("node", new Json.Text("one"))
        .containsEntry("role", new Json.Text("active"))
        .containsEntry("configured", new Json.Text("single"))
        .containsEntry("active", new Json.Text("one"))
        .containsEntry("epoch", new Json.Whole(1))
        .containsEntry("pid", new Json.Whole(broker.process().pid()));
    send("counted", 1);
    var after = broker.remote("secret", "status", "--json").good().fields();
    assertThat(((Json.Whole) after.get("committed")).value())
        .isGreaterThan(((Json.Whole) before.get("committed")).value());
  }

  @Test
  void whatIsDoneFromElsewhereIsDoneAsAUser() throws Exception {
    broker
        .remote("secret", "queue", "create", "--name=far", "--address=off", "--auto-create-address")
        .good();
    send("off", 3);
    assertThat(broker.remote("secret", "queue", "stat", "--queueName=far").good().out())
        .containsPattern("\\|far +\\|off +\\|0 +\\|3 ");
    assertThat(broker.remote("secret", "queue", "purge", "--name=far").good().out())
        .isEqualTo("Queue far purged successfully: 3 messages.\n");
    assertThat(broker.count("far")).isZero();
    broker.remote("secret", "queue", "delete", "--name=far").good();
    assertThat(broker.count("far")).isEqualTo(-1);
    assertThat(broker.remote("secret", "address", "show", "--name=off").good().out())
        .isEqualTo("Address [name=off, routingTypes={ANYCAST}, autoCreated=false]\n");
    broker.remote("secret", "address", "delete", "--name=off").good();
    broker.remote("secret", "address", "create", "--name=both", "--anycast", "--multicast").good();
    assertThat(broker.node("address", "show", "--name=both").good().out())
        .contains("{ANYCAST,MULTICAST}");
    assertThat(broker.node("address", "show").good().out()).doesNotContain("off\n");
    var checked =
        broker.remote("secret", "check", "node", "--live", "--diskUsage=100", "--json").good();
    assertThat(checked.fields()).containsEntry("failures", new Json.Whole(0));
    assertThat(checked.items("checks")).hasSize(2);

    for (var words :
        List.of(
            "queue create --name=x --auto-create-address",
            "queue purge --name=DLQ",
            "queue delete --name=DLQ",
            "queue stat",
            "address create --name=x --anycast",
            "address delete --name=DLQ --force",
            "address show",
            "check node",
            "kill",
            "stop")) {
      broker
          .remote("wrong", (Object[]) words.split(" ", -1))
          .failed("does not accept this user and password");
    }
    assertThat(broker.process().isAlive()).isTrue();
    assertThat(broker.count("x")).isEqualTo(-1);
    assertThat(broker.count("DLQ")).isNotNegative();
  }

  @Test
  void queuesAreChosenByTheirFigures() throws Exception {
    send("stat-full", 5);
    send("stat-used", 4);
    broker.client("consumer", "--destination=stat-used", "--message-count=3").good();
    broker
        .node("queue", "create", "--name=stat-topic", "--auto-create-address", "--multicast")
        .good();
    assertThat(shown("--queueName=stat-"))
        .containsExactlyInAnyOrder("stat-full", "stat-used", "stat-topic");
    assertThat(shown("--field=MESSAGE_COUNT", "--operation=GREATER_THAN", "--value=4"))
        .contains("stat-full")
        .doesNotContain("stat-used", "stat-topic");
    assertThat(shown("--field=MESSAGES_ADDED", "--operation=LESS_THAN", "--value=5"))
        .contains("stat-used", "stat-topic")
        .doesNotContain("stat-full");
    assertThat(shown("--field=MESSAGES_ACKED", "--operation=EQUALS", "--value=3"))
        .containsExactly("stat-used");
    assertThat(shown("--field=ROUTING_TYPE", "--operation=CONTAINS", "--value=MULTI"))
        .contains("stat-topic")
        .doesNotContain("stat-full");
    assertThat(shown("--field=ADDRESS", "--operation=NOT_CONTAINS", "--value=stat-"))
        .contains("DLQ")
        .noneMatch(name -> name.startsWith("stat-"));

    var some = broker.node("queue", "stat", "--queueName=stat-", "--maxRows=2").good().out();
    assertThat(some.lines().filter(line -> line.startsWith("|stat-"))).hasSize(2);
    assertThat(some).contains("the displayed queues are 2/3");
    var narrow = broker.node("queue", "stat", "--queueName=stat-u", "--maxColumnSize=5").good();
    assertThat(narrow.out()).contains("\n|stat-|stat-us|").contains("\n|used |ed     |");
  }

  @Test
  void queuesAreToldToProgramsAsTheyWereChosen() throws Exception {
    for (int i = 0; i < 3; i++) {
      send("json-" + i, i + 1);
    }
    var chosen =
        broker
            .node(
                "queue", "stat", "--json", "--field=NAME", "--operation=CONTAINS", "--value=json-")
            .good()
            .items("queues");
    assertThat(chosen)
        .extracting(queue -> queue.get("messageCount"))
        .containsExactlyInAnyOrder(new Json.Whole(1), new Json.Whole(2), new Json.Whole(3));
    assertThat(
            broker
                .node("queue", "stat", "--json", "--queueName=json-", "--maxRows=2")
                .good()
                .items("queues"))
        .hasSize(2);
    assertThat(broker.node("address", "show", "--json", "--name=json-1").good().items("addresses"))
        .singleElement()
        .satisfies(address ->
            assertThat(address)
                .containsEntry("messageCount", new Json.Whole(2))
                .containsEntry("queues", new Json.Items(List.of(new Json.Text("json-1")))));
    broker.node("address", "show", "--json", "--name=none").failed("there is no address none");
  }

  @Test
  void aQueueThatIsInUseIsDeletedOnlyWithItsConsumers() throws Exception {
    send("held", 2);
    var consuming =
        CompletableFuture.supplyAsync(
            () -> broker.client("consumer", "--destination=held", "--message-count=3"));
    assertThat(Waiting.until(() -> broker.count("held") == 0, RealBroker.PATIENCE)).isTrue();
    broker.node("queue", "delete", "--name=held").failed("the queue held has 1 consumer");
    assertThat(broker.count("held")).isZero();
    broker.node("queue", "delete", "--name=held", "--removeConsumers").good();
    consuming.get(60, TimeUnit.SECONDS).failed("the queue held was deleted");
    assertThat(broker.count("held")).isEqualTo(-1);
  }

  @Test
  void aQueueIsMadeWithTheSettingsThatWereGiven() throws Exception {
    broker
        .node(
            "queue",
            "create",
            "--name=set",
            "--auto-create-address",
            "--max-consumers=3",
            "--exclusive=false",
            "--group-buckets=5",
            "--group-rebalance",
            "--group-rebalance-pause-dispatch",
            "--group-first-key=first",
            "--consumers-before-dispatch=2",
            "--delay-before-dispatch=70",
            "--ring-size=9",
            "--non-destructive",
            "--last-value-key=key")
        .good();
    assertThat(broker.node("queue", "stat", "--json", "--queueName=set").good().items("queues"))
        .singleElement()
        .satisfies(queue ->
            assertThat(queue)
                .containsEntry("maxConsumers", new Json.Whole(3))
                .containsEntry("exclusive", new Json.Flag(false))
                .containsEntry("groupBuckets", new Json.Whole(5))
                .containsEntry("groupRebalance", new Json.Flag(true))
                .containsEntry("groupRebalancePauseDispatch", new Json.Flag(true))
                .containsEntry("groupFirstKey", new Json.Text("first"))
                .containsEntry("consumersBeforeDispatch", new Json.Whole(2))
                .containsEntry("delayBeforeDispatch", new Json.Whole(70))
                .containsEntry("ringSize", new Json.Whole(9))
                .containsEntry("lastValueKey", new Json.Text("key"))
                .containsEntry("nonDestructive", new Json.Flag(true)));
  }

  @Test
  void whatAQueueWasMadeForIsWhatItDoes() throws JMSException, IOException {
    create("--name=left", "--address=split", "--multicast");
    create("--name=right", "--address=split", "--multicast", "--filter=count > 0");
    send("topic://split", 3);
    assertThat(broker.count("left")).isEqualTo(3);
    assertThat(broker.count("right")).isEqualTo(2);

    create("--name=newest", "--last-value-key=count", "--non-destructive");
    send("newest", 3);
    send("newest", 3);
    assertThat(broker.count("newest")).isEqualTo(3);
    broker.client("consumer", "--destination=newest", "--message-count=3").good();
    assertThat(broker.count("newest")).isEqualTo(3);

    create("--name=single", "--max-consumers=1");
    try (var connection = broker.connect("");
        var session = connection.createSession();
        var _ = session.createConsumer(session.createQueue("single"))) {
      broker
          .client("consumer", "--destination=single", "--message-count=1")
          .failed("single has 1 consumers, which is all it may have");
    }
  }

  private static void create(Object... more) {
    var words = new ArrayList<Object>(List.of("queue", "create", "--auto-create-address"));
    words.addAll(List.of(more));
    broker.node(words.toArray()).good();
  }

  /// As a line of the file that a running node reads again.
  @Test
  void aPasswordIsKeptAsItsMask() throws IOException {
    var result = Command.run("mask", "open sesame").good().out();
    assertThat(result).startsWith("result: ").doesNotContain("sesame");
    var instance = new Instance(broker.instance());
    append(instance.roles(), "amq = admin, masked\n");
    append(instance.users(), "masked = " + result.substring("result: ".length()));
    assertThat(asMasked("open sesame").good().out()).contains("Produced: 1 messages");
    asMasked("open").failed("does not accept this user and password");

    // The same for a password that is asked for.
    result = asked("typed", "mask").good().out();
    append(instance.roles(), "amq = admin, masked, typist\n");
    append(instance.users(), "typist = " + result.substring("result: ".length()));
    asked(
            "typed",
            "producer",
            "--url",
            broker.url(),
            "--user=typist",
            "--destination=masked",
            "--message-count=1")
        .good();
    assertThat(broker.count("masked")).isEqualTo(2);
  }

  @Test
  void passwordsThatAreNotGivenAreAskedFor() throws IOException {
    asked("first", "user", "add", "--user=asked", "--instance", broker.instance()).good();
    asked("second", "user", "reset", "--user=asked", "--instance", broker.instance()).good();
    Object[] send = {
      "producer",
      "--url",
      broker.url(),
      "--user=asked",
      "--destination=by-asked",
      "--message-count=1"
    };
    asked("first", send).failed("does not accept this user and password");
    asked("second", send).good();
    Command.runWith(send, "--silent").ended(Exit.USAGE, "--user needs --password");
    asked("second", "queue", "stat", "--url", broker.admin().url(), "--user=asked").good();
    assertThat(broker.count("by-asked")).isEqualTo(1);
  }

  /// Runs a command that reads a line of what a person types.
  private static Command asked(String typed, Object... words) {
    var in = System.in;
    System.setIn(new ByteArrayInputStream((typed + "\n").getBytes(StandardCharsets.UTF_8)));
    try {
      return Command.run(words);
    } finally {
      System.setIn(in);
    }
  }

  private static void append(Path file, String line) throws IOException {
    Files.writeString(file, line, StandardOpenOption.APPEND);
  }

  private static Command asMasked(String password) {
    return Command.run(
        "producer",
        "--url",
        broker.url(),
        "--user=masked",
        "--password",
        password,
        "--destination=masked",
        "--message-count=1");
  }

  @Test
  void aQueueWithAnotherAddressIsChecked() throws Exception {
    create("--name=inner", "--address=outer");
    var checked =
        broker
            .client("check", "queue", "--name=outer::inner", "--produce=2", "--consume=1", "--json")
            .good();
    assertThat(checked.fields()).containsEntry("failures", new Json.Whole(0));
    assertThat(checked.items("checks")).hasSize(2);
    assertThat(broker.count("inner")).isEqualTo(1);
    assertThat(broker.client("check", "queue", "--name=inner::outer").out())
        .contains("failure: there is no queue inner::outer");
  }

  @Test
  void aStoreIsVerifiedBesideItsBroker() throws Exception {
    send("verified", 10);
    var found = Command.run("data", "verify", "--json", broker.instance()).good().fields();
    assertThat(found).containsEntry("sound", new Json.Flag(true));
    assertThat(((Json.Whole) found.get("records")).value()).isGreaterThanOrEqualTo(10);
    assertThat(broker.count("verified")).isEqualTo(10);
  }
}
