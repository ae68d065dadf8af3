package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Subscriptions with a selector or no-local, as a JMS application meets them.
@Timeout(120)
class SubscriptionTest {
  private static final long PATIENCE_MILLIS = 10_000;

  @TempDir Path folder;
  private NodeInProcess node;
  private Connection connection;
  private Session session;
  private Topic topic;

  @BeforeEach
  void starts() throws Exception {
    node = new NodeInProcess(folder);
    connects();
  }

  private void connects() throws JMSException {
    connection = node.connect("me", "");
    session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    topic = session.createTopic("news");
  }

  @AfterEach
  void stops() throws Exception {
    connection.close();
    node.close();
  }

  private void publish(int... numbers) throws JMSException {
    publish(session, numbers);
  }

  private void publish(Session by, int... numbers) throws JMSException {
    try (MessageProducer producer = by.createProducer(topic)) {
      for (int n : numbers) {
        Message message = by.createTextMessage("m" + n);
        message.setIntProperty("n", n);
        producer.send(message);
      }
    }
  }

  private void publishFromElsewhere(int... numbers) throws JMSException {
    try (Connection other = node.connect()) {
      publish(other.createSession(Session.AUTO_ACKNOWLEDGE), numbers);
    }
  }

  private static String next(MessageConsumer consumer) throws JMSException {
    Message got = consumer.receive(PATIENCE_MILLIS);
    assertThat(got).as("a message").isNotNull();
    return got.getBody(String.class);
  }

  private MessageConsumer durable(@Nullable String selector, boolean noLocal) throws JMSException {
    return session.createDurableConsumer(topic, "s", selector, noLocal);
  }

  @Test
  void aVolatileOneGetsWhatMatches() throws Exception {
    try (MessageConsumer chosen = session.createConsumer(topic, "n > 1");
        MessageConsumer all = session.createConsumer(topic)) {
      publish(1, 2, 3);
      assertThat(next(chosen)).isEqualTo("m2");
      assertThat(next(chosen)).isEqualTo("m3");
      assertThat(next(all)).isEqualTo("m1");
    }
  }

  @Test
  void whatDoesNotMatchIsNotKeptForADurableOne() throws Exception {
    durable("n > 1", false).close();
    publish(1, 2, 3);
    assertThat(node.queue("me.s").orElseThrow().messageCount()).isEqualTo(2);
    try (MessageConsumer back = durable("n > 1", false)) {
      assertThat(next(back)).isEqualTo("m2");
      assertThat(next(back)).isEqualTo("m3");
    }
    session.unsubscribe("s");
    assertThat(node.queue("me.s")).isEmpty();
  }

  @Test
  void anotherSelectorBeginsAnotherSubscription() throws Exception {
    durable("n > 1", false).close();
    publish(2);
    try (MessageConsumer changed = durable("n < 5", false)) {
      assertThat(changed.receiveNoWait()).isNull();
      publish(1);
      assertThat(next(changed)).isEqualTo("m1");
    }
    publish(4);
    try (MessageConsumer without = durable(null, false)) {
      assertThat(without.receiveNoWait()).isNull();
    }
    publish(7);
    topic = session.createTopic("sports");
    try (MessageConsumer elsewhere = durable(null, false)) {
      assertThat(elsewhere.receiveNoWait()).isNull();
      assertThat(node.queue("me.s").orElseThrow().address()).isEqualTo("sports");
    }
  }

  @Test
  void aDurableOneInUseIsNotChanged() throws Exception {
    try (MessageConsumer consumer = durable("n = 1", false);
        Session other = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
      assertThatThrownBy(() -> other.createDurableConsumer(topic, "s", "n = 2", false))
          .isInstanceOf(JMSException.class);
      publish(1);
      assertThat(next(consumer)).isEqualTo("m1");
    }
  }

  @Test
  void aSharedOneIsSharedByThoseWithTheSameSelector() throws Exception {
    try (Connection elsewhere = node.connect();
        Session one = elsewhere.createSession(Session.AUTO_ACKNOWLEDGE);
        Connection further = node.connect();
        Session two = further.createSession(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer first = one.createSharedConsumer(topic, "s", "n > 0");
        MessageConsumer second = two.createSharedConsumer(topic, "s", "n > 0")) {
      publish(0, 1, 2);
      assertThat(next(first)).isEqualTo("m1");
      assertThat(next(second)).isEqualTo("m2");
      try (Connection other = node.connect();
          Session three = other.createSession(Session.AUTO_ACKNOWLEDGE)) {
        assertThatThrownBy(() -> three.createSharedConsumer(topic, "s", "n > 1"))
            .isInstanceOf(JMSException.class)
            .hasMessageContaining("another selector");
      }
    }
  }

  @Test
  void aSharedDurableOneToo() throws Exception {
    try (Connection elsewhere = node.connect();
        Session one = elsewhere.createSession(Session.AUTO_ACKNOWLEDGE);
        Connection further = node.connect();
        Session two = further.createSession(Session.AUTO_ACKNOWLEDGE)) {
      try (MessageConsumer first = one.createSharedDurableConsumer(topic, "sd", "n > 0");
          MessageConsumer second = one.createSharedDurableConsumer(topic, "sd", "n > 0")) {
        assertThatThrownBy(() -> two.createSharedDurableConsumer(topic, "sd"))
            .isInstanceOf(JMSException.class)
            .hasMessageContaining("another selector");
        publish(0, 1, 2);
        assertThat(next(first)).isEqualTo("m1");
        assertThat(next(second)).isEqualTo("m2");
      }
      publish(0, 3);
      try (MessageConsumer back = two.createSharedDurableConsumer(topic, "sd", "n > 0")) {
        assertThat(next(back)).isEqualTo("m3");
      }
      publish(4);
      try (MessageConsumer changed = two.createSharedDurableConsumer(topic, "sd", "n < 9")) {
        assertThat(changed.receiveNoWait()).isNull();
      }
      two.unsubscribe("sd");
      assertThat(node.queues()).isEmpty();
    }
  }

  @Test
  void noLocalLeavesOutWhatTheSameConnectionSends() throws Exception {
    try (MessageConsumer consumer = session.createConsumer(topic, "n > 0", true)) {
      publish(1, 2);
      publishFromElsewhere(0, 3);
      assertThat(next(consumer)).isEqualTo("m3");
      assertThat(consumer.receiveNoWait()).isNull();
    }
  }

  @Test
  void aDurableOneWithSelectorAndNoLocalSurvivesARestart() throws Exception {
    durable("n > 1", true).close();
    publish(5);
    publishFromElsewhere(1, 2);
    connection.close();
    node.close();
    node = new NodeInProcess(folder);
    connects();
    publish(6);
    publishFromElsewhere(0, 3);
    try (MessageConsumer back = durable("n > 1", true)) {
      assertThat(next(back)).isEqualTo("m2");
      assertThat(next(back)).isEqualTo("m3");
      assertThat(back.receiveNoWait()).isNull();
    }
    assertThat(node.queue("me.s").orElseThrow().messagesAdded()).isEqualTo(2);
  }
}
