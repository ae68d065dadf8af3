package io.batonmq.checks.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import jakarta.jms.Connection;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.apache.qpid.jms.JmsQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Temporary queues and topics (JMS 3.1 §6.2.2), and request and reply over them.
class TemporaryDestinationTest {
  @RegisterExtension final Stage stage = new Stage();

  private Connection connect(String url) throws JMSException {
    var connection = new JmsConnectionFactory(url).createConnection();
    stage.keep(connection::close);
    connection.start();
    return connection;
  }

  @Test
  void aTemporaryDestinationIsItsConnectionsOwnAndEndsWithIt() throws Exception {
    var broker = stage.broker(NodePlan.single("alone")).start().awaitActive();
    var connection = connect(broker.url());
    var session = connection.createSession();
    var queue = session.createTemporaryQueue();
    var topic = session.createTemporaryTopic();
    var strangers = connect(broker.url()).createSession();

    var consumer = session.createConsumer(queue);
    strangers.createProducer(queue).send(strangers.createTextMessage("to the queue"));
    assertThat(text(consumer.receive(Until.PATIENCE.toMillis()))).isEqualTo("to the queue");
    var subscriber = session.createConsumer(topic);
    strangers.createProducer(topic).send(strangers.createTextMessage("to the topic"));
    assertThat(text(subscriber.receive(Until.PATIENCE.toMillis()))).isEqualTo("to the topic");

    var name = queue.getQueueName();
    // Its own client does not even ask; another client might.
    assertThatThrownBy(() -> strangers.createConsumer(new JmsQueue(name)))
        .isInstanceOf(JMSException.class)
        .hasMessageContaining("only the connection that made the temporary destination");

    consumer.close();
    queue.delete();
    assertThatThrownBy(() -> strangers.createProducer(new JmsQueue(name)))
        .isInstanceOf(InvalidDestinationException.class)
        .hasMessageContaining("it ended with its connection");
    assertThat(broker.admin().queues()).noneMatch(it -> it.name().equals(name));
    connection.close();
    Until.holds(
        "the topic went with its connection",
        () -> broker.admin().addresses().stream().noneMatch(it -> it.name().startsWith("temp")));
    broker.stop();
  }

  @Test
  void requestsAreAnsweredAcrossATakeOver() throws Exception {
    var pair = stage.pair(Pair.Plans.of(stage.path("store")).withoutFailback()).start();
    var url = pair.url("&failover.maxReconnectDelay=500");
    var requester = connect(url).createSession();
    var responder = connect(url).createSession();
    var requests = responder.createConsumer(responder.createQueue("requests"));
    requests.setMessageListener(request -> {
      try {
        var reply = responder.createTextMessage("re: " + text(request));
        reply.setJMSCorrelationID(request.getJMSMessageID());
        responder.createProducer(null).send(request.getJMSReplyTo(), reply);
      } catch (JMSException e) {
        // Asked before the take-over, by an address that is gone: the requester asks again.
        assertThat(e).isInstanceOf(InvalidDestinationException.class);
      }
    });
    var replies = requester.createTemporaryQueue();
    var answers = requester.createConsumer(replies);
    var asking = requester.createProducer(requester.createQueue("requests"));

    assertThat(ask(requester, asking, replies, answers, "before")).isEqualTo("re: before");
    pair.primary().kill();
    pair.backup().awaitActive();
    assertThat(ask(requester, asking, replies, answers, "after")).isEqualTo("re: after");
    assertThat(pair.backup().stop()).isZero();
  }

  /// Asks until there is an answer to this question: a reply that was under way at the take-over is gone
  /// with its address, as JMS says.
  private static String ask(
      Session session,
      jakarta.jms.MessageProducer producer,
      TemporaryQueue replies,
      jakarta.jms.MessageConsumer answers,
      String question)
      throws JMSException {
    for (int i = 0; i < 10; i++) {
      var request = session.createTextMessage(question);
      request.setJMSReplyTo(replies);
      producer.send(request);
      Message reply = answers.receive(5_000);
      if (reply != null && request.getJMSMessageID().equals(reply.getJMSCorrelationID())) {
        return text(reply);
      }
    }
    throw new AssertionError("no answer to " + question);
  }

  private static String text(Message message) throws JMSException {
    return message == null ? "nothing" : message.getBody(String.class);
  }
}
