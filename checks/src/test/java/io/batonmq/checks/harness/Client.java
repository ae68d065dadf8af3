package io.batonmq.checks.harness;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.qpid.jms.JmsConnection;
import org.apache.qpid.jms.JmsConnectionFactory;

/// One connection and one session, for tests that say step by step what a client does.
public final class Client implements AutoCloseable {
  private final JmsConnection connection;
  private final Session session;

  private Client(JmsConnection connection, Session session) {
    this.connection = connection;
    this.session = session;
  }

  public static Client to(String url) throws JMSException {
    var connection = (JmsConnection) new JmsConnectionFactory(url).createConnection();
    try {
      connection.start();
      return new Client(connection, connection.createSession(Session.AUTO_ACKNOWLEDGE));
    } catch (JMSException e) {
      connection.close();
      throw e;
    }
  }

  /// Sends a durable text, and returns when it is confirmed.
  public void send(String queue, String text) throws JMSException {
    var producer = session.createProducer(session.createQueue(queue));
    try (producer) {
      producer.setDeliveryMode(DeliveryMode.PERSISTENT);
      producer.send(session.createTextMessage(text));
    }
  }

  /// Sends many texts in transactions, which is the fastest way.
  public void fill(String queue, int count, String text) throws JMSException {
    try (var own = connection.createSession(Session.SESSION_TRANSACTED);
        var producer = own.createProducer(own.createQueue(queue))) {
      for (int i = 1; i <= count; i++) {
        producer.send(own.createTextMessage(text));
        if (i % 500 == 0 || i == count) {
          own.commit();
        }
      }
    }
  }

  /// Sends from now on on a thread of its own: done when it is confirmed, failed when the client gives up.
  public CompletableFuture<String> sending(String queue, String text) {
    var done = new CompletableFuture<String>();
    Thread.ofPlatform()
        .daemon()
        .name("sending " + text)
        .start(() -> {
          try {
            send(queue, text);
            done.complete(text);
          } catch (JMSException | RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  /// Sends the text again and again; done only in that it fails.
  public CompletableFuture<String> sendingOn(String queue, String text) {
    var done = new CompletableFuture<String>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (true) {
              send(queue, text);
            }
          } catch (JMSException | RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  /// Whether it is confirmed, and that in this time.
  public static boolean isConfirmedWithin(CompletableFuture<String> sending, Duration patience) {
    try {
      sending.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// Receives so many texts, in order, each acknowledged; an exception if they do not come.
  public List<String> receive(String queue, int count) throws JMSException {
    var texts = new ArrayList<String>();
    try (var consumer = session.createConsumer(session.createQueue(queue))) {
      while (texts.size() < count) {
        var message = consumer.receive(Until.PATIENCE.toMillis());
        if (message == null) {
          throw new AssertionError("only " + texts.size() + " of " + count + " came: " + texts);
        }
        texts.add(message.getBody(String.class));
      }
    }
    return texts;
  }

  /// Waits for something to be done, not for ever; answers the failure if it failed.
  public static String outcome(CompletableFuture<String> sending) {
    try {
      return "confirmed " + sending.get(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return "failed " + e.getCause();
    } catch (TimeoutException e) {
      return "neither confirmed nor failed";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws JMSException {
    connection.close();
  }
}
