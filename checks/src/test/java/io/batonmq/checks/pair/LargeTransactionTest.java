package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Client;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.log.file.LogVerify;
import io.batonmq.server.admin.AdminException;
import io.batonmq.server.platform.DiskStorage;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.TransactionRolledBackException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Transactions that are larger than the heaps of both nodes, as an application has them.
class LargeTransactionTest {
  private static final String HEAP = "64m";
  private static final int BODY = 64 << 10;
  private static final String TEXT = "x".repeat(BODY);

  /// 200 MiB.
  private static final int MANY = 3_200;

  /// More than one chunk of a queue.
  private static final int FEW = 2_000;

  @RegisterExtension final Stage stage = new Stage();

  private Pair pair() {
    return stage
        .pair(
            Pair.Plans.of(stage.path("store"))
                .withoutFailback()
                .with(plan -> plan.withHeap(HEAP).withSegments("1M")))
        .start();
  }

  private static long waiting(Broker broker) {
    try {
      return broker.queue("large").map(queue -> queue.messageCount()).orElse(0L);
    } catch (AdminException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long storeBytes(Broker broker) throws Exception {
    try (var files = Files.walk(broker.store())) {
      long sum = 0;
      for (var file : files.filter(Files::isRegularFile).toList()) {
        sum += Files.exists(file) ? Files.size(file) : 0;
      }
      return sum;
    }
  }

  private static boolean isGone(Broker broker, String name) throws Exception {
    try (var files = Files.walk(broker.store())) {
      return files.noneMatch(file -> file.getFileName().toString().equals(name));
    }
  }

  private static Connection connect(Pair pair) throws JMSException {
    var connection =
        new JmsConnectionFactory(pair.url("&failover.maxReconnectDelay=500")).createConnection();
    connection.start();
    return connection;
  }

  private static void send(Session session, int count, int bytes, int mode) throws JMSException {
    byte[] body = new byte[bytes];
    try (var producer = session.createProducer(session.createQueue("large"))) {
      producer.setDeliveryMode(mode);
      for (int i = 0; i < count; i++) {
        var message = session.createBytesMessage();
        message.setIntProperty("n", i);
        message.writeBytes(body);
        producer.send(message);
      }
    }
  }

  /// Takes so many in one transaction, in the order in which they were sent.
  private static void take(Session session, int count, int bytes) throws JMSException {
    try (var consumer = session.createConsumer(session.createQueue("large"))) {
      for (int i = 0; i < count; i++) {
        var message = (BytesMessage) consumer.receive(Until.PATIENCE.toMillis());
        assertThat(message).as("message " + i).isNotNull();
        assertThat(message.getIntProperty("n")).isEqualTo(i);
        assertThat(message.getBodyLength()).isEqualTo(bytes);
      }
    }
  }

  private static void verify(Pair pair) {
    var active = pair.active();
    if (pair.other(active).running()) {
      assertThat(pair.other(active).stop()).isZero();
    }
    assertThat(active.stop()).isZero();
    assertThat(LogVerify.verify(DiskStorage.open(pair.primary().store())).damages()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({DeliveryMode.PERSISTENT + "," + MANY, DeliveryMode.NON_PERSISTENT + "," + MANY / 2})
  void itComesAsAWholeOnceAndInOrderAndGivesItsRoomBack(int mode, int many) throws Exception {
    long bytes = (long) many * BODY;
    var pair = pair();
    var node = pair.primary();
    try (var connection = connect(pair);
        var session = connection.createSession(Session.SESSION_TRANSACTED);
        var other = Client.to(node.url())) {
      send(session, many, BODY, mode);
      Until.holds("it is on the disk", () -> storeBytes(node) > bytes / 2);
      assertThat(waiting(node)).isZero();
      // Others go on meanwhile.
      other.send("other", "meanwhile");
      assertThat(other.receive("other", 1)).containsExactly("meanwhile");
      session.rollback();
      assertThat(waiting(node)).isZero();

      send(session, many, BODY, mode);
      session.commit();
      assertThat(waiting(node)).isEqualTo(many);
      // What was rolled back goes with a snapshot, which comes when enough was written.
      Until.holds(
          "what was rolled back is gone from the disk",
          () -> {
            other.fill("more", 64, TEXT);
            return isGone(node, "segment-0000000000000000");
          });

      take(session, many, BODY);
      session.rollback();
      take(session, many, BODY);
      session.commit();
      Until.holds("all of it is gone", () -> waiting(node) == 0);
    }
    verify(pair);
  }

  @Test
  void aNodeThatDiesInTheMiddleOfItTakesAllOfItAlong() throws Exception {
    var pair = pair();
    try (var connection = connect(pair);
        var session = connection.createSession(Session.SESSION_TRANSACTED)) {
      send(session, MANY / 2, BODY, DeliveryMode.PERSISTENT);
      Until.holds("most of it is there", () -> storeBytes(pair.primary()) > 60L << 20);
      pair.primary().kill();
      pair.backup().awaitActive();
      var commit = committing(session);
      assertThat(Client.outcome(commit)).startsWith("failed");
      assertThat(waiting(pair.backup())).isZero();

      send(session, MANY / 2, BODY, DeliveryMode.PERSISTENT);
      session.commit();
      take(session, MANY / 2, BODY);
      session.commit();
      assertThat(waiting(pair.backup())).isZero();
    }
    verify(pair);
  }

  private static CompletableFuture<String> committing(Session session) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        session.commit();
        return "committed";
      } catch (TransactionRolledBackException e) {
        throw new IllegalStateException("rolled back", e);
      } catch (JMSException e) {
        throw new IllegalStateException("in doubt", e);
      }
    });
  }

