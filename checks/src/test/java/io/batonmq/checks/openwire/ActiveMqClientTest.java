package io.batonmq.checks.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The stock client on one node: each thing that an application does with it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ActiveMqClientTest {
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

  @Test
  void aQueueGivesWhatWasSentInOrder() throws Exception {
    send(session, queue, "one", "two", "three");
    assertThat(receive(session, queue, 3)).containsExactly("one", "two", "three");
    awaitEmpty();
  }

  @Test
  void everyEncodingAndVersionThatAClientMayAskForWorks() throws Exception {
    for (int version : new int[] {9, 10, 11, 12}) {
      for (String options : List.of("tightEncodingEnabled=true", "tightEncodingEnabled=false")) {
        for (boolean cache : new boolean[] {true, false}) {
          var url =
              "?wireFormat.version="
                  + version
                  + "&wireFormat."
                  + options
                  + "&wireFormat.cacheEnabled="
                  + cache;
          try (var own = connection(url)) {
            own.start();
            var mine = own.createSession(false, Session.AUTO_ACKNOWLEDGE);
            send(mine, queue, url, "zwei \u00e4\u20ac\ud83d\ude00\0");
            assertThat(receive(mine, queue, 2))
                .containsExactly(url, "zwei \u00e4\u20ac\ud83d\ude00\0");
          }
        }
      }
    }
  }

  @Test
  void everyBodyAndPropertyArrivesAsItWasSent() throws Exception {
    var destination = session.createQueue(queue);
    var producer = session.createProducer(destination);
    var text = session.createTextMessage("text");
    text.setStringProperty("string", "s");
    text.setIntProperty("int", 1);
    text.setLongProperty("long", Long.MAX_VALUE);
    text.setBooleanProperty("flag", true);
    text.setDoubleProperty("double", 0.5);
    text.setFloatProperty("float", 0.25f);
    text.setByteProperty("byte", (byte) 3);
    text.setShortProperty("short", (short) 4);
    text.setJMSCorrelationID("correlation");
    text.setJMSType("type");
    text.setJMSReplyTo(session.createTopic("reply"));
    producer.send(text, DeliveryMode.PERSISTENT, 7, 0);
    var bytes = session.createBytesMessage();
    bytes.writeBytes(new byte[] {1, 2, 3});
    producer.send(bytes);
    var map = session.createMapMessage();
    map.setString("a", "b");
    map.setInt("c", 5);
    producer.send(map);
    var stream = session.createStreamMessage();
    stream.writeString("first");
    stream.writeLong(2);
    producer.send(stream);
    producer.send(session.createObjectMessage("serialized"));
    producer.send(session.createMessage());

    var consumer = session.createConsumer(destination);
    var gotText = (TextMessage) next(consumer);
    assertThat(gotText.getText()).isEqualTo("text");
    assertThat(gotText.getStringProperty("string")).isEqualTo("s");
    assertThat(gotText.getLongProperty("long")).isEqualTo(Long.MAX_VALUE);
    assertThat(gotText.getObjectProperty("byte")).isEqualTo((byte) 3);
    assertThat(gotText.getJMSCorrelationID()).isEqualTo("correlation");
    assertThat(gotText.getJMSType()).isEqualTo("type");
    assertThat(gotText.getJMSReplyTo()).isEqualTo(session.createTopic("reply"));
    assertThat(gotText.getJMSMessageID()).isEqualTo(text.getJMSMessageID());
    assertThat(gotText.getJMSPriority()).isEqualTo(7);
    assertThat(gotText.getJMSTimestamp()).isEqualTo(text.getJMSTimestamp());
    assertThat(gotText.getJMSRedelivered()).isFalse();
    assertThat(next(consumer).getBody(byte[].class)).containsExactly(1, 2, 3);
    assertThat(next(consumer).getBody(Map.class)).isEqualTo(Map.of("a", "b", "c", 5));
    var gotStream = (jakarta.jms.StreamMessage) next(consumer);
    assertThat(gotStream.readString()).isEqualTo("first");
    assertThat(gotStream.readLong()).isEqualTo(2);
    assertThat(next(consumer)).isInstanceOf(ObjectMessage.class);
    assertThat(next(consumer)).isNotInstanceOf(TextMessage.class);
  }

  @Test
  void aLargeMessageArrivesWhole() throws Exception {
    var large = "x".repeat(3_000_000) + "end";
    send(session, queue, large);
    assertThat(receive(session, queue, 1)).containsExactly(large);
  }

  @Test
  void aCompressedMessageArrives() throws Exception {
    try (var own = connection("?jms.useCompression=true")) {
      own.start();
      var mine = own.createSession(false, Session.AUTO_ACKNOWLEDGE);
      send(mine, queue, "compress ".repeat(1_000));
    }
    assertThat(receive(session, queue, 1)).containsExactly("compress ".repeat(1_000));
  }

  @Test
  void aTransactionHappensOrDoesNot() throws Exception {
    var transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
    send(transacted, queue, "rolled back");
    transacted.rollback();
    send(transacted, queue, "one", "two");
    assertThat(node.queue(queue).map(stat -> stat.messageCount()).orElse(0L)).isZero();
    transacted.commit();

    var consumer = transacted.createConsumer(session.createQueue(queue));
    assertThat(text(next(consumer))).isEqualTo("one");
    assertThat(text(next(consumer))).isEqualTo("two");
    transacted.rollback();
    var again = next(consumer);
    assertThat(text(again)).isEqualTo("one");
    assertThat(again.getJMSRedelivered()).isTrue();
    assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
    assertThat(text(next(consumer))).isEqualTo("two");
    transacted.commit();
    awaitEmpty();
  }

  @Test
  void aTransactionMayTakeMoreThanThePrefetch() throws Exception {
    var texts = new String[3_000];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = "m" + i;
    }
    var transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
    send(transacted, queue, texts);
    transacted.commit();
    assertThat(receive(transacted, queue, texts.length)).containsExactly(texts);
    transacted.commit();
    awaitEmpty();
  }

  @Test
  void aClientAcknowledgesWhatItHasHad() throws Exception {
    send(session, queue, "one", "two", "three");
    try (var own = connection("")) {
      own.start();
      var mine = own.createSession(false, Session.CLIENT_ACKNOWLEDGE);
      var consumer = mine.createConsumer(mine.createQueue(queue));
      next(consumer);
      next(consumer).acknowledge();
      next(consumer);
    }
    var consumer = session.createConsumer(session.createQueue(queue));
    var third = next(consumer);
    assertThat(text(third)).isEqualTo("three");
    assertThat(third.getJMSRedelivered()).isTrue();
  }

  @Test
  void whatAClosedConsumerLeavesComesToTheNextInOrder() throws Exception {
    send(session, queue, "one", "two");
    try (var own = connection("")) {
      own.start();
      var mine = own.createSession(false, Session.CLIENT_ACKNOWLEDGE);
      var consumer = mine.createConsumer(mine.createQueue(queue));
      next(consumer);
      consumer.close();
    }
    var consumer = session.createConsumer(session.createQueue(queue));
    assertThat(texts(next(consumer), next(consumer))).containsExactly("one", "two");
  }

  @Test
  void aTopicGivesToEachSubscriberWhatItsSelectorLetsIn() throws Exception {
    Topic topic = session.createTopic("topic.news");
    var all = session.createConsumer(topic);
    var red = session.createConsumer(topic, "colour = 'red'");
    var any = session.createConsumer(session.createTopic("topic.>"));
    var producer = session.createProducer(topic);
    for (var colour : List.of("red", "blue")) {
      var message = session.createTextMessage(colour);
      message.setStringProperty("colour", colour);
      producer.send(message);
    }
    assertThat(text(next(all))).isEqualTo("red");
    assertThat(text(next(all))).isEqualTo("blue");
    assertThat(text(next(red))).isEqualTo("red");
    assertThat(text(next(any))).isEqualTo("red");
    assertThat(text(next(any))).isEqualTo("blue");
    assertThat(red.receive(SOON)).isNull();
  }

  @Test
  void aDurableSubscriptionKeepsWhatComesWhileNobodyIsThere() throws Exception {
    Topic topic;
    try (var own = connection("")) {
      own.setClientID("subscriber");
      own.start();
      var mine = own.createSession(false, Session.AUTO_ACKNOWLEDGE);
      topic = mine.createTopic("topic.durable");
      mine.createDurableSubscriber(topic, "name");
    }
    session.createProducer(topic).send(session.createTextMessage("kept"));
    try (var own = connection("")) {
      own.setClientID("subscriber");
      own.start();
      var mine = own.createSession(false, Session.AUTO_ACKNOWLEDGE);
      var subscriber = mine.createDurableSubscriber(topic, "name");
      assertThat(text(next(subscriber))).isEqualTo("kept");
      assertThatThrownBy(() -> mine.unsubscribe("name")).isInstanceOf(JMSException.class);
      subscriber.close();
      mine.unsubscribe("name");
      assertThatThrownBy(() -> mine.unsubscribe("name")).isInstanceOf(JMSException.class);
    }
  }

  @Test
  void aRequestIsAnsweredByATemporaryQueue() throws Exception {
    var replies = session.createTemporaryQueue();
    var asker = session.createConsumer(replies);
    var request = session.createTextMessage("question");
    request.setJMSReplyTo(replies);
    session.createProducer(session.createQueue(queue)).send(request);
    try (var own = connection("")) {
      own.start();
      var mine = own.createSession(false, Session.AUTO_ACKNOWLEDGE);
      var got = next(mine.createConsumer(mine.createQueue(queue)));
      mine.createProducer(got.getJMSReplyTo()).send(mine.createTextMessage("answer"));
      assertThatThrownBy(() -> mine.createConsumer(got.getJMSReplyTo()))
          .isInstanceOf(JMSException.class);
    }
    assertThat(text(next(asker))).isEqualTo("answer");
    asker.close();
    replies.delete();
  }

  @Test
  void aBrowserSeesEveryMessageAndTakesNone() throws Exception {
    var texts = new String[1_200];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = "m" + i;
    }
    send(session, queue, texts);
    var seen = new ArrayList<String>();
    try (var browser = session.createBrowser(session.createQueue(queue))) {
      for (Object message : Collections.list(browser.getEnumeration())) {
        seen.add(text((Message) message));
      }
    }
    assertThat(seen).containsExactly(texts);
    assertThat(node.queue(queue).orElseThrow().messageCount()).isEqualTo(texts.length);
  }

  @Test
  void aConsumerWithoutPrefetchPulls() throws Exception {
    try (var own = connection("?jms.prefetchPolicy.all=0")) {
      own.start();
      var mine = own.createSession(false, Session.AUTO_ACKNOWLEDGE);
      var consumer = mine.createConsumer(mine.createQueue(queue));
      assertThat(consumer.receiveNoWait()).isNull();
      assertThat(consumer.receive(SOON)).isNull();
      send(session, queue, "one", "two");
      assertThat(text(consumer.receive(5_000))).isEqualTo("one");
      assertThat(text(consumer.receiveNoWait())).isEqualTo("two");
      assertThat(consumer.receiveNoWait()).isNull();
    }
  }

  @Test
  void aCompositeDestinationReachesEachOfItsParts() throws Exception {
    var producer = session.createProducer(session.createQueue(queue + ".a," + queue + ".b"));
    producer.send(session.createTextMessage("both"));
    assertThat(receive(session, queue + ".a", 1)).containsExactly("both");
    assertThat(receive(session, queue + ".b", 1)).containsExactly("both");
    send(session, queue + ".a", "a");
    send(session, queue + ".b", "b");
    var consumer = session.createConsumer(session.createQueue(queue + ".a," + queue + ".b"));
    assertThat(List.of(text(next(consumer)), text(next(consumer))))
        .containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void aVirtualTopicGivesEachQueueOfConsumersEveryMessage() throws Exception {
    Queue first = session.createQueue("Consumer.first.VirtualTopic.orders");
    Queue second = session.createQueue("Consumer.second.VirtualTopic.orders");
    var one = session.createConsumer(first);
    var two = session.createConsumer(second);
    session
        .createProducer(session.createTopic("VirtualTopic.orders"))
        .send(session.createTextMessage("order"));
    assertThat(text(next(one))).isEqualTo("order");
    assertThat(text(next(two))).isEqualTo("order");
    assertThat(node.queue("Consumer.first.VirtualTopic.orders")).isPresent();
  }

  @Test
  void aClientIdIsForOneConnection() throws Exception {
    try (var one = connection("");
        var two = connection("")) {
      one.setClientID("same");
      one.start();
      assertThatThrownBy(
              () -> {
                two.setClientID("same");
                two.start();
              })
          .isInstanceOf(InvalidClientIDException.class);
    }
  }

  @Test
  void aWrongPasswordIsRefused() {
    var factory =
        new ActiveMQConnectionFactory(NodePlan.USER, "wrong", "tcp://127.0.0.1:" + node.port());
    assertThatThrownBy(() -> factory.createConnection().start())
        .isInstanceOf(JMSException.class)
        .hasMessageContaining("password is invalid");
  }

  @Test
  void aWrongSelectorIsRefusedWithItsReason() {
    assertThatThrownBy(() -> session.createConsumer(session.createQueue(queue), "a ="))
        .isInstanceOf(JMSException.class);
  }

  @Test
  void aDelayedMessageComesWhenItIsTime() throws Exception {
    var message = session.createTextMessage("later");
    message.setLongProperty("AMQ_SCHEDULED_DELAY", 600);
    long before = System.nanoTime();
    session.createProducer(session.createQueue(queue)).send(message);
    assertThat(receive(session, queue, 1)).containsExactly("later");
    assertThat(System.nanoTime() - before).isGreaterThan(500_000_000);
  }

  @Test
  void manyAsynchronousSendsArriveInOrder() throws Exception {
    try (var own = connection("?jms.useAsyncSend=true&jms.producerWindowSize=65536")) {
      own.start();
      var mine = own.createSession(false, Session.AUTO_ACKNOWLEDGE);
      var producer = mine.createProducer(mine.createQueue(queue));
      for (int i = 0; i < 5_000; i++) {
        producer.send(mine.createTextMessage("m" + i));
      }
    }
    var consumer = session.createConsumer(session.createQueue(queue));
    for (int i = 0; i < 5_000; i++) {
      assertThat(text(next(consumer))).isEqualTo("m" + i);
    }
  }

  @Test
  void theClientKnowsTheBrokersName() throws Exception {
    assertThat(((ActiveMQConnection) connection).getBrokerName()).isNotEmpty();
  }

  private void awaitEmpty() {
    Until.holds("all is acknowledged", () -> node.queue(queue).orElseThrow().messageCount() == 0);
  }

  private static List<String> texts(Message... messages) throws JMSException {
    var texts = new ArrayList<String>();
    for (var message : messages) {
      texts.add(text(message));
    }
    return texts;
  }

  private static void send(Session session, String queue, String... texts) throws JMSException {
    try (MessageProducer producer = session.createProducer(session.createQueue(queue))) {
      for (var text : texts) {
        producer.send(session.createTextMessage(text));
      }
    }
  }

  private static List<String> receive(Session session, String queue, int count)
      throws JMSException {
    var texts = new ArrayList<String>();
    try (var consumer = session.createConsumer(session.createQueue(queue))) {
      while (texts.size() < count) {
        texts.add(text(next(consumer)));
      }
    }
    return texts;
  }

  private static Message next(MessageConsumer consumer) throws JMSException {
    var message = consumer.receive(Until.PATIENCE.toMillis());
    assertThat(message).as("a message").isNotNull();
    return message;
  }

  private static String text(Message message) throws JMSException {
    return ((TextMessage) message).getText();
  }
}
