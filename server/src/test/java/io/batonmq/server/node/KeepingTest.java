package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Rings, last values and what stays whoever consumes it, as a JMS application meets them.
@Timeout(120)
class KeepingTest {
  @TempDir Path folder;
  private NodeInProcess node;
  private Connection connection;
  private Session session;

  @BeforeEach
  void starts() throws Exception {
    node =
        new NodeInProcess(
            folder,
            """
            <addresses>
              <address name="ring"><anycast><queue name="ring" ring-size="3"/></anycast></address>
              <address name="last">
                <anycast><queue name="last" last-value-key="stock"/></anycast>
              </address>
              <address name="table">
                <anycast><queue name="table" non-destructive="true" last-value="true"/></anycast>
              </address>
            </addresses>
            """);
    connection = node.connect();
    session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
  }

  @AfterEach
  void stops() throws Exception {
    connection.close();
    node.close();
  }

  private void send(Queue queue, String text, String key, String value) throws JMSException {
    try (var producer = session.createProducer(queue)) {
      var message = session.createTextMessage(text);
      message.setStringProperty(key, value);
      producer.send(message);
    }
  }

  private static List<String> all(MessageConsumer consumer) throws JMSException {
    List<String> texts = new ArrayList<>();
    // It asks the broker to send what it has and to say when that is all.
    for (Message got = consumer.receiveNoWait(); got != null; got = consumer.receiveNoWait()) {
      texts.add(got.getBody(String.class));
    }
    return texts;
  }

  @Test
  void aRingKeepsTheNewest() throws Exception {
    Queue queue = session.createQueue("ring");
    for (int i = 0; i < 5; i++) {
      send(queue, "m" + i, "n", "x");
    }
    assertThat(node.queue("ring").orElseThrow().messageCount()).isEqualTo(3);
    try (var consumer = session.createConsumer(queue)) {
      assertThat(all(consumer)).containsExactly("m2", "m3", "m4");
    }
  }

  @Test
  void ofEachValueTheLastOneStays() throws Exception {
    Queue queue = session.createQueue("last");
    send(queue, "a0", "stock", "a");
    send(queue, "b0", "stock", "b");
    send(queue, "a1", "stock", "a");
    try (var consumer = session.createConsumer(queue)) {
      assertThat(all(consumer)).containsExactly("b0", "a1");
    }
  }

  @Test
  void aTableIsReadByEverybodyInTransactionsToo() throws Exception {
    Queue queue = session.createQueue("table");
    send(queue, "a0", "_AMQ_LVQ_NAME", "a");
    send(queue, "b0", "_AMQ_LVQ_NAME", "b");
    send(queue, "a1", "_AMQ_LVQ_NAME", "a");
    try (var transacted = connection.createSession(Session.SESSION_TRANSACTED);
        var one = transacted.createConsumer(queue);
        var two = connection.createSession(Session.CLIENT_ACKNOWLEDGE).createConsumer(queue)) {
      assertThat(all(one)).containsExactly("b0", "a1");
      transacted.commit();
      assertThat(two.receive(10_000).getBody(String.class)).isEqualTo("b0");
      Message last = two.receive(10_000);
      last.acknowledge();
      send(queue, "b1", "_AMQ_LVQ_NAME", "b");
      assertThat(all(one)).containsExactly("b1");
      transacted.rollback();
      assertThat(all(two)).containsExactly("b1");
    }
    try (var again = session.createConsumer(queue)) {
      assertThat(all(again)).containsExactly("a1", "b1");
    }
    assertThat(node.queue("table").orElseThrow().messageCount()).isEqualTo(2);
  }
}
