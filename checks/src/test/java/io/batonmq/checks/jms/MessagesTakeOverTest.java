package io.batonmq.checks.jms;

import static io.batonmq.checks.harness.Application.fail;
import static io.batonmq.checks.harness.Application.next;
import static io.batonmq.checks.harness.Application.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.checks.harness.Application;
import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.TakeOver;
import io.batonmq.checks.harness.Until;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.TransactionRolledBackException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What becomes of messages when the active node is killed: how often they were delivered, when they are due,
/// and that they are there once.
class MessagesTakeOverTest {
  private static final int DUE = 20;
  private static final long DUE_STEP_MILLIS = 250;
  private static final long REDELIVERY_DELAY_MILLIS = 2_000;

  private static final String SETTINGS =
      """
      <address-setting match="tried">
        <max-delivery-attempts>3</max-delivery-attempts>
        <dead-letter-address>tried.dead</dead-letter-address>
      </address-setting>
      <address-setting match="patient">
        <redelivery-delay>%d</redelivery-delay>
      </address-setting>
      <address-setting match="short">
        <expiry-address>short.over</expiry-address>
      </address-setting>
      """
          .formatted(REDELIVERY_DELAY_MILLIS);

  @RegisterExtension final Stage stage = new Stage();

  private Pair pair() {
    return stage
        .pair(
            Pair.Plans.of(stage.path("store"))
                .withoutFailback()
                .with(plan ->
                    plan.replaced("<address-settings>", "<address-settings>" + SETTINGS)
                        .replaced(
                            "</addresses>",
                            queue("tried.dead") + queue("short.over") + "</addresses>")))
        .start();
  }

  private static String queue(String name) {
    return "<address name=\"%1$s\"><anycast><queue name=\"%1$s\"/></anycast></address>"
        .formatted(name);
  }

  @TestFactory
  Stream<DynamicTest> whenTheActiveIsKilled() {
    return new TakeOver(stage, pair())
        .of("deliveries are counted on", MessagesTakeOverTest::deliveriesAreCountedOn)
        .of("attempts end among the dead letters", MessagesTakeOverTest::attemptsEnd)
        .of("a redelivery delay goes on", MessagesTakeOverTest::aRedeliveryDelayGoesOn)
        .of("a delivery delay goes on", MessagesTakeOverTest::aDeliveryDelayGoesOn)
        .of("what expires is moved once", MessagesTakeOverTest::whatExpiresIsMovedOnce)
        .of("duplicate ids are recognised", MessagesTakeOverTest::duplicateIds)
        .of("an open transaction is rolled back", MessagesTakeOverTest::anOpenTransaction)
        .tests();
  }

