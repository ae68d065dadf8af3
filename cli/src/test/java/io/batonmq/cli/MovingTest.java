package io.batonmq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Messages go from one broker to another, by `transfer` and by `data exp` and `data imp`.
@Timeout(120)
class MovingTest {
  @TempDir private static Path folder;
  private static RealBroker here;
  private static RealBroker there;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    here = new RealBroker(folder.resolve("here"), RealBroker.free(), List.of());
    there = new RealBroker(folder.resolve("there"), RealBroker.free(), List.of());
    here.awaitActive();
    there.awaitActive();
  }

  @AfterAll
  static void stop() {
    here.close();
    there.close();
  }

  private static void send(String destination, int count, Object... more) {
    var words =
        new ArrayList<Object>(
            List.of("producer", "--destination", destination, "--message-count", count));
    words.addAll(List.of(more));
    here.client(words.toArray()).good();
  }

  private static Command transfer(Object... more) {
    Object[] words = {
      "transfer",
      "--source-url",
      here.url(),
      "--source-user=admin",
      "--source-password=secret",
      "--target-url",
      there.url(),
      "--target-user=admin",
      "--target-password=secret",
      "--receive-timeout=3000"
    };
    return Command.runWith(words, more);
  }

  @Test
  void whatIsMovedToAnotherBrokerIsWhatItWas() throws JMSException, IOException {
    here.node("queue", "create", "--name=q", "--address=a", "--auto-create-address").good();
    long before = System.currentTimeMillis();
    send("a::q", 2, "--group=g", "--msgttl=600000", "--non-persistent");
    send("a::q", 2);
    Object[] two = {"--source-queue=a::q", "--target-queue=moved", "--message-count=2"};
    assertThat(transfer(two).good().out())
        .isEqualTo("Transferred 2 messages from ActiveMQQueue[a::q] to ActiveMQQueue[moved]\n");
    assertThat(here.count("q")).isEqualTo(2);
    assertThat(there.messages("moved"))
        .hasSize(2)
        .allSatisfy(message -> {
          assertThat(message.getStringProperty("JMSXGroupID")).isEqualTo("g");
          assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
          assertThat(message.getJMSExpiration()).isGreaterThanOrEqualTo(before + 600_000);
        });
    transfer(two).good();
    assertThat(here.count("q")).isZero();
    assertThat(there.texts("moved"))
        .containsExactly(
            "test message: 0", "test message: 1", "test message: 0", "test message: 1");
    var last = there.messages("moved").getLast();
    assertThat(last.propertyExists("JMSXGroupID")).isFalse();
    assertThat(last.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
    assertThat(last.getJMSExpiration()).isZero();
  }

  @Test
  void aTopicPassesOnWhatIsMovedThere() throws IOException {
    there
        .client(
            "consumer",
            "--destination=topic://news",
            "--durable",
            "--clientID=reader",
            "--break-on-null",
            "--receive-timeout=200")
        .good();
    send("for-all", 4);
    transfer("--source-queue=for-all", "--target-topic=news", "--message-count=4").good();
    assertThat(there.count("reader.Consumer")).isEqualTo(4);
    assertThat(here.count("for-all")).isZero();
  }

  /// As one that several clients share, of nobody or of one of them.
  @Test
  void aSharedSubscriptionIsMoved() throws JMSException, IOException {
    for (var client : List.of("", "team")) {
      try (var connection = here.connect(client);
          var session = connection.createSession()) {
        session.createSharedDurableConsumer(session.createTopic("shared"), "all").close();
      }
    }
    send("topic://shared", 3);
    assertThat(here.count("all:global")).isEqualTo(3);
    assertThat(here.count("team.all")).isEqualTo(3);
    Object[] words = {
      "--source-topic=shared",
      "--shared-durable-subscription=all",
      "--target-queue=collected",
      "--message-count=3"
    };
    assertThat(transfer(words).good().out())
        .isEqualTo(
            "Transferred 3 messages from ActiveMQTopic[shared] to ActiveMQQueue[collected]\n");
    assertThat(here.count("all:global")).isZero();
    assertThat(here.count("team.all")).isEqualTo(3);
    var more = new ArrayList<>(List.of(words));
    more.add("--source-client-id=team");
    assertThat(transfer(more.toArray()).good().out()).startsWith("Transferred 3 messages");
    assertThat(here.count("team.all")).isZero();
    assertThat(there.count("collected")).isEqualTo(6);
  }

  /// To a broker a subscription with another selector is another one: it would throw the first away.
  @Test
  void whatIsChosenFromASubscriptionLeavesTheRest() throws JMSException, IOException {
    try (var connection = here.connect("chooser");
        var session = connection.createSession()) {
      var topic = session.createTopic("chosen");
      session.createDurableConsumer(topic, "plain").close();
      session.createDurableConsumer(topic, "some", "count > 0", false).close();
    }
    send("topic://chosen", 4);
    Object[] plain = {
      "--source-topic=chosen",
      "--durable-consumer=plain",
      "--source-client-id=chooser",
      "--target-queue=picked",
      "--filter=count < 2"
    };
    assertThat(transfer(plain).good().out()).startsWith("Transferred 2 messages");
    assertThat(here.texts("chosen::chooser.plain"))
        .containsExactly("test message: 2", "test message: 3");
    Object[] some = {
      "--source-topic=chosen",
      "--durable-consumer=some",
      "--source-client-id=chooser",
      "--target-queue=picked"
    };
    assertThat(transfer(some).good().out()).startsWith("Transferred 3 messages");
    // It is still the one that takes in what fits.
    send("topic://chosen", 2);
    assertThat(here.texts("chosen::chooser.some")).containsExactly("test message: 1");
    assertThat(there.texts("picked"))
        .containsExactly(
            "test message: 0",
            "test message: 1",
            "test message: 1",
            "test message: 2",
            "test message: 3");
  }

  @Test
  void aSubscriptionThatIsNotThereIsNotMade() throws IOException {
    transfer(
            "--source-topic=no-topic",
            "--durable-consumer=s",
            "--source-client-id=c",
            "--target-queue=none")
        .failed("there is no subscription s of c at the topic no-topic");
    transfer("--source-topic=no-topic", "--shared-durable-subscription=s", "--target-queue=none")
        .failed("there is no subscription s at the topic no-topic");
    assertThat(here.count("c.s")).isEqualTo(-1);
    assertThat(here.count("s:global")).isEqualTo(-1);
    assertThat(there.count("none")).isEqualTo(-1);
  }

  @Test
  void whatOneBrokerExportedAnotherImports() throws Exception {
    send("archive", 3, "--message-size=12");
    send("archive", 1, "--message-size=2500000");
    send("archive", 1, "--text-size=5");
    var file = folder.resolve("archive.jsonl");
    var journal = here.instance().resolve("data/journal");
    assertThat(
            Waiting.until(
                () -> {
                  var exported = Command.run("data", "exp", "--queue=archive", journal).good();
                  Files.writeString(file, exported.out());
                  return exported.out().lines().count() == 5;
                },
                RealBroker.PATIENCE))
        .isTrue();

    // The instance says where its broker is.
    assertThat(there.node("data", "imp", file, "--user=admin", "--password=secret").good().out())
        .startsWith("5 messages sent, 0 were there already");
    assertThat(there.messages("archive")).hasSameSizeAs(here.messages("archive"));
    assertThat(there.messages("archive").get(2).getJMSMessageID())
        .isEqualTo(here.messages("archive").get(2).getJMSMessageID());
    assertThat(there.messages("archive").getLast().getBody(String.class)).isEqualTo("abcde");

    there.node("queue", "purge", "--name=archive").good();
    var in = System.in;
    System.setIn(new ByteArrayInputStream(Files.readString(file).getBytes(StandardCharsets.UTF_8)));
    try {
      assertThat(there.client("data", "imp", "-").good().out()).startsWith("5 messages sent");
    } finally {
      System.setIn(in);
    }
    assertThat(there.count("archive")).isEqualTo(5);
    assertThat(there.messages("archive").get(3).getBody(byte[].class))
        .isEqualTo(here.messages("archive").get(3).getBody(byte[].class))
        .hasSize(2_500_000);
    assertThat(there.node("data", "imp", file, "--user=admin", "--password=secret").good().out())
        .startsWith("0 messages sent, 5 were there already");
  }
}
