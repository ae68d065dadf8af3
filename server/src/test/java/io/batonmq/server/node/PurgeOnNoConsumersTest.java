package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A queue that keeps nothing while nobody consumes, as a JMS application meets it.
@Timeout(120)
class PurgeOnNoConsumersTest {
  private static final String CORE =
      """
      <addresses>
        <address name="live">
          <anycast><queue name="live" purge-on-no-consumers="true"/></anycast>
        </address>
      </addresses>
      """;

  @TempDir Path folder;

  private static void send(Connection connection, String... texts) throws JMSException {
    try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        var producer = session.createProducer(session.createQueue("live"))) {
      for (String text : texts) {
        producer.send(session.createTextMessage(text));
      }
    }
  }

  private static void takes(MessageConsumer consumer, String text) throws JMSException {
    assertThat(consumer.receive(30_000).getBody(String.class)).isEqualTo(text);
  }

  private static int messages(NodeInProcess node) throws Exception {
    return node.queue("live").orElseThrow().messageCount();
  }

  private static void awaitEmpty(NodeInProcess node) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(messages(node)).isZero());
  }

  @Test
  void messagesGoWithTheLastConsumerAndNoneComeInWithoutOne() throws Exception {
    try (var node = new NodeInProcess(folder, CORE);
        var connection = node.connect("", "jms.prefetchPolicy.all=1");
        var session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
      send(connection, "nobody is there");
      assertThat(messages(node)).isZero();
      try (var first = session.createConsumer(session.createQueue("live"))) {
        send(connection, "m0", "m1", "m2", "m3");
        takes(first, "m0");
        assertThat(messages(node)).isPositive();
      }
      awaitEmpty(node);
      send(connection, "nobody is there again");
      try (var second = session.createConsumer(session.createQueue("live"))) {
        send(connection, "m4");
        takes(second, "m4");
      }
    }
  }

  @Test
  void aConsumerThatIsLostIsTheLastOneToo() throws Exception {
    try (var node = new NodeInProcess(folder, CORE)) {
      try (var connection = node.connect();
          var session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
          var consumer = session.createConsumer(session.createQueue("live"))) {
        send(connection, "m0", "m1");
        takes(consumer, "m0");
      }
      awaitEmpty(node);
    }
  }

  @Test
  void afterATakeOverConsumersFindTheirMessages() throws Exception {
    var first = new NodeInProcess(folder, CORE);
    try (var connection = first.connect()) {
      var session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
      var consumer = session.createConsumer(session.createQueue("live"));
      send(connection, "m0", "m1");
      takes(consumer, "m0");
      // The client is still there when its node goes.
      first.close();
    }
    try (var node = new NodeInProcess(folder, CORE);
        var connection = node.connect();
        var session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
      assertThat(messages(node)).isEqualTo(2);
      try (var consumer = session.createConsumer(session.createQueue("live"))) {
        takes(consumer, "m0");
        takes(consumer, "m1");
      }
    }
  }
}
