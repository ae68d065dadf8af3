package io.batonmq.checks.bench.load;

import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Fills a queue and drains it.
///
/// Arguments: messages, bytes, queue; window for the fill, 0 for transactions instead: for a client that has no
/// asynchronous sends.
final class Backlog {
  static final String NUMBER = "n";
  private static final int BATCH = 500;
  static final long RECEIVE_MILLIS = 20_000;

  private Backlog() {}

  static void fill(Clients clients, Arguments arguments) throws Exception {
    int messages = arguments.number("messages");
    int window = arguments.number("window", 1000);
    if (window == 0) {
      transacted(clients, arguments, messages);
      return;
    }
    Semaphore room = new Semaphore(window);
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    Session session = clients.session();
    MessageProducer producer = Sends.producer(session, arguments.text("queue"));
    System.out.println("window begin");
    long began = System.nanoTime();
    for (int i = 0; i < messages && failure.get() == null; i++) {
      room.acquire();
      BytesMessage message = clients.message(session);
      message.setIntProperty(NUMBER, i);
      producer.send(
          message,
          new CompletionListener() {
            @Override
            public void onCompletion(Message sent) {
              room.release();
            }

            @Override
            public void onException(Message sent, Exception e) {
              failure.compareAndSet(null, e);
              room.release();
            }
          });
    }
    room.acquire(window);
    print(messages, began);
    Exception e = failure.get();
    if (e != null) {
      throw e;
    }
  }

  private static void transacted(Clients clients, Arguments arguments, int messages)
      throws JMSException {
    Session session = clients.transacted();
    MessageProducer producer = Sends.producer(session, arguments.text("queue"));
    System.out.println("window begin");
    long began = System.nanoTime();
    transacted(clients, session, producer, 0, messages);
    print(messages, began);
  }

  /// @param from number of the first one
  static void transacted(
      Clients clients, Session session, MessageProducer producer, int from, int messages)
      throws JMSException {
    for (int i = 0; i < messages; i++) {
      BytesMessage message = clients.message(session);
      message.setIntProperty(NUMBER, from + i);
      producer.send(message);
      if (i % BATCH == BATCH - 1 || i == messages - 1) {
        session.commit();
      }
    }
  }

  static void drain(Clients clients, Arguments arguments) throws Exception {
    int messages = arguments.number("messages");
    Session session = clients.session();
    MessageConsumer consumer = session.createConsumer(session.createQueue(arguments.text("queue")));
    System.out.println("window begin");
    long began = System.nanoTime();
    int outOfOrder = 0;
    int last = -1;
    for (int i = 0; i < messages; i++) {
      Message message = consumer.receive(RECEIVE_MILLIS);
      if (message == null) {
        throw new IllegalStateException("only " + i + " of " + messages + " came");
      }
      if (arguments.number("ordered", 1) == 1) {
        int number = message.getIntProperty(NUMBER);
        if (number <= last) {
          outOfOrder++;
        }
        last = number;
      }
    }
    print(messages, began);
    if (outOfOrder > 0) {
      throw new IllegalStateException(outOfOrder + " came out of order");
    }
  }

  private static void print(int messages, long began) {
    long nanos = System.nanoTime() - began;
    System.out.println("window end");
    System.out.printf(
        "result count=%d rate=%.1f ms=%.1f%n", messages, messages * 1e9 / nanos, nanos / 1e6);
  }
}
