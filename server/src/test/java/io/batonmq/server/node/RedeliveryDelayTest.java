package io.batonmq.server.node;

import static io.batonmq.server.node.JmsNode.consumer;
import static io.batonmq.server.node.JmsNode.producer;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The delay of an address between a failed delivery and the next one, as a Qpid JMS client sees it.
@Timeout(60)
class RedeliveryDelayTest {
  private static final int INDIVIDUAL_ACKNOWLEDGE = 101;
  private static final int MODIFIED_FAILED = 4;
  private static final long LONG = 10_000;
  private static final String SETTING =
      "<redelivery-delay>400</redelivery-delay>"
          + "<redelivery-delay-multiplier>2.0</redelivery-delay-multiplier>"
          + "<max-delivery-attempts>3</max-delivery-attempts>";

  @TempDir private Path dir;

  private static void fail(Message message) throws Exception {
    message.setIntProperty("JMS_AMQP_ACK_TYPE", MODIFIED_FAILED);
    message.acknowledge();
  }

  @Test
  void aFailedMessageWaitsLongerEachTimeWhileOthersGoOn() throws Exception {
    try (JmsNode node = JmsNode.start(dir, SETTING)) {
      Session sends = node.session();
      Session session = node.session(INDIVIDUAL_ACKNOWLEDGE);
      MessageConsumer consumer = consumer(session, "orders");
      producer(sends, "orders").send(sends.createTextMessage("bad"));
      Message bad = consumer.receive(LONG);
      for (long delay : new long[] {400, 800}) {
        long failed = System.nanoTime();
        fail(bad);
        producer(sends, "orders").send(sends.createTextMessage("good"));
        Message good = consumer.receive(LONG);
        assertThat(good.getBody(String.class)).isEqualTo("good");
        good.acknowledge();
        bad = consumer.receive(LONG);
        assertThat(bad.getBody(String.class)).isEqualTo("bad");
        assertThat(bad.getJMSRedelivered()).isTrue();
        // The broker's clock counts whole milliseconds.
        assertThat((System.nanoTime() - failed) / 1_000_000).isGreaterThanOrEqualTo(delay - 1);
      }
      assertThat(bad.getIntProperty("JMSXDeliveryCount")).isEqualTo(3);
      fail(bad);
      Message dead = consumer(node.session(), "DLQ").receive(LONG);
      assertThat(dead.getBody(String.class)).isEqualTo("bad");
    }
  }

  @Test
  void whatATransactionRolledBackWaits() throws Exception {
    try (JmsNode node = JmsNode.start(dir, SETTING)) {
      Session sends = node.session();
      producer(sends, "orders").send(sends.createTextMessage("m"));
      Session session = node.session(Session.SESSION_TRANSACTED);
      MessageConsumer consumer = consumer(session, "orders");
      assertThat(consumer.receive(LONG)).isNotNull();
      long failed = System.nanoTime();
      session.rollback();
      Message again = consumer.receive(LONG);
      assertThat(again.getJMSRedelivered()).isTrue();
      assertThat((System.nanoTime() - failed) / 1_000_000).isGreaterThanOrEqualTo(399);
      session.commit();
    }
  }

  @Test
  void theWaitGoesOnAfterARestart() throws Exception {
    String setting = "<redelivery-delay>3000</redelivery-delay>";
    long failed;
    try (JmsNode node = JmsNode.start(dir, setting)) {
      Session session = node.session(INDIVIDUAL_ACKNOWLEDGE);
      producer(session, "orders").send(session.createTextMessage("bad"));
      Message bad = consumer(session, "orders").receive(LONG);
      failed = System.currentTimeMillis();
      fail(bad);
    }
    try (JmsNode node = JmsNode.start(dir, setting)) {
      Message bad = consumer(node.session(), "orders").receive(LONG);
      assertThat(bad.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
      assertThat(System.currentTimeMillis() - failed).isGreaterThanOrEqualTo(3_000);
    }
  }
}
