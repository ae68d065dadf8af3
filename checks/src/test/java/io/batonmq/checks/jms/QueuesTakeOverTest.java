package io.batonmq.checks.jms;

import static io.batonmq.checks.harness.Application.all;
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
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What queues of each kind do when the active node is killed.
class QueuesTakeOverTest {
  private static final String SETTINGS =
      """
      <address-setting match="auto.#">
        <auto-delete-queues>true</auto-delete-queues>
        <auto-delete-addresses>true</auto-delete-addresses>
      </address-setting>
      """;

  private static final String ADDRESSES =
      """
      <address name="ring"><anycast><queue name="ring" ring-size="3"/></anycast></address>
      <address name="last"><anycast><queue name="last" last-value-key="stock"/></anycast></address>
      <address name="table"><anycast><queue name="table" non-destructive="true"/></anycast></address>
      <address name="one"><anycast><queue name="one" max-consumers="1"/></anycast></address>
      <address name="live">
        <anycast><queue name="live" purge-on-no-consumers="true"/></anycast>
      </address>
      """;

  @RegisterExtension final Stage stage = new Stage();

  private Pair pair() {
    return stage
        .pair(
            Pair.Plans.of(stage.path("store"))
                .withoutFailback()
                .with(plan ->
                    plan.replaced(
                            "<acceptors>",
                            "<address-queue-scan-period>100</address-queue-scan-period><acceptors>")
                        .replaced("<address-settings>", "<address-settings>" + SETTINGS)
                        .replaced("</addresses>", ADDRESSES + "</addresses>")))
        .start();
  }

  @TestFactory
  Stream<DynamicTest> whenTheActiveIsKilled() {
    return new TakeOver(stage, pair())
        .of("a ring keeps the newest", (pair, takeOver) -> newestStay(pair, takeOver, "ring"))
        .of("of each value the last stays", (pair, takeOver) -> newestStay(pair, takeOver, "last"))
        .of("a table is read from its front", QueuesTakeOverTest::aTableIsReadFromItsFront)
        .of("a group is closed when it is settled", QueuesTakeOverTest::aGroupIsClosed)
        .of("purge-on-no-consumers waits for consumers", QueuesTakeOverTest::purgingWaits)
        .of("unused queues go", QueuesTakeOverTest::unusedQueuesGo)
        .of("max-consumers", QueuesTakeOverTest::maxConsumers)
        .of("priorities", QueuesTakeOverTest::priorities)
        .tests();
  }

  /// Both queues keep three, of what is sent all the while. One of the first is out with a consumer when the node
  /// dies: when it comes back there are newer ones.
  private static void newestStay(Pair pair, TakeOver.Moment takeOver, String queue)
      throws Exception {
    try (var app = Application.of(pair);
        var holding = Application.ahead(pair, 0)) {
      var holder = holding.consumer(queue, Session.CLIENT_ACKNOWLEDGE);
      var sending =
          app.sending(
              queue, (message, n) -> message.setStringProperty("stock", "abc".charAt(n % 3) + ""));
      next(holder);
      sending.awaitMore(10);

      takeOver.happens();

      sending.awaitMore(10);
      int count = sending.stop();
      holding.close();
      Until.holds(
          "the older ones go", () -> pair.backup().queue(queue).orElseThrow().messageCount() == 3);
      assertThat(app.all(queue))
          .isEqualTo(IntStream.range(count - 3, count).mapToObj(n -> "m" + n).toList());
    }
  }

  private static void aTableIsReadFromItsFront(Pair pair, TakeOver.Moment takeOver)
      throws Exception {
    try (var app = Application.of(pair)) {
      app.send("table", "a", "b");
      var reader = app.consumer("table", Session.AUTO_ACKNOWLEDGE);
      assertThat(text(reader)).isEqualTo("a");
      assertThat(text(reader)).isEqualTo("b");

      takeOver.happens();

      app.send("table", "c");
      for (var text : List.of("a", "b", "c")) {
        assertThat(text(reader)).isEqualTo(text);
      }
      assertThat(app.all("table")).containsExactly("a", "b", "c");
    }
  }

  /// The message with sequence -1 and the one before it are out with a consumer. At the next node they are of
  /// one owner again, and what comes after them waits until they are settled.
  private static void aGroupIsClosed(Pair pair, TakeOver.Moment takeOver) throws Exception {
    try (var app = Application.of(pair);
        var other = Application.of(pair)) {
      var one = app.consumer("grouped", Session.CLIENT_ACKNOWLEDGE);
      sendOfGroup(app, "g0", 1);
      sendOfGroup(app, "g1", -1);
      assertThat(text(one)).isEqualTo("g0");
      assertThat(text(one)).isEqualTo("g1");
      var two = other.consumer("grouped", Session.CLIENT_ACKNOWLEDGE);
      sendOfGroup(app, "g2", 1);
      assertThat(all(two)).as("while it is not settled").isEmpty();

      takeOver.happens();

      var first = either(one, two);
      var owner = first.consumer();
      assertThat(text(first.message())).isEqualTo("g0");
      assertThat(first.message().getJMSRedelivered()).isTrue();
      var closing = next(owner);
      assertThat(text(closing)).isEqualTo("g1");
      assertThat(closing.getIntProperty("JMSXGroupSeq")).isEqualTo(-1);
      assertThat(all(one)).as("while it is not settled").isEmpty();
      assertThat(all(two)).as("while it is not settled").isEmpty();
      closing.acknowledge();
      var after = either(one, two);
      assertThat(text(after.message())).isEqualTo("g2");
      after.message().acknowledge();
    }
  }

