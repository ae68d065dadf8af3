package io.batonmq.server.node;

import static io.batonmq.server.node.JmsNode.consumer;
import static io.batonmq.server.node.JmsNode.producer;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `MessageProducer.setDeliveryDelay`, as Qpid JMS asks for it.
@Timeout(60)
class DeliveryDelayTest {
  private static final long DELAY = 1_500;
  private static final long LONG = 10_000;

  @TempDir private Path dir;

  private static void onTime(Message message) throws Exception {
    assertThat(message).isNotNull();
    assertThat(message.getJMSDeliveryTime())
        .isGreaterThan(message.getJMSTimestamp())
        .isLessThanOrEqualTo(System.currentTimeMillis());
    assertThat(message.getJMSRedelivered()).isFalse();
  }

  @Test
  void aDelayedMessageIsConfirmedAtOnceAndDeliveredWhenItIsDue() throws Exception {
    try (JmsNode node = JmsNode.start(dir, "")) {
      Session session = node.session();
      MessageConsumer consumer = consumer(session, "orders");
      MessageProducer producer = producer(session, "orders");
      producer.setDeliveryDelay(DELAY);
      producer.send(session.createTextMessage("later"));
      producer.setDeliveryDelay(0);
      producer.send(session.createTextMessage("now"));
      assertThat(consumer.receive(LONG).getBody(String.class)).isEqualTo("now");
      Message later = consumer.receive(LONG);
      onTime(later);
      assertThat(later.getBody(String.class)).isEqualTo("later");
      assertThat(node.stat("orders").scheduledCount()).isZero();
    }
  }

  @Test
  void aBrowserDoesNotSeeItAndItIsCountedAsScheduled() throws Exception {
    try (JmsNode node = JmsNode.start(dir, "")) {
      Session session = node.session();
      MessageProducer producer = producer(session, "orders");
      producer.setDeliveryDelay(600_000);
      producer.send(session.createTextMessage("later"));
      producer.setDeliveryDelay(0);
      producer.send(session.createTextMessage("now"));
      assertThat(node.stat("orders").messageCount()).isEqualTo(2);
      assertThat(node.stat("orders").scheduledCount()).isEqualTo(1);
      var seen = session.createBrowser(session.createQueue("orders")).getEnumeration();
      assertThat(((Message) seen.nextElement()).getBody(String.class)).isEqualTo("now");
      assertThat(seen.hasMoreElements()).isFalse();
    }
  }

  @Test
  void inATransactionItCountsFromTheSend() throws Exception {
    try (JmsNode node = JmsNode.start(dir, "")) {
      Session session = node.session(Session.SESSION_TRANSACTED);
      MessageProducer producer = producer(session, "orders");
      producer.setDeliveryDelay(DELAY);
      producer.send(session.createTextMessage("later"));
      session.commit();
      MessageConsumer consumer = consumer(node.session(), "orders");
      onTime(consumer.receive(LONG));
    }
  }

  @Test
  void aTopicDeliversItToEachSubscriberWhenItIsDue() throws Exception {
    try (JmsNode node = JmsNode.start(dir, "")) {
      Session session = node.session();
      var topic = session.createTopic("news");
      MessageConsumer one = session.createConsumer(topic);
      MessageConsumer two = session.createSharedDurableConsumer(topic, "lasting");
      MessageProducer producer = session.createProducer(topic);
      producer.setDeliveryDelay(DELAY);
      producer.send(session.createTextMessage("later"));
      onTime(one.receive(LONG));
      onTime(two.receive(LONG));
    }
  }

  @Test
  void itWaitsOnAfterARestart() throws Exception {
    try (JmsNode node = JmsNode.start(dir, "")) {
      Session session = node.session();
      MessageProducer producer = producer(session, "orders");
      producer.setDeliveryDelay(3_000);
      producer.send(session.createTextMessage("later"));
      producer.setDeliveryDelay(1);
      producer.send(session.createTextMessage("meanwhile"));
    }
    try (JmsNode node = JmsNode.start(dir, "")) {
      MessageConsumer consumer = consumer(node.session(), "orders");
      Message meanwhile = consumer.receive(LONG);
      onTime(meanwhile);
      assertThat(meanwhile.getBody(String.class)).isEqualTo("meanwhile");
      Message later = consumer.receive(LONG);
      onTime(later);
      assertThat(later.getBody(String.class)).isEqualTo("later");
    }
  }
}
