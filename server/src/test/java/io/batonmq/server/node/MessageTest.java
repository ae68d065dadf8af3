package io.batonmq.server.node;

import static io.batonmq.server.node.JmsNode.consumer;
import static io.batonmq.server.node.JmsNode.producer;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Messages (JMS 3.1 §3): bodies, properties and headers come out as they went in, also out of the log after a
/// restart.
@Timeout(60)
class MessageTest {
  private static final long LONG = 10_000;

  @TempDir private Path dir;
  private JmsNode node;

  @BeforeEach
  void starts() throws Exception {
    node = JmsNode.start(dir, "");
  }

  @AfterEach
  void stops() throws Exception {
    node.close();
  }

  @Test
  void bodiesOfEveryTypeBeforeAndAfterARestart() throws Exception {
    for (int time = 0; time < 2; time++) {
      try (Session session = node.session()) {
        MessageProducer producer = producer(session, "orders");
        producer.send(session.createTextMessage("grüß Gott ✓"));
        producer.send(session.createTextMessage());
        BytesMessage bytes = session.createBytesMessage();
        bytes.writeBytes(new byte[] {0, -1, 127});
        bytes.writeLong(Long.MIN_VALUE);
        producer.send(bytes);
        MapMessage map = session.createMapMessage();
        map.setString("text", "value");
        map.setDouble("number", 1.5);
        map.setBytes("bytes", new byte[] {1, 2});
        map.setBoolean("flag", true);
        producer.send(map);
        StreamMessage stream = session.createStreamMessage();
        stream.writeInt(7);
        stream.writeString("seven");
        stream.writeChar('7');
        producer.send(stream);
        producer.send(session.createObjectMessage((java.io.Serializable) List.of("a", "b")));
        producer.send(session.createMessage());
      }
      if (time == 0) {
        node.close();
        node = JmsNode.start(dir, "");
      }
    }
    try (Session session = node.session();
        var consumer = consumer(session, "orders")) {
      for (int time = 0; time < 2; time++) {
        assertThat(((TextMessage) consumer.receive(LONG)).getText()).isEqualTo("grüß Gott ✓");
        assertThat(((TextMessage) consumer.receive(LONG)).getText()).isNull();
        BytesMessage bytes = (BytesMessage) consumer.receive(LONG);
        assertThat(bytes.getBodyLength()).isEqualTo(11);
        assertThat(new byte[] {bytes.readByte(), bytes.readByte(), bytes.readByte()})
            .containsExactly(0, -1, 127);
        assertThat(bytes.readLong()).isEqualTo(Long.MIN_VALUE);
        MapMessage map = (MapMessage) consumer.receive(LONG);
        assertThat(map.getString("text")).isEqualTo("value");
        assertThat(map.getDouble("number")).isEqualTo(1.5);
        assertThat(map.getBytes("bytes")).containsExactly(1, 2);
        assertThat(map.getBoolean("flag")).isTrue();
        StreamMessage stream = (StreamMessage) consumer.receive(LONG);
        assertThat(stream.readInt()).isEqualTo(7);
        assertThat(stream.readString()).isEqualTo("seven");
        assertThat(stream.readChar()).isEqualTo('7');
        assertThat(consumer.receive(LONG)).isInstanceOf(ObjectMessage.class);
        Message empty = consumer.receive(LONG);
        assertThat(empty).isNotInstanceOfAny(TextMessage.class, BytesMessage.class);
      }
    }
  }

  @Test
  void headersAndPropertiesOfEveryType() throws Exception {
    try (Session session = node.session()) {
      Queue answers = session.createQueue("answers");
      Message sent = session.createTextMessage("?");
      sent.setJMSReplyTo(answers);
      sent.setJMSCorrelationID("question-1");
      sent.setJMSType("question");
      sent.setBooleanProperty("flag", true);
      sent.setByteProperty("octet", (byte) -3);
      sent.setShortProperty("short", (short) 300);
      sent.setIntProperty("int", 70_000);
      sent.setLongProperty("long", 1L << 40);
      sent.setFloatProperty("float", 0.5f);
      sent.setDoubleProperty("double", 0.25);
      sent.setStringProperty("text", "grün");
      MessageProducer producer = producer(session, "questions");
      producer.setDeliveryMode(DeliveryMode.PERSISTENT);
      producer.send(sent);
      Message got = consumer(session, "questions").receive(LONG);
      assertThat(got.getJMSReplyTo()).isEqualTo(answers);
      assertThat(got.getJMSCorrelationID()).isEqualTo("question-1");
      assertThat(got.getJMSType()).isEqualTo("question");
      assertThat(got.getJMSMessageID()).isEqualTo(sent.getJMSMessageID());
      assertThat(got.getJMSTimestamp()).isEqualTo(sent.getJMSTimestamp());
      assertThat(got.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
      assertThat(got.getJMSDestination()).isEqualTo(session.createQueue("questions"));
      assertThat(got.getBooleanProperty("flag")).isTrue();
      assertThat(got.getByteProperty("octet")).isEqualTo((byte) -3);
      assertThat(got.getShortProperty("short")).isEqualTo((short) 300);
      assertThat(got.getIntProperty("int")).isEqualTo(70_000);
      assertThat(got.getLongProperty("long")).isEqualTo(1L << 40);
      assertThat(got.getFloatProperty("float")).isEqualTo(0.5f);
      assertThat(got.getDoubleProperty("double")).isEqualTo(0.25);
      assertThat(got.getStringProperty("text")).isEqualTo("grün");
    }
  }

  @Test
  void whoIsNotDurableIsGoneAfterARestartAndTheOthersAreNot() throws Exception {
    try (Session session = node.session()) {
      MessageProducer producer = producer(session, "orders");
      producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
      producer.send(session.createTextMessage("fleeting"));
      producer.setDeliveryMode(DeliveryMode.PERSISTENT);
      producer.send(session.createTextMessage("lasting"));
    }
    node.close();
    node = JmsNode.start(dir, "");
    assertThat(consumer(node.session(), "orders").receive(LONG).getBody(String.class))
        .isEqualTo("lasting");
    assertThat(node.stat("orders").messagesAdded()).isEqualTo(1);
  }
}
