package io.batonmq.checks.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What one client sends by OpenWire another one gets by AMQP, and the other way round.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BetweenProtocolsTest {
  @RegisterExtension final Stage stage = Stage.forAll();

  private Broker node;
  private Connection openWire;
  private Connection amqp;

  @BeforeAll
  void start() throws Exception {
    node = stage.broker(NodePlan.single("node")).start().awaitActive();
  }

  @BeforeEach
  void connect() throws JMSException {
    var factory =
        new ActiveMQConnectionFactory(
            NodePlan.USER, NodePlan.PASSWORD, "tcp://127.0.0.1:" + node.port());
    factory.setTrustAllPackages(true);
    openWire = factory.createConnection();
    openWire.start();
    amqp = new JmsConnectionFactory(node.url()).createConnection();
    amqp.start();
  }

  @AfterEach
  void disconnect() throws JMSException {
    openWire.close();
    amqp.close();
  }

  @Test
  void everyBodyAndPropertyPassesFromOpenWireToAmqp() throws JMSException {
    pass(openWire, amqp, "to.amqp");
  }

  @Test
  void everyBodyAndPropertyPassesFromAmqpToOpenWire() throws JMSException {
    pass(amqp, openWire, "to.openwire");
  }

  private static void pass(Connection from, Connection to, String name) throws JMSException {
    var sending = from.createSession(false, Session.AUTO_ACKNOWLEDGE);
    var receiving = to.createSession(false, Session.AUTO_ACKNOWLEDGE);
    var producer = sending.createProducer(sending.createQueue(name));
    producer.setPriority(8);
    var consumer = receiving.createConsumer(receiving.createQueue(name), "number = 7");
    var sent = messages(sending);
    for (var message : sent) {
      properties(message, sending.createQueue("replies"));
      producer.send(message);
    }
    for (var message : sent) {
      var got = consumer.receive(Until.PATIENCE.toMillis());
      assertThat(got).as("what came of " + message.getClass().getSimpleName()).isNotNull();
      same(message, got);
      assertThat(got.getJMSPriority()).isEqualTo(8);
      assertThat(got.getJMSRedelivered()).isFalse();
    }
  }

  private static List<Message> messages(Session session) throws JMSException {
    var messages = new ArrayList<Message>();
    messages.add(session.createTextMessage("text \u00e4\u20ac\ud83d\ude00"));
    messages.add(session.createTextMessage("large ".repeat(500_000)));
    BytesMessage bytes = session.createBytesMessage();
    bytes.writeBytes(new byte[] {0, 1, -1});
    messages.add(bytes);
    MapMessage map = session.createMapMessage();
    map.setString("string", "value");
    map.setInt("int", -5);
    map.setLong("long", 1L << 40);
    map.setBoolean("flag", true);
    map.setDouble("double", 0.5);
    map.setBytes("bytes", new byte[] {4, 5});
    messages.add(map);
    StreamMessage stream = session.createStreamMessage();
    stream.writeString("first");
    stream.writeInt(2);
    stream.writeBytes(new byte[] {3});
    messages.add(stream);
    messages.add(session.createObjectMessage("an object"));
    messages.add(session.createMessage());
    return messages;
  }

  private static void properties(Message message, jakarta.jms.Destination replyTo)
      throws JMSException {
    message.setStringProperty("string", "s\u00e4");
    message.setIntProperty("number", 7);
    message.setLongProperty("long", Long.MIN_VALUE);
    message.setShortProperty("short", (short) -2);
    message.setByteProperty("byte", (byte) 1);
    message.setBooleanProperty("flag", false);
    message.setDoubleProperty("double", -0.25);
    message.setFloatProperty("float", 1.5f);
    message.setStringProperty("JMSXGroupID", "group");
    message.setJMSCorrelationID("correlation");
    message.setJMSType("kind");
    message.setJMSReplyTo(replyTo);
  }

  private static void same(Message sent, Message got) throws JMSException {
    for (var name :
        List.of(
            "string",
            "number",
            "long",
            "short",
            "byte",
            "flag",
            "double",
            "float",
            "JMSXGroupID")) {
      assertThat(got.getObjectProperty(name)).as(name).isEqualTo(sent.getObjectProperty(name));
    }
    assertThat(got.getJMSCorrelationID()).isEqualTo("correlation");
    assertThat(got.getJMSType()).isEqualTo("kind");
    assertThat(got.getJMSReplyTo().toString()).contains("replies");
    assertThat(got.getJMSMessageID()).isEqualTo(sent.getJMSMessageID());
    assertThat(got.getJMSTimestamp()).isEqualTo(sent.getJMSTimestamp());
    switch (sent) {
      case TextMessage text -> assertThat(((TextMessage) got).getText()).isEqualTo(text.getText());
      case BytesMessage _ -> assertThat(got.getBody(byte[].class)).containsExactly(0, 1, -1);
      case MapMessage map -> {
        var received = (MapMessage) got;
        for (var key : List.of("string", "int", "long", "flag", "double", "bytes")) {
          assertThat(received.getObject(key)).as(key).isEqualTo(map.getObject(key));
        }
      }
      case StreamMessage _ -> {
        var received = (StreamMessage) got;
        assertThat(received.readString()).isEqualTo("first");
        assertThat(received.readInt()).isEqualTo(2);
        assertThat((byte[]) received.readObject()).containsExactly(3);
      }
      case ObjectMessage _ -> assertThat(((ObjectMessage) got).getObject()).isEqualTo("an object");
      default -> assertThat(got).isNotInstanceOf(TextMessage.class);
    }
  }

  @Test
  void aRequestByOneProtocolIsAnsweredByTheOther() throws JMSException {
    var asking = openWire.createSession(false, Session.AUTO_ACKNOWLEDGE);
    var answering = amqp.createSession(false, Session.AUTO_ACKNOWLEDGE);
    request(asking, answering, "question");
    request(answering, asking, "other.question");
  }

  private static void request(Session asking, Session answering, String queue) throws JMSException {
    var replies = asking.createTemporaryQueue();
    var replied = asking.createConsumer(replies);
    var request = asking.createTextMessage("question");
    request.setJMSReplyTo(replies);
    asking.createProducer(asking.createQueue(queue)).send(request);
    var got =
        answering.createConsumer(answering.createQueue(queue)).receive(Until.PATIENCE.toMillis());
    answering.createProducer(got.getJMSReplyTo()).send(answering.createTextMessage("answer"));
    var answer = replied.receive(Until.PATIENCE.toMillis());
    assertThat(((TextMessage) answer).getText()).isEqualTo("answer");
  }
}