  /// The node dies a little before, in or after the step that is the commit. What the client says of a commit that is
  /// under way then is its own guess: it says that it was rolled back, and does not ask.
  @Test
  void aNodeThatDiesAroundTheCommitLeavesAllOrNothing() throws Exception {
    var pair = pair();
    int there = 0;
    long whole = commitNanos(pair);
    // In parts of the time that it takes; the last is answered before.
    for (double part : new double[] {0.5, 0.9, 1.0, 100}) {
      var node = pair.active();
      // Closed at the end: a client that is about to reconnect stumbles over a session that is
      // closed.
      var doubtful = stage.keep(connect(pair)).createSession(Session.SESSION_TRANSACTED);
      send(doubtful, FEW, 1_000, DeliveryMode.PERSISTENT);
      var commit = committing(doubtful);
      boolean committed = Client.isConfirmedWithin(commit, Duration.ofNanos((long) (part * whole)));
      node.kill();
      var next = pair.other(node).awaitActive();
      long waiting = waiting(next);
      assertThat(waiting).isIn(0L, (long) FEW);
      if (committed) {
        assertThat(waiting).isEqualTo(FEW);
      }
      var outcome =
          commit.handle((_, failure) -> String.valueOf(failure)).get(60, TimeUnit.SECONDS);
      System.out.println(part + ": " + waiting + " are there, the commit: " + outcome);
      there += waiting > 0 ? 1 : 0;
      try (var connection = connect(pair);
          var session = connection.createSession(Session.SESSION_TRANSACTED)) {
        if (waiting(pair.active()) > 0) {
          take(session, FEW, 1_000);
          session.commit();
        }
        assertThat(waiting(pair.active())).isZero();
      }
      node.start().awaitStandby();
      pair.awaitSeen();
    }
    System.out.println(there + " of 4 were in effect");
    assertThat(there).isPositive();
    verify(pair);
  }

  /// How long the commit takes that nothing happens to.
  private static long commitNanos(Pair pair) throws JMSException {
    try (var connection = connect(pair);
        var session = connection.createSession(Session.SESSION_TRANSACTED)) {
      send(session, FEW, 1_000, DeliveryMode.PERSISTENT);
      long begun = System.nanoTime();
      session.commit();
      long nanos = System.nanoTime() - begun;
      take(session, FEW, 1_000);
      session.commit();
      return nanos;
    }
  }
}
