package io.batonmq.checks.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A message that comes again, of a stock client, while the node is lost that it was sent to.
class RecurringTakeOverTest {
  private static final String QUEUE = "queue.recurring";
  private static final int TIMES = 20;

  /// Milliseconds after which no other one comes: many periods, and a client that connects again.
  private static final long SILENCE = 8_000;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void itComesAsOftenAsWasAskedForAcrossAKill() throws Exception {
    var pair = stage.pair(Pair.Plans.of(stage.path("store")).withoutFailback()).start();
    try (var connection = connect(pair)) {
      var session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      var queue = session.createQueue(QUEUE);
      var message = session.createTextMessage("tick");
      message.setLongProperty("AMQ_SCHEDULED_DELAY", 500);
      message.setLongProperty("AMQ_SCHEDULED_PERIOD", 300);
      message.setIntProperty("AMQ_SCHEDULED_REPEAT", TIMES - 1);
      session.createProducer(queue).send(message);
      var consumer = session.createConsumer(queue);
      for (int i = 0; i < 3; i++) {
        assertThat(consumer.receive(Until.PATIENCE.toMillis())).isNotNull();
      }
      pair.primary().kill();
      pair.backup().awaitActive();
      int received = 3;
      int again = 0;
      for (var one = consumer.receive(SILENCE); one != null; one = consumer.receive(SILENCE)) {
        received++;
        again += one.getJMSRedelivered() ? 1 : 0;
      }
      // What was acknowledged as the node was lost may come a second time, and says so.
      assertThat(received).isGreaterThanOrEqualTo(TIMES);
      assertThat(received - again).isLessThanOrEqualTo(TIMES);
      var stat = pair.backup().queue(QUEUE).orElseThrow();
      assertThat(stat.messagesAdded()).isEqualTo(TIMES);
      assertThat(stat.messagesAcked()).isEqualTo(TIMES);
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
}
