package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the options of `producer`, `consumer` and `browser` do, seen in the broker.
@Timeout(120)
class ClientOptionsTest {
  private static final Pattern MILLIS = Pattern.compile("milli second : (\\d+) milli seconds");

  @TempDir private static Path folder;
  private static RealBroker broker;
  private static int marks;

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

  private static CompletableFuture<Command> beside(Object... words) {
    return CompletableFuture.supplyAsync(() -> broker.client(words));
  }

  /// Waits until somebody takes from the address, and answers the queue that they take from.
  private static String taken(String address) throws Exception {
    var queue = new String[1];
    assertThat(
            Waiting.until(
                () -> {
                  for (var stat : broker.admin().queues()) {
                    if (stat.address().equals(address) && stat.consumerCount() > 0) {
                      queue[0] = stat.name();
                    }
                  }
                  return queue[0] != null;
                },
                RealBroker.PATIENCE))
        .as("somebody takes from " + address)
        .isTrue();
    return queue[0];
  }

  @Test
  void whatIsInTheMessagesOfAProducerIsChosen() throws JMSException {
    broker.client("producer", "--destination=bodies", "--text-size=40", "--message-count=1").good();
    broker
        .client("producer", "--destination=bodies", "--message-size=70", "--message-count=1")
        .good();
    broker
        .client("producer", "--destination=bodies", "--message=hello", "--message-count=1")
        .good();
    send("bodies", 1);
    var messages = broker.messages("bodies");
    assertThat(messages).hasSize(4);
    assertThat(((TextMessage) messages.get(0)).getText()).hasSize(40);
    assertThat(((BytesMessage) messages.get(1)).getBodyLength()).isEqualTo(70);
    assertThat(((TextMessage) messages.get(2)).getText()).isEqualTo("hello");
    assertThat(((TextMessage) messages.get(3)).getText()).isEqualTo("test message: 0");
    assertThat(messages)
        .allSatisfy(message -> {
          assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
          assertThat(message.getJMSExpiration()).isZero();
          assertThat(message.propertyExists("JMSXGroupID")).isFalse();
        });
  }

  @Test
  void howTheMessagesOfAProducerAreTreatedIsChosen() throws JMSException {
    long before = System.currentTimeMillis();
    var sent =
        broker
            .client(
                "producer",
                "--destination=treated",
                "--threads=2",
                "--message-count=3",
                "--group=g",
                "--msgttl=600000",
                "--non-persistent",
                "--verbose")
            .good();
    long after = System.currentTimeMillis();
    assertThat(sent.out().lines().filter(line -> line.contains(" Sent: test message: ")))
        .hasSize(6);
    assertThat(sent.out())
        .contains("thread=0 Produced: 3 messages", "thread=1 Produced: 3 messages");
    var messages = broker.messages("treated");
    assertThat(messages)
        .allSatisfy(message -> {
          assertThat(message.getStringProperty("JMSXGroupID")).isEqualTo("g");
          assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
          assertThat(message.getJMSExpiration()).isBetween(before + 600_000, after + 600_000);
        })
        .extracting(message ->
            message.getStringProperty("ThreadSent") + " " + message.getLongProperty("count"))
        .containsExactlyInAnyOrder(
            "thread=0 0", "thread=0 1", "thread=0 2", "thread=1 0", "thread=1 1", "thread=1 2");
  }

  @Test
  void aPauseBetweenTwoMessagesIsMade() throws IOException {
    for (var word : List.of("producer", "consumer")) {
      var told =
          broker.client(word, "--destination=slow", "--message-count=4", "--sleep=40").good().out();
      var millis = MILLIS.matcher(told);
      assertThat(millis.find()).as(told).isTrue();
      assertThat(Long.parseLong(millis.group(1))).as(told).isGreaterThanOrEqualTo(160);
    }
    assertThat(broker.count("slow")).isZero();
  }

  /// The log has one commit for each; what is left over in the end has one too.
  @Test
  void aTransactionIsAsLongAsItIsToBe() throws Exception {
    long before = commits();
    for (var option : List.of("--commit-interval", "--txt-size", "--tx-batch-size")) {
      broker.client("producer", "--destination=committed", "--message-count=7", option, 3).good();
      before += 3;
      assertThat(commits()).as(option).isEqualTo(before);
    }
    assertThat(broker.count("committed")).isEqualTo(21);
    broker
        .client("consumer", "--destination=committed", "--message-count=21", "--commit-interval=10")
        .good();
    assertThat(commits()).as("those of the consumer").isEqualTo(before + 3);
    assertThat(broker.count("committed")).isZero();
  }

  /// How many transactions the log has committed.
  private static long commits() throws Exception {
    var mark = "mark-" + ++marks;
    send(mark, 1);
    var printed = new String[1];
    // What is committed is marked in the log a moment later.
    assertThat(
            Waiting.until(
                () -> {
                  printed[0] = Command.run("data", "print", broker.instance()).good().out();
                  return printed[0].contains(mark + " ANYCAST: 1 messages");
                },
                RealBroker.PATIENCE))
        .as(() -> printed[0])
        .isTrue();
    return printed[0].lines().filter(line -> line.contains("TransactionCommitted[")).count();
  }

  @Test
  void eachThreadOfAConsumerTakesAsManyAsItIsTold() throws IOException {
    send("halves", 6);
    var told =
        broker
            .client(
                "consumer", "--destination=halves", "--threads=2", "--message-count=3", "--verbose")
            .good();
    assertThat(told.out())
        .contains("thread=0 Consumed: 3 messages", "thread=1 Consumed: 3 messages")
        .contains(" Received test message: 5");
    assertThat(broker.count("halves")).isZero();
  }

