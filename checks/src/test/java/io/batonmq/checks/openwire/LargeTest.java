package io.batonmq.checks.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.log.file.LogVerify;
import io.batonmq.server.platform.DiskStorage;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Messages of the stock client that are large: its client keeps each whole, in one frame.
class LargeTest {
  private static final int LARGE = 16 << 20;

  /// Of a message that is on the disk when the node is killed, of many pieces.
  private static final int BEGUN = 2 << 20;

  @RegisterExtension final Stage stage = new Stage();

  private static Connection connect(Pair pair) throws JMSException {
    var url =
        "failover:(tcp://127.0.0.1:%d,tcp://127.0.0.1:%d)?randomize=false"
            .formatted(pair.primary().port(), pair.backup().port());
    var connection =
        new ActiveMQConnectionFactory(NodePlan.USER, NodePlan.PASSWORD, url).createConnection();
    connection.start();
    return connection;
  }

  private static byte[] body(int number) {
    var body = new byte[LARGE];
    new Random(number).nextBytes(body);
    return body;
  }

  private static long sum(byte[] body) {
    var sum = new CRC32();
    sum.update(body);
    return sum.getValue();
  }

  @Test
  void oneThatIsHalfOnTheDiskWhenTheNodeIsKilledIsSentAgainAndThereOnce() throws Exception {
    var plans =
        Pair.Plans.of(stage.path("store")).withoutFailback().with(plan -> plan.withHeap("256m"));
    var pair = stage.pair(plans).start();
    var active = pair.primary();
    try (var connection = connect(pair)) {
      var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
      var queue = session.createQueue("large");
      for (int number = 1; number <= 2; number++) {
        long before = active.storeBytes();
        var body = body(number);
        var sent = CompletableFuture.runAsync(() -> send(session, body));
        var sending = active;
        Until.holds("some of it is there", () -> sending.storeBytes() > before + BEGUN);
        active.kill();
        assertThat(sent.isDone()).as("the kill came too late").isFalse();
        var next = pair.other(active).awaitActive();
        active.start().awaitStandby();
        active = next;
        sent.get(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
      var last = active;
      assertThat(last.queue("large").orElseThrow().messageCount()).isEqualTo(2);
      try (var consumer = session.createConsumer(queue)) {
        for (int number = 1; number <= 2; number++) {
          var got = (BytesMessage) consumer.receive(Until.PATIENCE.toMillis());
          assertThat(got).as("message " + number).isNotNull();
          var body = new byte[Math.toIntExact(got.getBodyLength())];
          got.readBytes(body);
          assertThat(sum(body)).isEqualTo(sum(body(number)));
        }
      }
      Until.holds(
          "all is acknowledged", () -> last.queue("large").orElseThrow().messageCount() == 0);
    }
    assertThat(active.stop()).isZero();
    assertThat(LogVerify.verify(DiskStorage.open(active.store())).damages()).isEmpty();
  }

  private static void send(Session session, byte[] body) {
    try (var producer = session.createProducer(session.createQueue("large"))) {
      var message = session.createBytesMessage();
      message.writeBytes(body);
      producer.send(message);
    } catch (JMSException e) {
      throw new IllegalStateException(e);
    }
  }
}
