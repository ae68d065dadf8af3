package io.batonmq.checks.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Ports;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Retroactive consumers of the stock client at a broker of ActiveMQ's own file.
class RetroactiveTest {
  private static final long SOON = 200;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void theyBeginWithWhatTheirTopicHasKept() throws Exception {
    int port = Ports.free();
    var store = stage.path("data");
    var broker =
        stage
            .classic(
                1,
                port,
                store,
                """
                <broker xmlns="http://activemq.apache.org/schema/core" brokerName="broker">
                  <destinationPolicy><policyMap><policyEntries>
                    <policyEntry topic="prices.>"><subscriptionRecoveryPolicy>
                      <lastImageSubscriptionRecoveryPolicy/>
                    </subscriptionRecoveryPolicy></policyEntry>
                    <policyEntry topic="news"><subscriptionRecoveryPolicy>
                      <fixedCountSubscriptionRecoveryPolicy maximumSize="2"/>
                    </subscriptionRecoveryPolicy></policyEntry>
                  </policyEntries></policyMap></destinationPolicy>
                  <persistenceAdapter><kahaDB directory="%s"/></persistenceAdapter>
                  <transportConnectors>
                    <transportConnector name="openwire" uri="tcp://0.0.0.0:%d"/>
                  </transportConnectors>
                </broker>
                """
                    .formatted(store, port))
            .getFirst();
    broker.start().awaitActive();
    var factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port);
    try (var connection = factory.createConnection()) {
      connection.start();
      var session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      for (var topic : List.of("news", "prices.tea", "other")) {
        try (var producer = session.createProducer(session.createTopic(topic))) {
          for (int i = 0; i < 3; i++) {
            producer.send(session.createTextMessage(topic + i));
          }
        }
      }
      var news = retroactive(session, "news");
      var tea = retroactive(session, "prices.tea");
      var other = retroactive(session, "other");
      var usual = session.createConsumer(session.createTopic("news"));
      assertThat(texts(news, 2)).containsExactly("news1", "news2");
      assertThat(texts(tea, 1)).containsExactly("prices.tea2");
      session.createProducer(session.createTopic("news")).send(session.createTextMessage("news3"));
      assertThat(texts(news, 1)).containsExactly("news3");
      assertThat(texts(usual, 1)).containsExactly("news3");
      assertThat(other.receive(SOON)).isNull();
    }
  }

  private static MessageConsumer retroactive(Session session, String topic) throws JMSException {
    return session.createConsumer(session.createTopic(topic + "?consumer.retroactive=true"));
  }

  private static List<String> texts(MessageConsumer consumer, int count) throws JMSException {
    var texts = new ArrayList<String>();
    while (texts.size() < count) {
      var message = consumer.receive(Until.PATIENCE.toMillis());
      assertThat(message).as("a message").isNotNull();
      texts.add(((TextMessage) message).getText());
    }
    return texts;
  }
}
