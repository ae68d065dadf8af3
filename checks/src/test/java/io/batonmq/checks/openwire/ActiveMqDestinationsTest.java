package io.batonmq.checks.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.session.Management;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.DestinationInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What the stock client may ask of a destination: options in its name, patterns, news of it, its end.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ActiveMqDestinationsTest {
  private static final long SOON = 200;

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
    connection = connection("");
    connection.start();
    session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    queue = "queue." + test.getTestMethod().orElseThrow().getName();
  }

  @AfterEach
  void disconnect() throws Exception {
    connection.close();
  }

  private Connection connection(String options) throws JMSException {
    return new ActiveMQConnectionFactory(
            NodePlan.USER, NodePlan.PASSWORD, "tcp://127.0.0.1:" + node.port() + options)
        .createConnection();
  }

  // Consumers among others

  @Test
  void anExclusiveConsumerHasEverythingWhileItLives() throws Exception {
    var usual = consumer(queue);
    var one = consumer(queue + "?consumer.exclusive=true");
    var two = consumer(queue + "?consumer.exclusive=true");
    send(queue, "m0", "m1", "m2");
    assertThat(texts(one, 3)).containsExactly("m0", "m1", "m2");
    one.close();
    send(queue, "m3", "m4");
    assertThat(texts(two, 2)).containsExactly("m3", "m4");
    assertThat(usual.receive(SOON)).isNull();
    two.close();
    send(queue, "m5");
    assertThat(texts(usual, 1)).containsExactly("m5");
  }

  @Test
  void anExclusiveConsumerOfAHigherPriorityIsTheOne() throws Exception {
    var low = consumer(queue + "?consumer.exclusive=true&consumer.priority=1");
    var high = consumer(queue + "?consumer.exclusive=true&consumer.priority=127");
    send(queue, "m0", "m1");
    assertThat(texts(high, 2)).containsExactly("m0", "m1");
    assertThat(low.receive(SOON)).isNull();
  }

  @Test
  void aConsumerOfAHigherPriorityIsServedFirstWhileItHasRoom() throws Exception {
    try (var own = connection("")) {
      own.start();
      var mine = own.createSession(false, Session.CLIENT_ACKNOWLEDGE);
      var low = mine.createConsumer(mine.createQueue(queue));
      var high =
          mine.createConsumer(
              mine.createQueue(queue + "?consumer.priority=10&consumer.prefetchSize=2"));
      send(queue, "m0", "m1", "m2", "m3");
      assertThat(texts(low, 2)).containsExactly("m2", "m3");
      assertThat(texts(high, 2)).containsExactly("m0", "m1");
      assertThat(low.receive(SOON)).isNull();
    }
  }

  // Patterns

  @Test
  void aConsumerOfAPatternTakesFromEveryQueueThatMatchesAndFromThoseThatCome() throws Exception {
    send(queue + ".there", "there");
    send(queue + ".deep.there", "deep");
    var any = consumer(queue + ".>");
    assertThat(texts(any, 2)).containsExactlyInAnyOrder("there", "deep");
    send(queue + ".later", "later");
    assertThat(texts(any, 1)).containsExactly("later");
    any.close();

    var one = consumer(queue + ".*");
    send(queue + ".deep.later", "deep");
    send(queue + ".new", "new");
    send(queue + ".there", "again");
    assertThat(texts(one, 2)).containsExactlyInAnyOrder("new", "again");
    assertThat(one.receive(SOON)).isNull();
  }

  @Test
  void whatAPatternGivesIsAcknowledgedWhereItCameFrom() throws Exception {
    var transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
    var any = transacted.createConsumer(transacted.createQueue(queue + ".>"));
    send(queue + ".a", "a");
    send(queue + ".b", "b");
    assertThat(texts(any, 2)).containsExactlyInAnyOrder("a", "b");
    transacted.rollback();
    var again = next(any);
    assertThat(again.getJMSDestination().toString()).startsWith("queue://" + queue);
    next(any);
    transacted.commit();
    for (var name : List.of(queue + ".a", queue + ".b")) {
      Until.holds(name + " is empty", () -> node.queue(name).orElseThrow().messageCount() == 0);
    }
  }

  @Test
  void aPatternOutlivesItsQueues() throws Exception {
    var any = consumer(queue + ".>");
    send(queue + ".a", "a");
    assertThat(texts(any, 1)).containsExactly("a");
    node.admin().manage(new Management.DeleteQueue(queue + ".a", true, true));
    send(queue + ".a", "new");
    assertThat(texts(any, 1)).containsExactly("new");
  }

  @Test
  void aBrowserOfAPatternSeesAllQueuesOnce() throws Exception {
    send(queue + ".a", "a0", "a1");
    send(queue + ".b", "b0");
    var seen = new ArrayList<String>();
    try (var browser = session.createBrowser(session.createQueue(queue + ".>"))) {
      for (Object message : Collections.list(browser.getEnumeration())) {
        seen.add(((TextMessage) message).getText());
      }
    }
    assertThat(seen).containsExactlyInAnyOrder("a0", "a1", "b0");
    try (var browser = session.createBrowser(session.createQueue(queue + ".nothing.>"))) {
      assertThat(browser.getEnumeration().hasMoreElements()).isFalse();
    }
  }

  @Test
  void aConsumerOfAPatternWithoutPrefetchPulls() throws Exception {
    try (var own = connection("?jms.prefetchPolicy.all=0")) {
      own.start();
      var mine = own.createSession(false, Session.AUTO_ACKNOWLEDGE);
      var any = mine.createConsumer(mine.createQueue(queue + ".>"));
      assertThat(any.receive(SOON)).isNull();
      assertThat(any.receiveNoWait()).isNull();
      send(queue + ".a", "a");
      assertThat(texts(any, 1)).containsExactly("a");
      assertThat(any.receiveNoWait()).isNull();
    }
  }

  // Their beginning and end

  @Test
  void aDestinationIsDestroyedWithItsMessagesOnceNobodyConsumes() throws Exception {
    var destination = new ActiveMQQueue(queue);
    var consumer = session.createConsumer(destination);
    send(queue, "taken", "left");
    var own = (ActiveMQConnection) connection;
    assertThatThrownBy(() -> own.destroyDestination(destination))
        .isInstanceOf(JMSException.class)
        .hasMessageContaining("still has an active subscription");
    consumer.close();
    own.destroyDestination(destination);
    assertThat(node.queue(queue)).isEmpty();
    own.destroyDestination(destination);

    var topic = new ActiveMQTopic(queue + ".topic");
    session.createConsumer(topic).close();
    own.destroyDestination(topic);
    assertThat(node.admin().addresses()).noneMatch(it -> it.name().equals(queue + ".topic"));
    assertThatThrownBy(() -> own.destroyDestination(new ActiveMQQueue(queue + ".>")))
        .hasMessageContaining("one destination");
  }

  @Test
  void aDestinationIsMadeByWord() throws Exception {
    var own = (ActiveMQConnection) connection;
    var id = own.getConnectionInfo().getConnectionId();
    for (int twice = 0; twice < 2; twice++) {
      own.syncSendPacket(
          new DestinationInfo(id, DestinationInfo.ADD_OPERATION_TYPE, new ActiveMQQueue(queue)));
      assertThat(node.queue(queue)).isPresent();
    }
  }

  @Test
  void whatTheClientFindsExpiredIsNoDeadLetter() throws Exception {
    var consumer = consumer(queue);
    try (var producer = session.createProducer(session.createQueue(queue))) {
      var message = session.createTextMessage("late");
      producer.send(message, DeliveryMode.PERSISTENT, 4, 1_000);
      Until.holds("it is out", () -> node.queue(queue).orElseThrow().deliveringCount() == 1);
      Until.holds(
          "its time is over", () -> System.currentTimeMillis() > message.getJMSExpiration());
    }
    assertThat(consumer.receive(SOON)).isNull();
    assertThat(texts(consumer("ExpiryQueue"), 1)).containsExactly("late");
    assertThat(node.queue(queue).orElseThrow().messageCount()).isZero();
  }

  @Test
  void aRetroactiveConsumerGetsWhatComes() throws Exception {
    var topic = session.createTopic(queue + "?consumer.retroactive=true");
    var consumer = session.createConsumer(topic);
    session
        .createProducer(session.createTopic(queue))
        .send(session.createTextMessage("from now on"));
    assertThat(texts(consumer, 1)).containsExactly("from now on");
  }

  private MessageConsumer consumer(String name) throws JMSException {
    return session.createConsumer(session.createQueue(name));
  }

  private void send(String name, String... texts) throws JMSException {
    try (MessageProducer producer = session.createProducer(session.createQueue(name))) {
      for (var text : texts) {
        producer.send(session.createTextMessage(text));
      }
    }
  }

  private static List<String> texts(MessageConsumer consumer, int count) throws JMSException {
    var texts = new ArrayList<String>();
    while (texts.size() < count) {
      texts.add(((TextMessage) next(consumer)).getText());
    }
    return texts;
  }

  private static Message next(MessageConsumer consumer) throws JMSException {
    var message = consumer.receive(Until.PATIENCE.toMillis());
    assertThat(message).as("a message").isNotNull();
    return message;
  }
}