  private static void deliveriesAreCountedOn(Pair pair, TakeOver.Moment takeOver) throws Exception {
    try (var app = Application.of(pair);
        var session = app.session(Session.CLIENT_ACKNOWLEDGE)) {
      var consumer = session.createConsumer(session.createQueue("counted"));
      app.send("counted", "m");
      var first = next(consumer);
      assertThat(first.getJMSRedelivered()).isFalse();
      assertThat(first.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);

      takeOver.happens();

      var second = next(consumer);
      assertThat(second.getJMSRedelivered()).isTrue();
      assertThat(second.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
      session.recover();
      var third = next(consumer);
      assertThat(third.getIntProperty("JMSXDeliveryCount")).isEqualTo(3);
      third.acknowledge();
      awaitCount(pair.backup(), "counted", 0);
    }
  }

  /// Two attempts have failed. What became of the third nobody knows: it counts, and does not kill.
  private static void attemptsEnd(Pair pair, TakeOver.Moment takeOver) throws Exception {
    try (var app = Application.of(pair)) {
      var consumer = app.consumer("tried", Application.INDIVIDUAL_ACKNOWLEDGE);
      app.send("tried", "bad");
      fail(next(consumer));
      fail(next(consumer));
      assertThat(next(consumer).getIntProperty("JMSXDeliveryCount")).isEqualTo(3);

      takeOver.happens();

      var again = next(consumer);
      assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(4);
      fail(again);
      awaitCount(pair.backup(), "tried.dead", 1);
      awaitCount(pair.backup(), "tried", 0);
      assertThat(app.all("tried.dead")).containsExactly("bad");
    }
  }

  private static void aRedeliveryDelayGoesOn(Pair pair, TakeOver.Moment takeOver) throws Exception {
    try (var app = Application.of(pair)) {
      var consumer = app.consumer("patient", Application.INDIVIDUAL_ACKNOWLEDGE);
      app.send("patient", "bad");
      var bad = next(consumer);
      long failed = System.currentTimeMillis();
      fail(bad);
      Until.holds(
          "it waits", () -> pair.primary().queue("patient").orElseThrow().scheduledCount() == 1);

      takeOver.happens();

      var again = next(consumer);
      // The clocks of both are the same, and count milliseconds.
      assertThat(System.currentTimeMillis() - failed)
          .isGreaterThanOrEqualTo(REDELIVERY_DELAY_MILLIS - 1);
      assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
      again.acknowledge();
      awaitCount(pair.backup(), "patient", 0);
    }
  }

  /// Some are due before the node dies, some while nobody serves, some later.
  private static void aDeliveryDelayGoesOn(Pair pair, TakeOver.Moment takeOver) throws Exception {
    try (var app = Application.of(pair);
        var producer = app.session().createProducer(app.session().createQueue("later"))) {
      for (int i = 0; i < DUE; i++) {
        producer.setDeliveryDelay((i + 1) * DUE_STEP_MILLIS);
        producer.send(app.session().createTextMessage("m" + i));
      }
      Until.holds(
          "some are due",
          () -> pair.primary().queue("later").orElseThrow().scheduledCount() < DUE - 1);

      takeOver.happens();

      try (var consumer = app.consumer("later", Session.AUTO_ACKNOWLEDGE)) {
        for (int i = 0; i < DUE; i++) {
          var message = next(consumer);
          assertThat(text(message)).isEqualTo("m" + i);
          assertThat(System.currentTimeMillis())
              .isGreaterThanOrEqualTo(message.getJMSDeliveryTime());
          assertThat(message.getJMSRedelivered()).isFalse();
        }
        awaitCount(pair.backup(), "later", 0);
      }
    }
  }

  private static void whatExpiresIsMovedOnce(Pair pair, TakeOver.Moment takeOver) throws Exception {
    try (var app = Application.of(pair);
        var producer = app.session().createProducer(app.session().createQueue("short"))) {
      for (int i = 0; i < DUE; i++) {
        producer.setTimeToLive((i + 1) * DUE_STEP_MILLIS);
        producer.send(app.session().createTextMessage("m" + i));
      }
      producer.setTimeToLive(0);
      producer.send(app.session().createTextMessage("for ever"));
      Until.holds(
          "some are over",
          () -> pair.primary().queue("short.over").orElseThrow().messageCount() > 1);

      takeOver.happens();

      awaitCount(pair.backup(), "short", 1);
      awaitCount(pair.backup(), "short.over", DUE);
      assertThat(app.all("short.over"))
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, DUE).mapToObj(i -> "m" + i).toList());
      assertThat(app.all("short")).containsExactly("for ever");
    }
  }

  /// A message with an id that was there already is answered and not kept, whoever sends it.
  private static void duplicateIds(Pair pair, TakeOver.Moment takeOver) throws Exception {
    try (var app = Application.of(pair);
        var transacted = app.session(Session.SESSION_TRANSACTED)) {
      sendWithId(app.session(), "first", "in effect");
      sendWithId(transacted, "first", "committed");
      transacted.commit();
      sendWithId(transacted, "first", "open");

      takeOver.happens();

      assertThatThrownBy(transacted::commit).isInstanceOf(TransactionRolledBackException.class);
      try (var stranger = Application.of(pair)) {
        for (var id : List.of("in effect", "committed", "open")) {
          sendWithId(stranger.session(), "again", id);
        }
      }
      assertThat(app.all("once"))
          .containsExactly("first: in effect", "first: committed", "again: open");
    }
  }

  private static void sendWithId(Session session, String text, String id) throws JMSException {
    try (var producer = session.createProducer(session.createQueue("once"))) {
      var message = session.createTextMessage(text + ": " + id);
      message.setStringProperty("_AMQ_DUPL_ID", id);
      producer.send(message);
    }
  }

  /// Neither what it has taken nor what it has sent is in effect; done again it is, once.
  private static void anOpenTransaction(Pair pair, TakeOver.Moment takeOver) throws Exception {
    try (var app = Application.of(pair);
        var session = app.session(Session.SESSION_TRANSACTED)) {
      app.send("in", "m");
      var in = session.createConsumer(session.createQueue("in"));
      var out = session.createProducer(session.createQueue("out"));
      assertThat(text(in)).isEqualTo("m");
      out.send(session.createTextMessage("before"));

      takeOver.happens();

      assertThatThrownBy(session::commit).isInstanceOf(TransactionRolledBackException.class);
      var again = next(in);
      assertThat(again.getJMSRedelivered()).isTrue();
      out.send(session.createTextMessage("after"));
      session.commit();
      awaitCount(pair.backup(), "in", 0);
      assertThat(app.all("out")).containsExactly("after");
    }
  }

  private static void awaitCount(Broker broker, String queue, long count) {
    Until.holds(
        queue + " has " + count, () -> broker.queue(queue).orElseThrow().messageCount() == count);
  }
}
