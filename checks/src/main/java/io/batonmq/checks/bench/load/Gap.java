package io.batonmq.checks.bench.load;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.concurrent.TimeUnit;

/// How long clients stand still: a few producers send, wait for each answer and send again, over a `failover:`
/// address. After a line on standard input (when the broker is being killed) the longest time between two
/// answers, of all producers together, is printed.
///
/// Arguments: producers, seconds (to wait at most after the line), queue. `never` is 1 if there was no
/// end of the waiting in that time.
final class Gap {
  private Gap() {}

  static void run(Clients clients, Arguments arguments) throws Exception {
    Window window = new Window();
    Longest longest = new Longest();
    for (int i = 0; i < arguments.number("producers", 1); i++) {
      Session session = clients.session();
      MessageProducer producer = Sends.producer(session, arguments.text("queue"));
      BytesMessage message = clients.message(session);
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            while (!window.over()) {
              try {
                producer.send(message);
                longest.answered();
              } catch (JMSException e) {
                longest.failed();
              }
            }
          });
    }
    if (!longest.await(200, 30)) {
      throw new IllegalStateException("only " + longest.answers() + " answers in 30 s");
    }
    longest.reset();
    System.out.println("ready");
    Driver.untilTold();
    long after = longest.answers();
    boolean resumed = longest.await(after + 200, arguments.number("seconds"));
    System.out.printf(
        "result gap_ms=%.1f answers=%d failures=%d never=%d%n",
        longest.longestNanos() / 1e6, longest.answers(), longest.failures(), resumed ? 0 : 1);
  }

  /// The longest time without an answer.
  private static final class Longest {
    private long last = System.nanoTime();
    private long longest;
    private long answers;
    private long failures;

    synchronized void answered() {
      long now = System.nanoTime();
      longest = Math.max(longest, now - last);
      last = now;
      answers++;
      notifyAll();
    }

    synchronized void failed() {
      failures++;
    }

    synchronized void reset() {
      longest = 0;
      last = System.nanoTime();
      answers = 0;
    }

    synchronized long answers() {
      return answers;
    }

    synchronized long failures() {
      return failures;
    }

    /// The gap that lasts until now among them.
    synchronized long longestNanos() {
      return Math.max(longest, System.nanoTime() - last);
    }

    synchronized boolean await(long count, int seconds) throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      while (answers < count) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          return false;
        }
        wait(left);
      }
      return true;
    }
  }
}
