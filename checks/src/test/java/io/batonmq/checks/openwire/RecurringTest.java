package io.batonmq.checks.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.TransactionRolledBackException;
import java.util.HashSet;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Messages that come again, of the stock client.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecurringTest {
  @RegisterExtension final Stage stage = Stage.forAll();

  private Broker node;
  private Connection connection;
  private Session session;
  private String queue;

  @BeforeAll
  void start() throws Exception {
    node = stage.broker(NodePlan.single("node")).start().awaitActive();
  }

  @BeforeEach
  void connect(TestInfo test) throws JMSException {
    var url = "tcp://127.0.0.1:" + node.port();
    connection =
        new ActiveMQConnectionFactory(NodePlan.USER, NodePlan.PASSWORD, url).createConnection();
    connection.start();
    session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    queue = "queue." + test.getTestMethod().orElseThrow().getName();
  }

  @AfterEach
  void disconnect() throws JMSException {
    connection.close();
  }

  @Test
  void aMessageComesAgainAsOftenAsWasAskedFor() throws Exception {
    var message = session.createTextMessage("again");
    message.setLongProperty("AMQ_SCHEDULED_DELAY", 300);
    message.setLongProperty("AMQ_SCHEDULED_PERIOD", 200);
    message.setIntProperty("AMQ_SCHEDULED_REPEAT", 3);
    long before = System.nanoTime();
    session.createProducer(session.createQueue(queue)).send(message);
    var ids = new HashSet<String>();
    try (var consumer = session.createConsumer(session.createQueue(queue))) {
      for (int i = 0; i < 4; i++) {
        var one = consumer.receive(Until.PATIENCE.toMillis());
        assertThat(((TextMessage) one).getText()).isEqualTo("again");
        assertThat(one.getJMSRedelivered()).isFalse();
        ids.add(one.getJMSMessageID());
      }
      assertThat(System.nanoTime() - before).isGreaterThan(850_000_000);
      assertThat(ids).hasSize(4);
      assertThat(consumer.receive(500)).isNull();
    }
  }

  @Test
  void whatCannotComeAgainIsRefusedWithItsReason() throws Exception {
    assertThatThrownBy(() -> sendAsking("AMQ_SCHEDULED_CRON", "0 * * * *"))
        .hasMessageContaining("AMQ_SCHEDULED_CRON");
    assertThatThrownBy(() -> sendAsking("AMQ_SCHEDULED_REPEAT", 3))
        .hasMessageContaining("needs AMQ_SCHEDULED_PERIOD");
    var several = session.createTextMessage("several");
    several.setLongProperty("AMQ_SCHEDULED_PERIOD", 100);
    several.setIntProperty("AMQ_SCHEDULED_REPEAT", 1);
    var both = session.createQueue(queue + "," + queue + ".other");
    assertThatThrownBy(() -> session.createProducer(both).send(several))
        .hasMessageContaining("one destination");
  }

  @Test
  void aTransactionThatHasOneIsRolledBack() throws Exception {
    try (var transacted = connection.createSession(true, Session.SESSION_TRANSACTED)) {
      var message = transacted.createTextMessage("again");
      message.setLongProperty("AMQ_SCHEDULED_PERIOD", 100);
      message.setIntProperty("AMQ_SCHEDULED_REPEAT", 1);
      var producer = transacted.createProducer(transacted.createQueue(queue));
      producer.send(transacted.createTextMessage("once"));
      producer.send(message);
      assertThatThrownBy(transacted::commit).isInstanceOf(TransactionRolledBackException.class);
    }
    assertThat(node.queue(queue).orElseThrow().messageCount()).isZero();
  }

  private void sendAsking(String property, Object value) throws JMSException {
    var message = session.createTextMessage("asking");
    message.setObjectProperty(property, value);
    session.createProducer(session.createQueue(queue)).send(message);
  }
}
