package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How the commands of clients end: with all that they were to do, or with the reason.
class ClientEndsTest {
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

  /// More than a batch, and more than a client keeps ahead.
  @Test
  void aQueueOfAnyDepthIsCopiedWhole() {
    send("deep", 1203);
    var copied =
        good(
            Command.run(
                "transfer",
                "--source-url",
                broker.url(),
                "--source-user=admin",
                "--source-password=secret",
                "--source-queue=deep",
                "--target-url",
                broker.url(),
                "--target-user=admin",
                "--target-password=secret",
                "--target-queue=deep-copy",
                "--commit-interval=100",
                "--copy"));
    assertThat(copied.out()).startsWith("Transferred 1203 messages");
    assertThat(count("deep")).isEqualTo(1203);
    assertThat(count("deep-copy")).isEqualTo(1203);
  }

  /// What is refused once would be refused again for ever.
  @Test
  @Timeout(120)
  void whatTheBrokerRefusesEndsTheCommand() throws Exception {
    for (var how : List.of("--commit-interval=3", "--non-persistent")) {
      good(node("queue", "create", "--name", "shrinking", "--auto-create-address"));
      var sending =
          CompletableFuture.supplyAsync(() ->
              client(
                  "producer",
                  "--destination=shrinking::shrinking",
                  "--message-count=100000",
                  "--sleep=20",
                  how));
      assertThat(Waiting.until(() -> count("shrinking") > 0, Duration.ofSeconds(30))).isTrue();
      good(node("queue", "delete", "--name", "shrinking", "--autoDeleteAddress"));
      var told = sending.get(60, TimeUnit.SECONDS);
      assertThat(told.exit()).as(told.toString()).isEqualTo(Exit.FAILED.code());
      assertThat(told.out()).containsPattern("Produced: [1-9]\\d* messages");
    }
  }

  @Test
  @Timeout(120)
  void aConsumerThatFailsSaysWhatItHasConsumed() throws Exception {
    send("vanishing", 3);
    var consuming =
        CompletableFuture.supplyAsync(() ->
            client(
                "consumer",
                "--destination=vanishing",
                "--message-count=10",
                "--receive-timeout=60000"));
    assertThat(Waiting.until(() -> count("vanishing") == 0, Duration.ofSeconds(30))).isTrue();
    good(node("queue", "delete", "--name", "vanishing", "--removeConsumers"));
    var told = consuming.get(60, TimeUnit.SECONDS);
    assertThat(told.exit()).as(told.toString()).isEqualTo(Exit.FAILED.code());
    assertThat(told.out()).contains("Consumed: 3 messages");
  }

  /// The second thread fails, and the first waits for what never comes.
  @Test
  @Timeout(60)
  void oneThreadThatFailsEndsThemAll() {
    var access =
        new BrokerAccess(
            BrokerUrl.parse(broker.url()),
            Optional.of("admin"),
            Optional.of("secret"),
            Optional.empty());
    var clients = new Clients(access, new PrintWriter(new StringWriter()));
    assertThatThrownBy(() ->
            clients.run(
                2,
                (connection, thread) -> {
                  if (thread == 1) {
                    throw new JMSException("it failed");
                  }
                  try (var session = connection.createSession();
                      var consumer = session.createConsumer(session.createQueue("empty"))) {
                    consumer.receive();
                  }
                }))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it failed");
  }

  /// What one batch does not hold is not copied in part; and the subscription is the one that it is.
  @Test
  void aSubscriptionOfOneClientIsCopiedInOneBatchOrNotAtAll() {
    good(
        client(
            "consumer",
            "--destination=topic://news",
            "--durable",
            "--clientID=reader",
            "--receive-timeout=300",
            "--break-on-null"));
    good(client("producer", "--destination=topic://news", "--message-count=5"));
    var whole = fromSubscription("--copy", "--commit-interval=5");
    assertThat(whole.exit()).as(whole.toString()).isEqualTo(Exit.FAILED.code());
    assertThat(whole.err()).contains("has 5 messages or more").contains("nothing was copied");
    assertThat(count("read")).isLessThan(1);
    assertThat(good(fromSubscription("--copy", "--commit-interval=6")).out())
        .startsWith("Transferred 5 messages");
    assertThat(good(fromSubscription()).out()).startsWith("Transferred 5 messages");
    assertThat(count("read")).isEqualTo(10);
  }

  private static Command fromSubscription(Object... more) {
    var words =
        new ArrayList<Object>(
            List.of(
                "transfer",
                "--source-url",
                broker.url(),
                "--source-user=admin",
                "--source-password=secret",
                "--source-topic=news",
                "--durable-consumer=Consumer",
                "--source-client-id=reader",
                "--target-url",
                broker.url(),
                "--target-user=admin",
                "--target-password=secret",
                "--target-queue=read",
                "--receive-timeout=1000"));
    words.addAll(List.of(more));
    return Command.run(words.toArray());
  }

  @Test
  void aLoadOfNamedClientsGivesEachItsName() {
    good(client("perf", "client", "named", "--clientID=x", "--message-count=5", "--silent"));
  }
}
