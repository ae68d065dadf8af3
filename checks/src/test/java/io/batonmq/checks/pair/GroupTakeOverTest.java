package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.QueueSettings;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.message.RoutingType;
import io.batonmq.session.Management;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The active node is killed; groups have one owner each at the next one too, and exclusive queues one consumer.
class GroupTakeOverTest {
  private static final int GROUPS = 3;

  @RegisterExtension final Stage stage = new Stage();

  /// A consumer with a session of its own that writes down what it gets.
  private static final class Taker {
    private final ConcurrentLinkedQueue<String> got = new ConcurrentLinkedQueue<>();
    private final MessageConsumer consumer;

    Taker(Connection connection, String queue) throws JMSException {
      var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
      consumer = session.createConsumer(session.createQueue(queue));
      consumer.setMessageListener(message -> {
        try {
          got.add(message.getBody(String.class));
        } catch (JMSException e) {
          throw new IllegalStateException(e);
        }
      });
    }

    /// The numbers of one group from `from` on, each as often as it came.
    List<Integer> numbers(int group, int from) {
      return got.stream()
          .filter(text -> text.startsWith(group + ":"))
          .map(text -> Integer.valueOf(text.substring(text.indexOf(':') + 1)))
          .filter(number -> number >= from)
          .toList();
    }
  }

  private static Connection connect(Pair pair) throws JMSException {
    var connection =
        new JmsConnectionFactory(pair.url("&failover.maxReconnectDelay=500")).createConnection();
    connection.start();
    return connection;
  }

  private static void send(Session session, String queue, int from, int to) throws JMSException {
    try (var producer = session.createProducer(session.createQueue(queue))) {
      for (int n = from; n < to; n++) {
        var message = session.createTextMessage(n % GROUPS + ":" + n);
        message.setStringProperty("JMSXGroupID", "g" + n % GROUPS);
        producer.send(message);
      }
    }
  }

  private static void kill(Pair pair) {
    pair.primary().kill();
    pair.backup().awaitActive();
  }

  private static int distinct(List<Taker> takers, int from) {
    Set<Integer> all = new HashSet<>();
    for (Taker taker : takers) {
      for (int group = 0; group < GROUPS; group++) {
        all.addAll(taker.numbers(group, from));
      }
    }
    return all.size();
  }

  private static void eachGroupHasOneOwner(List<Taker> takers, int from, int count) {
    Until.holds("all have come", () -> distinct(takers, from) == count);
    for (int group = 0; group < GROUPS; group++) {
      List<List<Integer>> shares = new ArrayList<>();
      for (Taker taker : takers) {
        var numbers = taker.numbers(group, from);
        if (!numbers.isEmpty()) {
          shares.add(numbers);
        }
      }
      assertThat(shares).as("group " + group).hasSize(1);
      assertThat(shares.getFirst()).isSorted();
    }
  }

  @Test
  void eachGroupHasOneOwnerBeforeAndAfter() throws Exception {
    var pair = stage.pair().start();
    try (var connection = connect(pair);
        var session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
      var takers =
          List.of(
              new Taker(connection, "q"), new Taker(connection, "q"), new Taker(connection, "q"));
      send(session, "q", 0, 30);
      eachGroupHasOneOwner(takers, 0, 30);
      assertThat(takers).as("groups are spread").allMatch(taker -> !taker.got.isEmpty());

      kill(pair);

      send(session, "q", 30, 60);
      eachGroupHasOneOwner(takers, 30, 30);
    }
  }

  @Test
  void anExclusiveQueueHasOneConsumerBeforeAndAfter() throws Exception {
    var pair = stage.pair().start();
    pair.primary()
        .admin()
        .manage(
            new Management.CreateQueue(
                "one",
                "one",
                RoutingType.ANYCAST,
                new QueueSettings.Overrides(0, true, null, null, null, null, null, null),
                true,
                ""));
    try (var connection = connect(pair);
        var session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
      var takers = List.of(new Taker(connection, "one"), new Taker(connection, "one"));
      send(session, "one", 0, 10);
      Until.holds("all have come", () -> distinct(takers, 0) == 10);
      assertThat(takers.getFirst().got).hasSize(10);

      kill(pair);

      send(session, "one", 10, 20);
      Until.holds("all have come", () -> distinct(takers, 10) == 10);
      assertThat(takers).filteredOn(taker -> distinct(List.of(taker), 10) > 0).hasSize(1);
      assertThat(pair.backup().queue("one").orElseThrow().settings().exclusive()).isTrue();

      var serving = distinct(List.of(takers.getFirst()), 10) > 0 ? 0 : 1;
      takers.get(serving).consumer.close();
      send(session, "one", 20, 30);
      Until.holds("all have come", () -> distinct(takers, 20) == 10);
      assertThat(distinct(List.of(takers.get(1 - serving)), 20)).isEqualTo(10);
    }
  }
}
