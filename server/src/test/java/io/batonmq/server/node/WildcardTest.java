package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Topics and queues whose names are patterns, as a JMS application meets them.
@Timeout(120)
class WildcardTest {
  @TempDir Path folder;
  private NodeInProcess node;
  private Connection connection;
  private Session session;

  @BeforeEach
  void starts() throws Exception {
    node = new NodeInProcess(folder);
    connection = node.connect("me", "");
    session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
  }

  @AfterEach
  void stops() throws Exception {
    connection.close();
    node.close();
  }

  private void send(Destination to, String text, int n) throws JMSException {
    try (MessageProducer producer = session.createProducer(to)) {
      Message message = session.createTextMessage(text);
      message.setIntProperty("n", n);
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
  void subscriptionsOfEveryKind() throws Exception {
    var fleeting = session.createConsumer(session.createTopic("news.*"));
    var choosing = session.createConsumer(session.createTopic("news.#"), "n > 1");
    var shared = session.createSharedConsumer(session.createTopic("*.uk"), "shared");
    session.createDurableConsumer(session.createTopic("news.#"), "durable").close();
    session.createSharedDurableConsumer(session.createTopic("#"), "both").close();
    send(session.createTopic("news.uk"), "a", 1);
    send(session.createTopic("news.uk.sport"), "b", 2);
    send(session.createTopic("olds.uk"), "c", 3);
    assertThat(all(fleeting)).containsExactly("a");
    assertThat(all(choosing)).containsExactly("b");
    assertThat(all(shared)).containsExactly("a", "c");
    assertThat(all(session.createDurableConsumer(session.createTopic("news.#"), "durable")))
        .containsExactly("a", "b");
    assertThat(all(session.createSharedDurableConsumer(session.createTopic("#"), "both")))
        .containsExactly("a", "b", "c");
  }

  @Test
  void aQueueForManyQueues() throws Exception {
    var many = session.createConsumer(session.createQueue("orders.#"));
    send(session.createQueue("orders.eu"), "a", 1);
    send(session.createQueue("others"), "b", 1);
    assertThat(all(many)).containsExactly("a");
    assertThat(all(session.createConsumer(session.createQueue("orders.eu")))).containsExactly("a");
  }

  @Test
  void anAnonymousProducerReachesThemToo() throws Exception {
    var subscriber = session.createConsumer(session.createTopic("news.*"));
    try (MessageProducer anyone = session.createProducer(null)) {
      anyone.send(session.createTopic("news.uk"), session.createTextMessage("a"));
      anyone.send(session.createTopic("news.fr"), session.createTextMessage("b"));
    }
    assertThat(all(subscriber)).containsExactly("a", "b");
  }

  @Test
  void theyGoWithTheirSubscription() throws Exception {
    session.createDurableConsumer(session.createTopic("news.#"), "s").close();
    send(session.createTopic("news.uk"), "a", 1);
    session.unsubscribe("s");
    send(session.createTopic("news.uk"), "b", 1);
    assertThat(node.queues()).isEmpty();
  }
}