  @Test
  void aConsumerThatMayBreakOffDoesNotWaitForMore() throws IOException {
    send("few", 2);
    var told =
        broker
            .client(
                "consumer",
                "--destination=few",
                "--message-count=5",
                "--break-on-null",
                "--receive-timeout=2000")
            .good();
    assertThat(told.out()).contains("Consumed: 2 messages");
    assertThat(broker.count("few")).isZero();
  }

  @Test
  void aConsumerOfATopicGetsWhatIsSentWhileItIsThere() throws Exception {
    var consuming =
        beside("consumer", "--destination=topic://live", "--message-count=3", "--clientID=taken");
    var subscription = taken("live");
    broker
        .client("producer", "--destination=topic://live", "--message-count=1", "--clientID=taken")
        .failed("taken");
    send("topic://live", 3);
    assertThat(consuming.get(60, TimeUnit.SECONDS).good().out())
        .contains("Consumer ActiveMQTopic[live], thread=0 Consumed: 3 messages");
    assertThat(broker.count(subscription)).isEqualTo(-1);
  }

  @Test
  void aDurableSubscriptionKeepsWhatItsConsumerMisses() throws IOException {
    subscriber(1, "--break-on-null", "--receive-timeout=200").good();
    send("topic://kept", 6);
    assertThat(broker.count("me.mine")).isEqualTo(4);
    assertThat(broker.count("me.mine-1")).isEqualTo(4);
    assertThat(subscriber(4).good().out())
        .contains("thread=0 Consumed: 4 messages", "thread=1 Consumed: 4 messages");
    assertThat(broker.count("me.mine")).isZero();
    assertThat(broker.count("me.mine-1")).isZero();
    broker
        .client(
            "consumer",
            "--destination=topic://kept",
            "--durable",
            "--clientID=me",
            "--break-on-null",
            "--receive-timeout=200")
        .good();
    assertThat(broker.count("me.Consumer")).as("the name that it has by itself").isZero();
  }

  private static Command subscriber(int count, Object... more) {
    var words =
        new ArrayList<Object>(
            List.of(
                "consumer",
                "--destination=topic://kept",
                "--durable",
                "--clientID=me",
                "--subscription-name=mine",
                "--filter=count < 4",
                "--threads=2",
                "--message-count=" + count));
    words.addAll(List.of(more));
    return broker.client(words.toArray());
  }

  @Test
  void aBrowserShowsWhatFitsAndChangesNothing() {
    send("shown", 5);
    assertThat(
            broker
                .client(
                    "browser",
                    "--protocol=AMQP",
                    "--destination=shown::shown",
                    "--filter=count > 2",
                    "--verbose")
                .good()
                .out())
        .contains("browsing message: test message: 3", "browsing message: test message: 4")
        .contains("browsed: 2 messages")
        .doesNotContain("test message: 2");
    assertThat(
            broker
                .client("consumer", "--destination=shown", "--message-count=5", "--verbose")
                .good()
                .out())
        .contains("Received test message: 0", "Received test message: 4")
        .doesNotContain("redelivered");
  }

  @Test
  void aLoadIsMadeOfTheMessagesThatWereAskedFor() throws JMSException, IOException {
    broker
        .client(
            "perf",
            "producer",
            "loaded",
            "--threads=2",
            "--num-destinations=2",
            "--message-count=40",
            "--message-size=33",
            "--max-pending=5",
            "--persistent",
            "--silent")
        .good();
    // They share the number, and one may be done with it before the others are connected.
    assertThat(broker.count("loaded0")).isNotNegative();
    assertThat(broker.count("loaded1")).isNotNegative();
    var messages = new ArrayList<>(broker.messages("loaded0"));
    messages.addAll(broker.messages("loaded1"));
    assertThat(messages)
        .hasSize(40)
        .allSatisfy(message -> {
          assertThat(((BytesMessage) message).getBodyLength()).isEqualTo(33);
          assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
        });
    broker.client("perf", "producer", "light", "--message-count=2", "--silent").good();
    assertThat(broker.messages("light"))
        .hasSize(2)
        .allSatisfy(message -> {
          assertThat(((BytesMessage) message).getBodyLength()).isEqualTo(1024);
          assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
        });
  }

  @Test
  void aLoadLastsAsLongAndIsAsFastAsItIsTold(@TempDir Path files) throws IOException {
    var json = files.resolve("seconds");
    long began = System.nanoTime();
    var told =
        broker
            .client(
                "perf",
                "client",
                "topic://timed",
                "queue://timed-queue",
                "--duration=2",
                "--warmup=1",
                "--rate=100",
                "--show-latency",
                "--json",
                json)
            .good();
    assertThat(System.nanoTime() - began).isGreaterThan(TimeUnit.SECONDS.toNanos(2));
    assertThat(told.out()).contains("--- warmup true", "--- warmup false", "transfer time:");
    var seconds = Files.readAllLines(json);
    assertThat(seconds).hasSizeBetween(2, 4);
    assertThat(seconds.getFirst()).contains("\"warmup\":true");
    assertThat(seconds.getLast()).contains("\"warmup\":false");
    // Half of them go there, and some before all are connected.
    assertThat(broker.queue("timed-queue").orElseThrow().messagesAdded()).isBetween(1L, 300L);
    assertThat(broker.admin().queues()).noneMatch(queue -> queue.address().equals("timed"));
  }
}