  private static void sendOfGroup(Application app, String text, int sequence) throws Exception {
    try (var producer = app.session().createProducer(app.session().createQueue("grouped"))) {
      var message = app.session().createTextMessage(text);
      message.setStringProperty("JMSXGroupID", "g");
      message.setIntProperty("JMSXGroupSeq", sequence);
      producer.send(message);
    }
  }

  private record Got(MessageConsumer consumer, Message message) {}

  /// Waits until one of them is given something.
  private static Got either(MessageConsumer one, MessageConsumer two) {
    var got = new Got[1];
    Until.holds(
        "one of them is given something",
        () -> {
          for (var consumer : List.of(one, two)) {
            var message = consumer.receiveNoWait();
            if (message != null) {
              got[0] = new Got(consumer, message);
              return true;
            }
          }
          return false;
        });
    return got[0];
  }

  /// Consumers are away for a moment, which does not empty their queue.
  private static void purgingWaits(Pair pair, TakeOver.Moment takeOver) throws Exception {
    try (var app = Application.ahead(pair, 1)) {
      app.send("live", "nobody is there");
      var consumer = app.consumer("live", Session.CLIENT_ACKNOWLEDGE);
      app.send("live", "m0", "m1", "m2");
      assertThat(text(consumer)).isEqualTo("m0");

      takeOver.happens();

      var again = next(consumer);
      assertThat(text(again)).isEqualTo("m0");
      assertThat(again.getJMSRedelivered()).isTrue();
      assertThat(text(consumer)).isEqualTo("m1");
      var last = next(consumer);
      assertThat(text(last)).isEqualTo("m2");
      last.acknowledge();
      consumer.close();
      // It would be thrown away here, but for the time that other consumers have to come back.
      app.send("live", "m3");
      assertThat(app.all("live")).containsExactly("m3");
    }
  }

  private static void unusedQueuesGo(Pair pair, TakeOver.Moment takeOver) throws Exception {
    try (var app = Application.of(pair)) {
      app.send("auto.gone", "m");
      assertThat(app.all("auto.gone")).containsExactly("m");
      awaitGone(pair.primary(), "auto.gone");
      app.send("auto.full", "m");
      var consumer = app.consumer("auto.used", Session.AUTO_ACKNOWLEDGE);
      assertThat(pair.primary().queue("auto.used")).isPresent();

      takeOver.happens();

      assertThat(pair.backup().queue("auto.gone")).isEmpty();
      app.send("auto.used", "after");
      assertThat(text(consumer)).isEqualTo("after");
      consumer.close();
      awaitGone(pair.backup(), "auto.used");
      assertThat(app.all("auto.full")).containsExactly("m");
      awaitGone(pair.backup(), "auto.full");
      assertThat(pair.backup().queue("ring")).isPresent();
    }
  }

  private static void awaitGone(Broker broker, String queue) {
    Until.holds(
        queue + " goes with its address",
        () ->
            broker.queue(queue).isEmpty()
                && broker.admin().addresses().stream().noneMatch(it -> it.name().equals(queue)));
  }

  private static void maxConsumers(Pair pair, TakeOver.Moment takeOver) throws Exception {
    try (var app = Application.of(pair)) {
      var first = app.consumer("one", Session.AUTO_ACKNOWLEDGE);
      isFull(pair.primary());

      takeOver.happens();

      app.send("one", "m");
      assertThat(text(first)).isEqualTo("m");
      isFull(pair.backup());
      first.close();
      try (var next = Application.of(pair.backup())) {
        next.consumer("one", Session.AUTO_ACKNOWLEDGE).close();
      }
    }
  }

  private static void isFull(Broker node) throws JMSException {
    try (var other = Application.of(node)) {
      assertThatThrownBy(() -> other.consumer("one", Session.AUTO_ACKNOWLEDGE))
          .isInstanceOf(JMSException.class)
          .hasMessageContaining("which is all it may have");
    }
  }

  private static void priorities(Pair pair, TakeOver.Moment takeOver) throws Exception {
    try (var app = Application.of(pair);
        var producer = app.session().createProducer(app.session().createQueue("urgent"))) {
      for (int priority : new int[] {1, 9, 5}) {
        producer.setPriority(priority);
        producer.send(app.session().createTextMessage("before " + priority));
      }

      takeOver.happens();

      for (int priority : new int[] {9, 0}) {
        producer.setPriority(priority);
        producer.send(app.session().createTextMessage("after " + priority));
      }
      assertThat(app.all("urgent"))
          .containsExactly("before 9", "after 9", "before 5", "before 1", "after 0");
    }
  }
}
