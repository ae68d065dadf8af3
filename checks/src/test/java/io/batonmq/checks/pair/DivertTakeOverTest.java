package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The active node is killed while what is sent to one address goes to others too.
class DivertTakeOverTest {
  private static final String DIVERTS =
      """
      <diverts>
        <divert name="audit">
          <address>orders</address>
          <forwarding-address>audited</forwarding-address>
        </divert>
        <divert name="odd">
          <address>orders</address>
          <forwarding-address>odd</forwarding-address>
          <filter string="odd = TRUE"/>
          <exclusive>true</exclusive>
        </divert>
      </diverts>
      """;

  @RegisterExtension final Stage stage = new Stage();

  private static Connection connect(Pair pair) throws JMSException {
    var url = pair.url("&failover.maxReconnectDelay=500");
    var connection = new JmsConnectionFactory(url).createConnection();
    connection.start();
    return connection;
  }

  /// Sends one after the other until it is told that it is enough, and says how many.
  private static int send(Session session, AtomicBoolean enough) {
    try (var producer = session.createProducer(session.createQueue("orders"))) {
      int n = 0;
      while (!enough.get()) {
        var message = session.createTextMessage("m" + n);
        message.setBooleanProperty("odd", n % 2 == 1);
        producer.send(message);
        n++;
      }
      return n;
    } catch (JMSException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> taken(Session session, String queue) throws JMSException {
    try (var consumer = session.createConsumer(session.createQueue(queue))) {
      var texts = new ArrayList<String>();
      for (var got = consumer.receiveNoWait(); got != null; got = consumer.receiveNoWait()) {
        texts.add(got.getBody(String.class));
      }
      return texts;
    }
  }

  private static List<String> everySecond(int from, int to) {
    return IntStream.iterate(from, n -> n < to, n -> n + 2).mapToObj(n -> "m" + n).toList();
  }

  @Test
  void eachMessageIsInEachPlaceOnce() throws Exception {
    var pair =
        stage
            .pair(
                Pair.Plans.of(stage.path("store"))
                    .withoutFailback()
                    .with(plan -> plan.replaced("</core>", DIVERTS + "</core>")))
            .start();
    try (var connection = connect(pair);
        var session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
      // A send whose answer was lost is sent again, by the client and on its own.
      var enough = new AtomicBoolean();
      var sending = CompletableFuture.supplyAsync(() -> send(session, enough));
      Until.holds(
          "some are diverted",
          () ->
              pair.primary().admin().queues().stream()
                  .anyMatch(queue -> queue.name().equals("odd") && queue.messageCount() > 20));

      pair.primary().kill();
      pair.backup().awaitActive();

      enough.set(true);
      int many = sending.get(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(taken(session, "orders")).isEqualTo(everySecond(0, many));
      assertThat(taken(session, "audited")).isEqualTo(everySecond(0, many));
      assertThat(taken(session, "odd")).isEqualTo(everySecond(1, many));
    }
  }
}
