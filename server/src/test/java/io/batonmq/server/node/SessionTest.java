package io.batonmq.server.node;

import static io.batonmq.server.node.JmsNode.consumer;
import static io.batonmq.server.node.JmsNode.producer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Sessions (JMS 3.1 §6.2): what acknowledging, recovering, committing and rolling back mean, as a Qpid JMS client
/// asks for them.
@Timeout(60)
class SessionTest {
  private static final long LONG = 10_000;
  private static final String COUNT = "JMSXDeliveryCount";

  /// Qpid JMS's own mode: each message by itself.
  private static final int INDIVIDUAL = 101;

  @TempDir private Path dir;
  private JmsNode node;

  @BeforeEach
  void starts() throws Exception {
    node = JmsNode.start(dir, "<max-delivery-attempts>-1</max-delivery-attempts>");
  }

  @AfterEach
  void stops() throws Exception {
    node.close();
  }

  private void send(String queue, String... texts) throws JMSException {
    try (Session session = node.session()) {
      for (String text : texts) {
        producer(session, queue).send(session.createTextMessage(text));
      }
    }
  }

  private static List<String> take(MessageConsumer consumer, int count) throws JMSException {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(consumer.receive(LONG).getBody(String.class));
    }
    return texts;
  }

  private void holds(String queue, long messages) {
    Awaitility.await().until(() -> node.stat(queue).messageCount() == messages);
  }

  @ParameterizedTest
  @ValueSource(ints = {Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE})
  void whatIsReceivedIsAcknowledgedByItself(int mode) throws Exception {
    send("orders", "1", "2", "3");
    try (Session session = node.session(mode)) {
      assertThat(take(consumer(session, "orders"), 3)).containsExactly("1", "2", "3");
    }
    holds("orders", 0);
  }

  @Test
  void aClientAcknowledgesAllThatItsSessionHasReceived() throws Exception {
    send("orders", "1", "2", "3");
    send("bills", "a");
    try (Session session = node.session(Session.CLIENT_ACKNOWLEDGE)) {
      MessageConsumer orders = consumer(session, "orders");
      assertThat(take(orders, 1)).containsExactly("1");
      assertThat(take(consumer(session, "bills"), 1)).containsExactly("a");
      Message second = orders.receive(LONG);
      second.acknowledge();
      holds("orders", 1);
      holds("bills", 0);
    }
    assertThat(take(consumer(node.session(), "orders"), 1)).containsExactly("3");
  }

  @Test
  void oneAtATimeWhereTheClientCanDoThat() throws Exception {
    send("orders", "1", "2", "3");
    try (Session session = node.session(INDIVIDUAL)) {
      MessageConsumer orders = consumer(session, "orders");
      orders.receive(LONG);
      orders.receive(LONG).acknowledge();
      orders.receive(LONG);
      holds("orders", 2);
    }
    assertThat(take(consumer(node.session(), "orders"), 2)).containsExactly("1", "3");
  }

  @Test
  void aSessionThatRecoversGetsAllAgainCountedAndMarked() throws Exception {
    send("orders", "1", "2");
    try (Session session = node.session(Session.CLIENT_ACKNOWLEDGE)) {
      MessageConsumer orders = consumer(session, "orders");
      for (int attempt = 1; attempt <= 3; attempt++) {
        for (String text : List.of("1", "2")) {
          Message message = orders.receive(LONG);
          assertThat(message.getBody(String.class)).isEqualTo(text);
          assertThat(message.getJMSRedelivered()).isEqualTo(attempt > 1);
          assertThat(message.getIntProperty(COUNT)).isEqualTo(attempt);
        }
        session.recover();
      }
    }
  }

  @Test
  void aTransactionIsOverAllQueuesAtOnce() throws Exception {
    send("orders", "1");
    send("bills", "a");
    try (Session session = node.session(Session.SESSION_TRANSACTED)) {
      MessageConsumer orders = consumer(session, "orders");
      MessageConsumer bills = consumer(session, "bills");
      for (boolean commit : new boolean[] {false, true}) {
        Message order = orders.receive(LONG);
        Message bill = bills.receive(LONG);
        assertThat(order.getIntProperty(COUNT)).isEqualTo(commit ? 2 : 1);
        assertThat(bill.getJMSRedelivered()).isEqualTo(commit);
        producer(session, "done").send(session.createTextMessage("both"));
        producer(session, "log").send(session.createTextMessage("done"));
        if (commit) {
          session.commit();
        } else {
          session.rollback();
          assertThat(node.stat("done").messageCount()).isZero();
        }
      }
    }
    holds("orders", 0);
    holds("bills", 0);
    assertThat(take(consumer(node.session(), "done"), 1)).containsExactly("both");
    assertThat(take(consumer(node.session(), "log"), 1)).containsExactly("done");
  }

  @Test
  void moreUrgentMessagesComeFirstAndEqualOnesInOrder() throws Exception {
    try (Session session = node.session()) {
      MessageProducer producer = producer(session, "orders");
      for (int i = 0; i < 30; i++) {
        producer.setPriority(i % 10);
        producer.send(session.createTextMessage(i % 10 + " " + i / 10));
      }
    }
    List<String> expected = new ArrayList<>();
    for (int priority = 9; priority >= 0; priority--) {
      for (int i = 0; i < 3; i++) {
        expected.add(priority + " " + i);
      }
    }
    assertThat(take(consumer(node.session(), "orders"), 30)).isEqualTo(expected);
  }

  @Test
  void aSenderThatDoesNotWaitIsToldOfEachInOrder() throws Exception {
    List<String> done = new ArrayList<>();
    AtomicReference<Exception> failed = new AtomicReference<>();
    CountDownLatch all = new CountDownLatch(200);
    var listener =
        new CompletionListener() {
          @Override
          public void onCompletion(Message message) {
            try {
              done.add(message.getBody(String.class));
            } catch (JMSException e) {
              failed.set(e);
            }
            all.countDown();
          }

          @Override
          public void onException(Message message, Exception e) {
            failed.set(e);
          }
        };
    List<String> sent = new ArrayList<>();
    try (Session session = node.session()) {
      MessageProducer producer = producer(session, "orders");
      for (int i = 0; i < 200; i++) {
        sent.add("m" + i);
        producer.send(session.createTextMessage("m" + i), listener);
      }
      assertThat(all.await(LONG, TimeUnit.MILLISECONDS)).isTrue();
    }
    assertThat(failed.get()).isNull();
    assertThat(done).isEqualTo(sent);
    assertThat(node.stat("orders").messageCount()).isEqualTo(200);
  }

  @Test
  void aClientIdIsOneConnectionsAtATime() throws Exception {
    try (Connection first = node.connect("till-7")) {
      assertThatThrownBy(() -> node.connect("till-7").close())
          .isInstanceOf(InvalidClientIDException.class);
      first.createSession().close();
    }
    node.connect("till-7").close();
  }
}
