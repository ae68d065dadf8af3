package io.batonmq.checks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.qpid.jms.JmsConnectionFactory;

/// A JMS application of a pair, which goes on at the other node by itself: a connection over Qpid JMS, and a
/// session for what needs no other.
public final class Application implements AutoCloseable {
  /// Qpid JMS: each message is acknowledged for itself, in a way of one's own.
  public static final int INDIVIDUAL_ACKNOWLEDGE = 101;

  private static final String QUICKLY = "&failover.maxReconnectDelay=500";
  private static final int MODIFIED_FAILED = 4;

  private final Connection connection;
  private final Session session;

  private Application(String url, String clientId) throws JMSException {
    var factory = new JmsConnectionFactory(url);
    if (!clientId.isEmpty()) {
      factory.setClientID(clientId);
    }
    connection = factory.createConnection();
    try {
      connection.start();
      session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    } catch (JMSException e) {
      connection.close();
      throw e;
    }
  }

  public static Application of(Pair pair) throws JMSException {
    return of(pair, "");
  }

  public static Application of(Pair pair, String clientId) throws JMSException {
    return new Application(pair.url(QUICKLY), clientId);
  }

  /// One that is given so many messages ahead at most; with 0 it is given one when it asks for one.
  public static Application ahead(Pair pair, int messages) throws JMSException {
    return new Application(pair.url(QUICKLY + "&jms.prefetchPolicy.all=" + messages), "");
  }

  /// One that knows one node only, and ends with it.
  public static Application of(Broker node) throws JMSException {
    return of(node, "");
  }

  public static Application of(Broker node, String clientId) throws JMSException {
    return new Application(node.url(), clientId);
  }

  public Session session() {
    return session;
  }

  public Session session(int mode) throws JMSException {
    return connection.createSession(mode);
  }

  /// A consumer of a queue in a session of its own.
  public MessageConsumer consumer(String queue, int mode) throws JMSException {
    var own = session(mode);
    return own.createConsumer(own.createQueue(queue));
  }

  public void send(String queue, String... texts) throws JMSException {
    try (var producer = session.createProducer(session.createQueue(queue))) {
      for (var text : texts) {
        producer.send(session.createTextMessage(text));
      }
    }
  }

  public void publish(String topic, String... texts) throws JMSException {
    try (var producer = session.createProducer(session.createTopic(topic))) {
      for (var text : texts) {
        producer.send(session.createTextMessage(text));
      }
    }
  }

  /// The next message; there has to be one.
  public static Message next(MessageConsumer consumer) throws JMSException {
    var message = consumer.receive(Until.PATIENCE.toMillis());
    assertThat(message).as("a message").isNotNull();
    return message;
  }

  public static String text(MessageConsumer consumer) throws JMSException {
    return text(next(consumer));
  }

  public static String text(Message message) throws JMSException {
    return message.getBody(String.class);
  }

  /// All that there is now: it asks the broker to send what it has and to say when that is all.
  public static List<String> all(MessageConsumer consumer) throws JMSException {
    var texts = new ArrayList<String>();
    for (var got = consumer.receiveNoWait(); got != null; got = consumer.receiveNoWait()) {
      texts.add(text(got));
    }
    return texts;
  }

  /// All that is in a queue now, taken.
  public List<String> all(String queue) throws JMSException {
    try (var consumer = session.createConsumer(session.createQueue(queue))) {
      return all(consumer);
    }
  }

  /// Says that the work on a message has failed; in a session that acknowledges each for itself.
  public static void fail(Message message) throws JMSException {
    message.setIntProperty("JMS_AMQP_ACK_TYPE", MODIFIED_FAILED);
    message.acknowledge();
  }

  /// What is done to a message before it is sent.
  @FunctionalInterface
  public interface Shape {
    void shape(Message message, int number) throws JMSException;
  }

  /// Sends `m0`, `m1`, ... on a thread of its own, each when the one before is confirmed.
  public Sending sending(String queue, Shape shape) throws JMSException {
    return new Sending(session(Session.AUTO_ACKNOWLEDGE), queue, shape);
  }

  /// Messages under way, whatever happens to the broker meanwhile.
  public static final class Sending {
    private final AtomicInteger confirmed = new AtomicInteger();
    private final CompletableFuture<Integer> all = new CompletableFuture<>();
    private volatile boolean enough;

    private Sending(Session session, String queue, Shape shape) {
      // Of its own: the pool that is everybody's may have one thread.
      Thread.ofPlatform()
          .daemon()
          .name("sending to " + queue)
          .start(() -> {
            try {
              all.complete(send(session, queue, shape));
            } catch (JMSException | RuntimeException e) {
              all.completeExceptionally(e);
            }
          });
    }

    private int send(Session session, String queue, Shape shape) throws JMSException {
      try (session;
          var producer = session.createProducer(session.createQueue(queue))) {
        while (!enough) {
          var message = session.createTextMessage("m" + confirmed.get());
          shape.shape(message, confirmed.get());
          producer.send(message);
          confirmed.incrementAndGet();
        }
        return confirmed.get();
      }
    }

    /// Waits until so many more are confirmed.
    public void awaitMore(int count) {
      int enough = confirmed.get() + count;
      Until.holds(
          "more is confirmed than " + confirmed,
          () -> all.isCompletedExceptionally() || confirmed.get() >= enough);
    }

    /// Ends it.
    ///
    /// @return how many there are
    public int stop() throws Exception {
      enough = true;
      return all.get(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() throws JMSException {
    connection.close();
  }
}
