package io.batonmq.checks.bench.load;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// From producer to consumer, counted when it is received. With `rate=0` producers go as fast as their
/// window of unanswered sends and the consumers allow; otherwise each message has a time at which it is
/// due, and its latency counts from then, however late it was really sent: a broker that stands still for
/// a second makes all that were due in it late. With `window=0` a producer waits for each answer: for a client
/// that has no asynchronous sends.
///
/// Arguments: producers, consumers, rate (messages a second in all), window, seconds, warmup, bytes, queue.
final class Flow {
  private static final String DUE = "due";

  /// How many may be under way per producer at saturation: more would measure the length of the queue.
  private static final int UNDER_WAY = 500;

  private Flow() {}

  static void run(Clients clients, Arguments arguments) throws Exception {
    Window window = new Window();
    String queue = arguments.text("queue");
    int producers = arguments.number("producers");
    int rate = arguments.number("rate", 0);
    Semaphore underWay = new Semaphore(UNDER_WAY * producers);
    for (int i = 0; i < arguments.number("consumers"); i++) {
      Session session = clients.session();
      MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
      start("consumer-" + i, window, () -> consume(window, consumer, underWay));
    }
    long base = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
    for (int i = 0; i < producers; i++) {
      Session session = clients.session();
      MessageProducer producer = Sends.producer(session, queue);
      if (rate == 0) {
        int inFlight = arguments.number("window", 100);
        Semaphore room = inFlight == 0 ? null : new Semaphore(inFlight);
        start(
            "producer-" + i,
            window,
            () -> saturate(window, clients, session, producer, room, underWay));
      } else {
        long period = TimeUnit.SECONDS.toNanos(producers) / rate;
        long first = base + period * i / producers;
        start(
            "producer-" + i,
            window,
            () -> keepTime(window, clients, session, producer, first, period));
      }
    }
    window.run(arguments.number("warmup"), arguments.number("seconds"));
  }

  private interface Work {
    void run() throws JMSException, InterruptedException;
  }

  private static void start(String name, Window window, Work work) {
    Thread.ofPlatform()
        .daemon()
        .name(name)
        .start(() -> {
          try {
            work.run();
          } catch (JMSException | InterruptedException | RuntimeException e) {
            if (!window.over()) {
              window.failed(e);
            }
          }
        });
  }

  private static void consume(Window window, MessageConsumer consumer, Semaphore underWay)
      throws JMSException {
    while (!window.over()) {
      var message = consumer.receive(1000);
      if (message != null) {
        window.count(System.nanoTime() - message.getLongProperty(DUE));
        underWay.release();
      }
    }
  }

  private static void saturate(
      Window window,
      Clients clients,
      Session session,
      MessageProducer producer,
      @Nullable Semaphore room,
      Semaphore underWay)
      throws JMSException, InterruptedException {
    while (!window.over()) {
      if (!underWay.tryAcquire(1, TimeUnit.SECONDS)) {
        continue;
      }
      BytesMessage message = clients.message(session);
      message.setLongProperty(DUE, System.nanoTime());
      if (room == null) {
        producer.send(message);
      } else {
        room.acquire();
        producer.send(message, new Answered(window, room));
      }
    }
  }

  private static void keepTime(
      Window window,
      Clients clients,
      Session session,
      MessageProducer producer,
      long first,
      long period)
      throws JMSException {
    for (long due = first; !window.over(); due += period) {
      long wait;
      while ((wait = due - System.nanoTime()) > 0 && !window.over()) {
        LockSupport.parkNanos(wait);
      }
      BytesMessage message = clients.message(session);
      message.setLongProperty(DUE, due);
      producer.send(message);
    }
  }

  /// Gives the producer its room back.
  private record Answered(Window window, Semaphore room) implements jakarta.jms.CompletionListener {
    @Override
    public void onCompletion(jakarta.jms.Message message) {
      room.release();
    }

    @Override
    public void onException(jakarta.jms.Message message, Exception e) {
      if (!window.over()) {
        window.failed(e);
      }
      room.release();
    }
  }
}
