package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Application;
import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A queue of more than its broker could hold in memory: drained in order again and again, with the same memory
/// each time, and the disk given back; looked through while others are served.
class DeepQueueTest {
  /// `-Dbaton.deep=1000000 -Dbaton.deep.bytes=1024 -Dbaton.cycles=10` is the long form: `scripts/long-checks`.
  private static final int MESSAGES = Integer.getInteger("baton.deep", 40_000);

  private static final int BYTES = Integer.getInteger("baton.deep.bytes", 3_000);
  private static final int CYCLES = Integer.getInteger("baton.cycles", 2);

  /// As 256 MiB are for 1,000,000, and not below what a broker needs that has nothing.
  private static final String HEAP = Math.max(64, MESSAGES / 4_000) + "m";

  private static final String QUEUE = "deep";
  private static final String TEXT = "t".repeat(BYTES);
  private static final int BATCH = 500;
  private static final int FEW = 100;
  private static final double HEAP_MORE_MIB = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void whatIsLargerThanTheHeapIsDrainedInOrderAgainAndAgain() throws Exception {
    var node = stage.broker(NodePlan.single("node").withHeap(HEAP)).start().awaitActive();
    double first = 0;
    for (int cycle = 1; cycle <= CYCLES; cycle++) {
      fill(node);
      assertThat(node.queue(QUEUE).orElseThrow().messageCount()).isEqualTo(MESSAGES);
      if (cycle == 1) {
        isLookedThroughWhileOthersAreServed(node);
      }
      drain(node);
      double heap = node.heapMib();
      System.out.printf(
          "cycle=%d heap_mib=%.1f store_mib=%d%n", cycle, heap, node.storeBytes() >> 20);
      first = cycle == 1 ? heap : first;
      assertThat(heap).as("heap after cycle " + cycle).isLessThan(first + HEAP_MORE_MIB);
    }
    // What is left is what the log may grow by before its next snapshot, and the segments kept
    // ready.
    long sent = (long) CYCLES * MESSAGES * TEXT.length();
    Until.holds(
        "the disk holds less than the " + (sent >> 20) + " MiB that were sent",
        () -> node.storeBytes() < sent);
    assertThat(node.stop()).isZero();
  }

  private static void fill(Broker node) throws JMSException {
    try (var app = Application.of(node);
        var session = app.session(Session.SESSION_TRANSACTED);
        var producer = session.createProducer(session.createQueue(QUEUE))) {
      for (int n = 0; n < MESSAGES; n++) {
        var message = session.createTextMessage(TEXT);
        message.setIntProperty("n", n);
        producer.send(message);
        if (n % BATCH == BATCH - 1 || n == MESSAGES - 1) {
          session.commit();
        }
      }
    }
  }

  private static void drain(Broker node) throws Exception {
    try (var app = Application.of(node);
        var consumer = app.consumer(QUEUE, Session.AUTO_ACKNOWLEDGE)) {
      for (int n = 0; n < MESSAGES; n++) {
        assertThat(Application.next(consumer).getIntProperty("n")).isEqualTo(n);
      }
      assertThat(consumer.receiveNoWait()).isNull();
    }
    Until.holds("all is acknowledged", () -> node.queue(QUEUE).orElseThrow().messageCount() == 0);
  }

  /// A consumer finds the only one that it wants at the end, a browser sees the last few; meanwhile an application goes
  /// on that has nothing to do with either.
  private static void isLookedThroughWhileOthersAreServed(Broker node) throws Exception {
    try (var other = new Rounds(node);
        var app = Application.of(node)) {
      var session = app.session(Session.CLIENT_ACKNOWLEDGE);
      var queue = session.createQueue(QUEUE);
      other.awaitMore(FEW);
      int before = other.done.get();
      long began = System.nanoTime();
      try (var last = session.createConsumer(queue, "n = " + (MESSAGES - 1))) {
        assertThat(Application.next(last).getIntProperty("n")).isEqualTo(MESSAGES - 1);
        // It goes back to where it was.
        session.recover();
      }
      session.close();
      try (var browser =
          app.session()
              .createBrowser(app.session().createQueue(QUEUE), "n >= " + (MESSAGES - FEW))) {
        assertThat(Collections.list(browser.getEnumeration())).hasSize(FEW);
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      int rounds = other.done.get() - before;
      System.out.printf("looked_through_ms=%d rounds_of_another=%d%n", millis, rounds);
      assertThat(rounds).as("rounds of another application in " + millis + " ms").isGreaterThan(10);
      other.awaitMore(FEW);
    }
  }

  /// An application on a queue of its own: sends one, takes one, until it is closed.
  private static final class Rounds implements AutoCloseable {
    private final AtomicInteger done = new AtomicInteger();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean over;

    Rounds(Broker node) {
      Thread.ofPlatform()
          .daemon()
          .name("another application")
          .start(() -> {
            try (var app = Application.of(node);
                var consumer = app.consumer("other", Session.AUTO_ACKNOWLEDGE)) {
              while (!over) {
                app.send("other", "round " + done);
                assertThat(Application.text(consumer)).isEqualTo("round " + done);
                done.incrementAndGet();
              }
              ended.complete(null);
            } catch (JMSException | RuntimeException | AssertionError e) {
              ended.completeExceptionally(e);
            }
          });
    }

    void awaitMore(int count) {
      int enough = done.get() + count;
      Until.holds("another application is served", () -> ended.isDone() || done.get() >= enough);
    }

    @Override
    public void close() throws Exception {
      over = true;
      ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }
}
