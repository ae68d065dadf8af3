package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.StreamingPeer;
import io.batonmq.checks.harness.Until;
import io.batonmq.server.admin.AdminException;
import jakarta.jms.BytesMessage;
import jakarta.jms.Session;
import java.nio.file.Files;
import java.util.Arrays;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Messages that are larger than the heaps of both nodes.
class LargeMessageTest {
  /// `-Dbaton.large=1024` is the long form: `scripts/long-checks`.
  private static final long LARGE = Long.getLong("baton.large", 200) << 20;

  private static final String HEAP = "64m";
  private static final int JMS_BYTES = 20 << 20;

  @RegisterExtension final Stage stage = new Stage();

  private Pair pair() {
    return stage
        .pair(
            Pair.Plans.of(stage.path("store")).withoutFailback().with(plan -> plan.withHeap(HEAP)))
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

  @Test
  void oneIsTakenOverAndDeliveredWithoutBeingHeldWhole() throws Exception {
    var pair = pair();
    try (var peer = new StreamingPeer(pair.primary().port())) {
      peer.send("large", "one", LARGE);
      assertThat(waiting(pair.primary())).isEqualTo(1);
      // The next one is half here when the node dies.
      peer.sendPart("large", "two", LARGE, LARGE / 2);
      pair.primary().kill();
    }
    pair.backup().awaitActive();

    assertThat(waiting(pair.backup())).isEqualTo(1);
    try (var peer = new StreamingPeer(pair.backup().port())) {
      peer.send("large", "two", LARGE);
      for (int i = 0; i < 2; i++) {
        var taken = peer.take("large");
        assertThat(taken.bytes()).isEqualTo(LARGE);
        assertThat(taken.sum()).isEqualTo(StreamingPeer.sum(LARGE));
      }
      Until.holds("both are gone", () -> waiting(pair.backup()) == 0);
      // What they took of the disk comes back, once a snapshot lies above it.
      peer.send("large", "three", LARGE);
      assertThat(peer.take("large").bytes()).isEqualTo(LARGE);
      Until.holds("there is room again", () -> storeBytes(pair.backup()) < 2 * LARGE);
    }
  }

  @Test
  void aJmsClientSendsAndTakesThemLikeOthers() throws Exception {
    var pair = pair();
    var url = pair.url("&failover.maxReconnectDelay=500");
    byte[] body = new byte[JMS_BYTES];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) (i * 31);
    }
    try (var connection = new JmsConnectionFactory(url).createConnection()) {
      connection.start();
      try (var session = connection.createSession(true, Session.SESSION_TRANSACTED);
          var producer = session.createProducer(session.createQueue("large"))) {
        for (int i = 0; i < 6; i++) {
          var message = session.createBytesMessage();
          message.setIntProperty("n", i);
          message.writeBytes(body);
          producer.send(message);
        }
        session.commit();
      }
      pair.primary().kill();
      pair.backup().awaitActive();
      try (var session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
        var queue = session.createQueue("large");
        try (var chosen = session.createConsumer(queue, "n = 4")) {
          same((BytesMessage) chosen.receive(Until.PATIENCE.toMillis()), 4, body);
        }
        try (var browser = session.createBrowser(queue)) {
          assertThat(browser.getEnumeration().asIterator()).toIterable().hasSize(5);
        }
        try (var consumer = session.createConsumer(queue)) {
          for (int i : new int[] {0, 1, 2, 3, 5}) {
            same((BytesMessage) consumer.receive(Until.PATIENCE.toMillis()), i, body);
          }
          assertThat(consumer.receiveNoWait()).isNull();
        }
      }
    }
  }

  private static void same(BytesMessage message, int number, byte[] body) throws Exception {
    assertThat(message).as("message " + number).isNotNull();
    assertThat(message.getIntProperty("n")).isEqualTo(number);
    byte[] got = new byte[Math.toIntExact(message.getBodyLength())];
    message.readBytes(got);
    assertThat(Arrays.equals(got, body)).as("the body of message " + number).isTrue();
  }
}
