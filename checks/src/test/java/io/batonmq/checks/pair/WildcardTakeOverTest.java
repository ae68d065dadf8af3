package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The active node is killed; subscriptions whose topic is a pattern go on at the next one.
class WildcardTakeOverTest {
  @RegisterExtension final Stage stage = new Stage();

  private static Connection connect(Pair pair) throws JMSException {
    var factory = new JmsConnectionFactory(pair.url("&failover.maxReconnectDelay=500"));
    factory.setClientID("me");
    var connection = factory.createConnection();
    connection.start();
    return connection;
  }

  private static void publish(Session session, String topic, String text) throws JMSException {
    try (var producer = session.createProducer(session.createTopic(topic))) {
      producer.send(session.createTextMessage(text));
    }
  }

  private static String next(MessageConsumer consumer) throws JMSException {
    var message = consumer.receive(Until.PATIENCE.toMillis());
    assertThat(message).as("a message").isNotNull();
    return message.getBody(String.class);
  }

  @Test
  void durableAndOpenSubscriptionsGoOn() throws JMSException {
    var pair = stage.pair().start();
    try (var connection = connect(pair);
        var session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
      session.createDurableConsumer(session.createTopic("news.#"), "s").close();
      var open = session.createConsumer(session.createTopic("news.*"));
      publish(session, "news.uk", "a");
      assertThat(next(open)).isEqualTo("a");

      pair.primary().kill();
      pair.backup().awaitActive();

      // One topic that was there before, and one that nobody has sent to yet.
      publish(session, "news.uk", "b");
      publish(session, "news.fr", "c");
      assertThat(next(open)).isEqualTo("b");
      assertThat(next(open)).isEqualTo("c");
      try (var durable = session.createDurableConsumer(session.createTopic("news.#"), "s")) {
        assertThat(next(durable)).isEqualTo("a");
        assertThat(next(durable)).isEqualTo("b");
        assertThat(next(durable)).isEqualTo("c");
        assertThat(durable.receiveNoWait()).isNull();
      }
    }
  }
}
