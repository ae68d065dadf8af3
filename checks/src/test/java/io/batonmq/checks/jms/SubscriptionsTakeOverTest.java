package io.batonmq.checks.jms;

import static io.batonmq.checks.harness.Application.all;
import static io.batonmq.checks.harness.Application.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.checks.harness.Application;
import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.TakeOver;
import io.batonmq.checks.harness.Until;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.qpid.jms.JmsQueue;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What becomes of subscriptions, and of what belongs to a connection, when the active node is killed.
class SubscriptionsTakeOverTest {
  private static final int SHARED = 20;

  @RegisterExtension final Stage stage = new Stage();

  @TestFactory
  Stream<DynamicTest> whenTheActiveIsKilled() {
    var pair = stage.pair(Pair.Plans.of(stage.path("store")).withoutFailback()).start();
    return new TakeOver(stage, pair)
        .of("a durable subscription goes on", SubscriptionsTakeOverTest::aDurableOneGoesOn)
        .of("another selector begins it anew", SubscriptionsTakeOverTest::anotherSelector)
        .of(
            "a shared durable subscription goes on",
            (both, takeOver) ->
                aSharedOneGoesOn(both, takeOver, Session::createSharedDurableConsumer))
        .of(
            "a shared subscription goes on",
            (both, takeOver) -> aSharedOneGoesOn(both, takeOver, Session::createSharedConsumer))
        .of("a client id is one connection's", SubscriptionsTakeOverTest::aClientIdIsOneConnections)
        .of(
            "temporary destinations are their connection's",
            SubscriptionsTakeOverTest::temporaryDestinations)
        .tests();
  }

  /// One whose subscriber is there, and one whose subscriber is away all the while.
  private static void aDurableOneGoesOn(Pair pair, TakeOver.Moment takeOver) throws Exception {
    try (var app = Application.of(pair, "durable")) {
      var session = app.session(Session.AUTO_ACKNOWLEDGE);
      var topic = session.createTopic("news");
      var there = session.createDurableConsumer(topic, "there");
      session.createDurableConsumer(topic, "away").close();
      app.publish("news", "a");
      assertThat(text(there)).isEqualTo("a");
      awaitCount(pair.primary(), "durable.there", 0);

      takeOver.happens();

      app.publish("news", "b");
      assertThat(text(there)).isEqualTo("b");
      try (var back = session.createDurableConsumer(topic, "away")) {
        assertThat(text(back)).isEqualTo("a");
        assertThat(text(back)).isEqualTo("b");
        assertThat(all(back)).isEmpty();
      }
      session.unsubscribe("away");
      assertThat(pair.backup().queue("durable.away")).isEmpty();
    }
  }

  private static void anotherSelector(Pair pair, TakeOver.Moment takeOver) throws Exception {
    try (var app = Application.of(pair, "choosing")) {
      var session = app.session();
      var topic = session.createTopic("choice");
      session.createDurableConsumer(topic, "s", "JMSPriority > 1", false).close();
      app.publish("choice", "a");

      takeOver.happens();

      try (var same = session.createDurableConsumer(topic, "s", "JMSPriority > 1", false)) {
        assertThat(text(same)).isEqualTo("a");
      }
      app.publish("choice", "b");
      try (var other = session.createDurableConsumer(topic, "s", "JMSPriority > 2", false)) {
        assertThat(all(other)).isEmpty();
        app.publish("choice", "c");
        assertThat(text(other)).isEqualTo("c");
      }
    }
  }

  @FunctionalInterface
  private interface Subscribing {
    MessageConsumer to(Session session, jakarta.jms.Topic topic, String name) throws JMSException;
  }

  /// Two applications share what is published: each message is one's, and both have some.
  private static void aSharedOneGoesOn(Pair pair, TakeOver.Moment takeOver, Subscribing subscribing)
      throws Exception {
    try (var app = Application.of(pair);
        var other = Application.of(pair)) {
      var name = "shared" + System.identityHashCode(subscribing);
      var takers = new ArrayList<MessageConsumer>();
      for (var each : List.of(app, other)) {
        var session = each.session(Session.AUTO_ACKNOWLEDGE);
        takers.add(subscribing.to(session, session.createTopic(name), name));
      }
      isShared(app, takers, name, 0);
      Until.holds(
          "all is acknowledged", () -> subscription(pair.primary(), name).messageCount() == 0);

      takeOver.happens();

      Until.holds("both are back", () -> subscription(pair.backup(), name).consumerCount() == 2);
      isShared(app, takers, name, SHARED);
    }
  }

  private static void isShared(
      Application app, List<MessageConsumer> takers, String topic, int from) throws JMSException {
    var texts = IntStream.range(from, from + SHARED).mapToObj(n -> "m" + n).toList();
    app.publish(topic, texts.toArray(String[]::new));
    var first = all(takers.getFirst());
    var second = all(takers.getLast());
    assertThat(first).isNotEmpty();
    assertThat(second).isNotEmpty();
    first.addAll(second);
    assertThat(first).containsExactlyInAnyOrderElementsOf(texts);
  }

  private static io.batonmq.server.admin.QueueStat subscription(Broker broker, String name)
      throws Exception {
    return broker.admin().queues().stream()
        .filter(queue -> queue.address().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void aClientIdIsOneConnections(Pair pair, TakeOver.Moment takeOver)
      throws Exception {
    try (var app = Application.of(pair, "only")) {
      isTaken(pair.primary(), "only");

      takeOver.happens();

      app.send("only", "I am back");
      isTaken(pair.backup(), "only");
    }
    Application.of(pair.backup(), "only").close();
  }

  /// By a client that does not try again, as one with a failover address does for ever.
  private static void isTaken(Broker broker, String clientId) {
    assertThatThrownBy(() -> Application.of(broker, clientId))
        .isInstanceOf(InvalidClientIDException.class);
  }

  /// Those of a connection that comes back are there and still nobody else's; those of one that was lost with the node
  /// are gone.
  private static void temporaryDestinations(Pair pair, TakeOver.Moment takeOver) throws Exception {
    try (var app = Application.of(pair);
        var mortal = Application.of(pair.primary())) {
      var queue = app.session().createTemporaryQueue();
      var topic = app.session().createTemporaryTopic();
      var replies = app.session().createConsumer(queue);
      var reports = app.session().createConsumer(topic);
      var lost = mortal.session().createTemporaryQueue().getQueueName();
      assertThat(pair.primary().queue(lost)).isPresent();

      takeOver.happens();

      try (var stranger = Application.of(pair)) {
        var session = stranger.session();
        // It answers as soon as the connection that they belong to is back.
        Until.holds(
            "the queue is back", () -> pair.backup().queue(queue.getQueueName()).isPresent());
        session.createProducer(queue).send(session.createTextMessage("a reply"));
        assertThat(text(replies)).isEqualTo("a reply");
        session.createProducer(topic).send(session.createTextMessage("a report"));
        assertThat(text(reports)).isEqualTo("a report");
        assertThatThrownBy(() -> session.createConsumer(new JmsQueue(queue.getQueueName())))
            .isInstanceOf(JMSException.class)
            .hasMessageContaining("only the connection that made the temporary destination");
        assertThatThrownBy(() -> session.createProducer(new JmsQueue(lost)))
            .isInstanceOf(InvalidDestinationException.class);
        assertThat(pair.backup().queue(lost)).isEmpty();
      }
    }
  }

  private static void awaitCount(Broker broker, String queue, long count) {
    Until.holds(
        queue + " has " + count, () -> broker.queue(queue).orElseThrow().messageCount() == count);
  }
}
