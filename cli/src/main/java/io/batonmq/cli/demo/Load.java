package io.batonmq.cli.demo;

import io.batonmq.cli.Exit;
import io.batonmq.cli.UserException;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.jspecify.annotations.Nullable;

/// A producer and a consumer as any application has them: Qpid JMS, persistent messages, each confirmed
/// before the next, automatic acknowledgement, and an address that names both brokers.
final class Load implements AutoCloseable {
  static final String QUEUE = "TEST";

  private static final String NUMBER = "number";
  private static final String DELIVERIES = "JMSXDeliveryCount";
  private static final long RECEIVE_MILLIS = 200;
  private static final int UNKNOWN_MAX = 100;

  private final Account account;
  private final JmsConnectionFactory factory;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean sending = true;
  private volatile boolean receiving = true;
  private final Thread producer = Thread.ofPlatform().name("producer").unstarted(this::produce);
  private final Thread consumer = Thread.ofPlatform().name("consumer").unstarted(this::consume);

  Load(Account account, String url, String user, String password) {
    this.account = account;
    this.factory = new JmsConnectionFactory(user, password, url);
    factory.setCloseTimeout(2_000);
  }

  void start() {
    producer.setDaemon(true);
    consumer.setDaemon(true);
    consumer.start();
    producer.start();
  }

  /// @throws UserException if one of them could not go on
  void mustLive() {
    var cause = failure.get();
    if (cause != null) {
      throw new UserException(Exit.FAILED, "a client could not go on: " + cause.getMessage());
    }
  }

  /// Stops the producer after the message that it is at.
  void stopSending() throws InterruptedException {
    sending = false;
    producer.join();
  }

  void stopReceiving() throws InterruptedException {
    receiving = false;
    consumer.join();
  }

  @Override
  public void close() {
    sending = false;
    receiving = false;
    producer.interrupt();
    consumer.interrupt();
  }

  private interface Work {
    void run(Session session) throws JMSException;
  }

  private void with(Work work) {
    try (Connection connection = factory.createConnection();
        var session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
      connection.start();
      work.run(session);
    } catch (JMSException | RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  private void produce() {
    with(session -> {
      var queue = session.createProducer(session.createQueue(QUEUE));
      int unknowns = 0;
      while (sending) {
        int number = account.send();
        var message = session.createTextMessage("test message: " + number);
        message.setIntProperty(NUMBER, number);
        try {
          queue.send(message);
          account.confirm(number, System.nanoTime());
        } catch (JMSException e) {
          // Neither yes nor no. Sending it again would be a new message, so it is counted and left.
          account.unknown();
          if (++unknowns > UNKNOWN_MAX) {
            throw e;
          }
        }
      }
    });
  }

  private void consume() {
    with(session -> {
      var queue = session.createConsumer(session.createQueue(QUEUE));
      while (receiving) {
        var message = queue.receive(RECEIVE_MILLIS);
        if (message != null) {
          account.receive(message.getIntProperty(NUMBER), again(message), System.nanoTime());
        }
      }
    });
  }

  private static boolean again(Message message) throws JMSException {
    return message.getJMSRedelivered() || message.getIntProperty(DELIVERIES) > 1;
  }
}
