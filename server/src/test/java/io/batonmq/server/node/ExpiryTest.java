package io.batonmq.server.node;

import static io.batonmq.server.node.JmsNode.consumer;
import static io.batonmq.server.node.JmsNode.producer;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Where a message goes when its time is over, and how long that is, as a Qpid JMS client sees it. The client
/// throws away by itself what it takes for expired.
@Timeout(60)
class ExpiryTest {
  private static final long LONG = 10_000;

  @TempDir private Path dir;

  private static Message send(JmsNode node, long timeToLive) throws Exception {
    Session session = node.session();
    MessageProducer producer = producer(session, "orders");
    producer.setTimeToLive(timeToLive);
    Message message = session.createTextMessage("m");
    producer.send(message);
    return message;
  }

  @Test
  void anExpiredMessageIsAtTheExpiryAddressForGood() throws Exception {
    try (JmsNode node = JmsNode.start(dir, "")) {
      send(node, 50);
      MessageConsumer consumer = consumer(node.session(), "ExpiryQueue");
      Message expired = consumer.receive(LONG);
      assertThat(expired.getBody(String.class)).isEqualTo("m");
      assertThat(expired.getJMSExpiration()).isZero();
      assertThat(node.stat("orders").messageCount()).isZero();
    }
  }

  @Test
  void whatExpiresWhileTheBrokerIsDownIsMovedOnce() throws Exception {
    try (JmsNode node = JmsNode.start(dir, "")) {
      send(node, 300);
      send(node, 0);
    }
    try (JmsNode node = JmsNode.start(dir, "")) {
      MessageConsumer consumer = consumer(node.session(), "ExpiryQueue");
      assertThat(consumer.receive(LONG)).isNotNull();
    }
    try (JmsNode node = JmsNode.start(dir, "")) {
      assertThat(node.stat("ExpiryQueue").messagesAdded()).isEqualTo(1);
      assertThat(node.stat("ExpiryQueue").messageCount()).isZero();
      assertThat(node.stat("orders").messageCount()).isEqualTo(1);
    }
  }

  @Test
  void aDelayedMessageThatLivesShorterExpires() throws Exception {
    try (JmsNode node = JmsNode.start(dir, "")) {
      Session session = node.session();
      MessageProducer producer = producer(session, "orders");
      producer.setTimeToLive(100);
      producer.setDeliveryDelay(600_000);
      producer.send(session.createTextMessage("m"));
      Message expired = consumer(node.session(), "ExpiryQueue").receive(LONG);
      assertThat(expired.getBody(String.class)).isEqualTo("m");
      assertThat(node.stat("orders").messageCount()).isZero();
    }
  }

  @Test
  void theAddressSaysHowLongAMessageWithoutAnExpiryLives() throws Exception {
    try (JmsNode node = JmsNode.start(dir, "<expiry-delay>600000</expiry-delay>")) {
      send(node, 0);
      Message message = consumer(node.session(), "orders").receive(LONG);
      assertThat(message.getJMSExpiration() - System.currentTimeMillis())
          .isBetween(500_000L, 600_000L);
    }
  }

  @Test
  void theAddressSaysHowLongAMessageLivesAtLeastAndAtMost() throws Exception {
    try (JmsNode node =
        JmsNode.start(
            dir,
            "<min-expiry-delay>600000</min-expiry-delay>"
                + "<max-expiry-delay>900000</max-expiry-delay>")) {
      for (long asked : new long[] {1, 600_001, 100_000_000, 0}) {
        send(node, asked);
      }
      MessageConsumer consumer = consumer(node.session(), "orders");
      for (long lives : new long[] {600_000, 600_001, 900_000, 900_000}) {
        Message message = consumer.receive(LONG);
        assertThat(message.getJMSExpiration() - System.currentTimeMillis())
            .isBetween(lives - 60_000, lives);
      }
    }
  }

  @Test
  void whereNothingExpiresClientsAreToldSo() throws Exception {
    try (JmsNode node = JmsNode.start(dir, "<no-expiry>true</no-expiry>")) {
      Message sent = send(node, 1);
      assertThat(sent.getJMSExpiration()).isPositive();
      // Received when its time is surely over.
      while (System.currentTimeMillis() <= sent.getJMSExpiration()) {
        Thread.onSpinWait();
      }
      Message message = consumer(node.session(), "orders").receive(LONG);
      assertThat(message.getJMSExpiration()).isZero();
    }
  }

  @Test
  void eachAddressHasItsOwnQueuesAtTheDeadEnds() throws Exception {
    try (JmsNode node =
        JmsNode.start(
            dir,
            "<auto-create-dead-letter-resources>true</auto-create-dead-letter-resources>"
                + "<auto-create-expiry-resources>true</auto-create-expiry-resources>"
                + "<dead-letter-queue-suffix>.dead</dead-letter-queue-suffix>"
                + "<max-delivery-attempts>1</max-delivery-attempts>")) {
      send(node, 50);
      Session session = node.session(101);
      MessageProducer bills = producer(session, "bills");
      bills.send(session.createTextMessage("bad"));
      Message bad = consumer(session, "bills").receive(LONG);
      bad.setIntProperty("JMS_AMQP_ACK_TYPE", 2);
      bad.acknowledge();
      Awaitility.await()
          .ignoreExceptionsInstanceOf(AssertionError.class)
          .until(() ->
              node.stat("DLQ.bills.dead").messageCount() == 1
                  && node.stat("EXP.orders").messageCount() == 1);
      assertThat(
              consumer(node.session(), "DLQ::DLQ.bills.dead").receive(LONG).getBody(String.class))
          .isEqualTo("bad");
      assertThat(
              consumer(node.session(), "ExpiryQueue::EXP.orders")
                  .receive(LONG)
                  .getBody(String.class))
          .isEqualTo("m");
    }
  }
}
