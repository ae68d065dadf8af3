package io.batonmq.checks.bench.load;

import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Persistent sends, each counted when it is confirmed. With `window=0` every producer waits for each
/// answer (a closed loop: how long a send takes is what its thread waited); otherwise it has up to that
/// many under way.
///
/// Arguments: producers, window, seconds, warmup, bytes, queue.
final class Sends {
  private Sends() {}

  static void run(Clients clients, Arguments arguments) throws Exception {
    Window window = new Window();
    int producers = arguments.number("producers");
    int inFlight = arguments.number("window", 0);
    for (int i = 0; i < producers; i++) {
      Session session = clients.session();
      MessageProducer producer = producer(session, arguments.text("queue"));
      BytesMessage message = clients.message(session);
      Thread.ofPlatform()
          .daemon()
          .name("producer-" + i)
          .start(() -> {
            try {
              if (inFlight == 0) {
                blocking(window, producer, message);
              } else {
                windowed(window, clients, session, producer, inFlight);
              }
            } catch (JMSException | InterruptedException | RuntimeException e) {
              if (!window.over()) {
                window.failed(e);
              }
            }
          });
    }
    window.run(arguments.number("warmup"), arguments.number("seconds"));
  }

  static MessageProducer producer(Session session, String queue) throws JMSException {
    MessageProducer producer = session.createProducer(session.createQueue(queue));
    producer.setDeliveryMode(DeliveryMode.PERSISTENT);
    return producer;
  }

  private static void blocking(Window window, MessageProducer producer, BytesMessage message)
      throws JMSException {
    while (!window.over()) {
      long began = System.nanoTime();
      producer.send(message);
      window.count(System.nanoTime() - began);
    }
  }

  private static void windowed(
      Window window, Clients clients, Session session, MessageProducer producer, int inFlight)
      throws JMSException, InterruptedException {
    Semaphore room = new Semaphore(inFlight);
    while (!window.over()) {
      if (!room.tryAcquire(1, TimeUnit.SECONDS)) {
        continue;
      }
      producer.send(clients.message(session), new Counting(window, room));
    }
  }

  /// Counts a send when its answer comes.
  static final class Counting implements CompletionListener {
    private final Window window;
    private final Semaphore room;
    private final long began = System.nanoTime();

    Counting(Window window, Semaphore room) {
      this.window = window;
      this.room = room;
    }

    @Override
    public void onCompletion(Message message) {
      window.count(System.nanoTime() - began);
      room.release();
    }

    @Override
    public void onException(Message message, Exception e) {
      if (!window.over()) {
        window.failed(e);
      }
      room.release();
    }
  }
}
