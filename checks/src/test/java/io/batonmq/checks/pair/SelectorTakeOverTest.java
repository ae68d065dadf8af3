package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The active node is killed; what clients have asked for holds at the next one.
class SelectorTakeOverTest {
  @RegisterExtension final Stage stage = new Stage();

  private static Connection connect(Pair pair, String clientId) throws JMSException {
    var factory = new JmsConnectionFactory(pair.url("&failover.maxReconnectDelay=500"));
    if (!clientId.isEmpty()) {
      factory.setClientID(clientId);
    }
    var connection = factory.createConnection();
    connection.start();
    return connection;
  }

  private static void send(Session session, Destination to, int... numbers) throws JMSException {
    try (var producer = session.createProducer(to)) {
      for (int n : numbers) {
        var message = session.createTextMessage("m" + n);
        message.setIntProperty("n", n);
        producer.send(message);
      }
    }
  }

  private static Message next(MessageConsumer consumer) throws JMSException {
    var message = consumer.receive(Until.PATIENCE.toMillis());
    assertThat(message).as("a message").isNotNull();
    return message;
  }

  private static String text(MessageConsumer consumer) throws JMSException {
    return next(consumer).getBody(String.class);
  }

  private static void kill(Pair pair) {
    pair.primary().kill();
    pair.backup().awaitActive();
  }

  @Test
  void aDurableSubscriptionKeepsItsSelectorAndNoLocal() throws JMSException {
    var pair = stage.pair().start();
    try (var mine = connect(pair, "me");
        var others = connect(pair, "");
        var session = mine.createSession(Session.AUTO_ACKNOWLEDGE);
        var other = others.createSession(Session.AUTO_ACKNOWLEDGE)) {
      var news = session.createTopic("news");
      session.createDurableConsumer(news, "s", "n > 1", true).close();
      send(session, news, 5);
      send(other, news, 1, 2);

      kill(pair);

      send(session, news, 6);
      send(other, news, 0, 3);
      try (var back = session.createDurableConsumer(news, "s", "n > 1", true)) {
        assertThat(text(back)).isEqualTo("m2");
        assertThat(text(back)).isEqualTo("m3");
        assertThat(back.receiveNoWait()).isNull();
      }
    }
  }

  @Test
  void aConsumerChoosesOnWithoutNoticing() throws JMSException {
    var pair = stage.pair().start();
    try (var connection = connect(pair, "");
        var session = connection.createSession(Session.CLIENT_ACKNOWLEDGE)) {
      var queue = session.createQueue("q");
      send(session, queue, 1, 10, 2, 11);
      var consumer = session.createConsumer(queue, "n >= 10");
      var first = next(consumer);
      assertThat(first.getBody(String.class)).isEqualTo("m10");
      first.acknowledge();

      kill(pair);

      send(session, queue, 3, 12);
      var again = next(consumer);
      while (again.getBody(String.class).equals("m10")) {
        // Its acknowledgement was on its way.
        again = next(consumer);
      }
      assertThat(again.getBody(String.class)).isEqualTo("m11");
      assertThat(text(consumer)).isEqualTo("m12");
      assertThat(consumer.receiveNoWait()).isNull();
      try (var browser = session.createBrowser(queue, "n < 10")) {
        assertThat(java.util.Collections.list(browser.getEnumeration())).hasSize(3);
      }
    }
  }
}
