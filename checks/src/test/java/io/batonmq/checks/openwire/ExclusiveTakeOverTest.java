package io.batonmq.checks.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The consumer that had a queue for itself has it again on the next node.
class ExclusiveTakeOverTest {
  private static final String QUEUE = "queue.exclusive";

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void theExclusiveConsumerHasEverythingAgainAfterATakeOver() throws Exception {
    var pair = stage.pair(Pair.Plans.of(stage.path("store")).withoutFailback()).start();
    try (var connection = connect(pair);
        var other = connect(pair)) {
      var usual = consumer(other, QUEUE);
      var exclusive = consumer(connection, QUEUE + "?consumer.exclusive=true");
      send(other, "m0", "m1");
      assertThat(texts(exclusive, 2)).containsExactly("m0", "m1");
      Until.holds(
          "they are acknowledged, and come to nobody else",
          () -> pair.primary().queue(QUEUE).orElseThrow().messageCount() == 0);

      pair.primary().kill();
      pair.backup().awaitActive();
      Until.holds(
          "both are back",
          () -> pair.backup().queue(QUEUE).map(stat -> stat.consumerCount()).orElse(0L) == 2);
      send(other, "m2", "m3", "m4");
      assertThat(texts(exclusive, 3)).containsExactly("m2", "m3", "m4");
      exclusive.close();
      send(other, "m5");
      assertThat(texts(usual, 1)).containsExactly("m5");
    }
  }

  private static Connection connect(Pair pair) throws JMSException {
    var url =
        "failover:(tcp://127.0.0.1:%d,tcp://127.0.0.1:%d)?randomize=false&maxReconnectDelay=500"
            .formatted(pair.primary().port(), pair.backup().port());
    var connection =
        new ActiveMQConnectionFactory(NodePlan.USER, NodePlan.PASSWORD, url).createConnection();
    connection.start();
    return connection;
  }

  private static MessageConsumer consumer(Connection connection, String name) throws JMSException {
    var session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    return session.createConsumer(session.createQueue(name));
  }

  private static void send(Connection connection, String... texts) throws JMSException {
    try (var session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      var producer = session.createProducer(session.createQueue(QUEUE));
      for (var text : texts) {
        producer.send(session.createTextMessage(text));
      }
    }
  }

  private static List<String> texts(MessageConsumer consumer, int count) throws JMSException {
    var texts = new ArrayList<String>();
    while (texts.size() < count) {
      var message = consumer.receive(Until.PATIENCE.toMillis());
      assertThat(message).as("a message after " + texts).isNotNull();
      texts.add(((TextMessage) message).getText());
    }
    return texts;
  }
}
