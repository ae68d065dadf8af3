package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.QueueKeeping;
import io.batonmq.broker.QueueSettings;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Queues that keep nothing while nobody consumes.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PurgeOnNoConsumersTest {
  private final TestBroker broker =
      purging(new QueueKeeping.Overrides(null, null, null, null, true));
  private final TestPeer peer = broker.connect("me");

  private static TestBroker purging(QueueKeeping.Overrides keeping) {
    return new TestBroker(
        TestSettings.rule(
            AddressSettings.Overrides.NONE.with(QueueSettings.Overrides.NONE.with(keeping))));
  }

  private static void same(TestBroker of) {
    assertThat(of.bytes()).isEqualTo(of.foldedBytes());
  }

  private static long retentionMillis(TestBroker of) {
    return of.settings.producerRetentionNanos() / 1_000_000;
  }

  private void empty() {
    assertThat(broker.stat("q").messageCount()).isZero();
    same(broker);
  }

  /// Sends more than a consumer takes.
  private int busy() {
    int consumer = peer.consumer("q", 1);
    int producer = peer.producer("q");
    for (int i = 0; i < 3; i++) {
      peer.send(producer, "m" + i);
    }
    peer.send(producer, TestPeer.message("fleeting", false, 4, 0, null), 0);
    peer.sendLater(producer, "later", 1_000_000);
    assertThat(broker.stat("q").messageCount()).isEqualTo(5);
    return consumer;
  }

  @Test
  void messagesGoWithTheLastConsumer() {
    int first = busy();
    int second = peer.consumer("q");
    peer.close(first);
    assertThat(broker.stat("q").messageCount()).isEqualTo(5);
    peer.close(second);
    empty();
  }

  @Test
  void aLostConnectionIsTheEndOfItsConsumers() {
    busy();
    peer.disconnect(false);
    empty();
  }

  @Test
  void nothingComesInWhileNobodyConsumes() {
    int producer = peer.producer("q");
    assertThat(peer.accepted(peer.send(producer, "m"))).isTrue();
    peer.browser("q", 9);
    peer.send(producer, "m");
    assertThat(broker.stat("q").messagesAdded()).isZero();
    int consumer = peer.consumer("q", 9);
    peer.send(producer, "seen");
    assertThat(peer.bodies(consumer)).containsExactly("seen");
  }

  @Test
  void anotherQueueOfTheAddressGetsItInstead() {
    broker.sessions.manage(
        new Management.CreateQueue("a1", "a", RoutingType.ANYCAST, 0, true), _ -> {});
    broker.sessions.manage(
        new Management.CreateQueue("a2", "a", RoutingType.ANYCAST, 0, true), _ -> {});
    broker.settle();
    int consumer = peer.consumer("a::a2", 9);
    int producer = peer.producer("a");
    for (int i = 0; i < 4; i++) {
      peer.send(producer, "m" + i);
    }
    assertThat(peer.bodies(consumer)).containsExactly("m0", "m1", "m2", "m3");
  }

  @Test
  void whatATransactionBringsTooLateGoesToo() {
    int consumer = peer.consumer("q");
    int producer = peer.producer("q");
    long transaction = peer.begin();
    peer.send(producer, TestPeer.message("late"), transaction);
    peer.close(consumer);
    peer.end(transaction, true);
    empty();
  }

  @Test
  void whatIsTakenInATransactionStaysWithIt() {
    int consumer = busy();
    long transaction = peer.begin();
    peer.settle(consumer, 0, 0, Disposition.ACCEPTED, transaction);
    peer.close(consumer);
    assertThat(broker.stat("q").messageCount()).isEqualTo(1);
    peer.end(transaction, false);
    empty();
  }

  @Test
  void aDeepQueueIsEmptiedInPiecesAndGivesNothingMeanwhile() {
    int consumer = peer.consumer("q");
    int producer = peer.producer("q");
    long transaction = peer.begin();
    for (int i = 0; i < 9_000; i++) {
      peer.send(producer, TestPeer.message("m" + i), transaction);
    }
    peer.end(transaction, true);
    broker.holdCommits = true;
    peer.close(consumer);
    assertThat(broker.stat("q").messageCount()).isBetween(9_000 - 4_000, 8_999);
    int next = peer.consumer("q", 100);
    assertThat(broker.stat("q").deliveringCount()).isZero();
    broker.holdCommits = false;
    broker.settle();
    broker.rest();
    assertThat(peer.bodies(next)).isEmpty();
    assertThat(peer.heard(Output.Delivered.class)).isEmpty();
    peer.send(producer, "new");
    assertThat(peer.bodies(next)).containsExactly("new");
    same(broker);
  }

  @Test
  void afterATakeOverConsumersMayComeBackToTheirMessages() {
    busy();
    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    int producer = again.producer("q");
    again.send(producer, "m3");
    next.pass(retentionMillis(next) - 1);
    again.close(again.consumer("q"));
    assertThat(next.stat("q").messageCount()).isEqualTo(5);
    int consumer = again.consumer("q", 9);
    assertThat(again.bodies(consumer)).containsExactly("m0", "m1", "m2", "m3");
    next.pass(2);
    assertThat(next.stat("q").messageCount()).isEqualTo(5);
    again.close(consumer);
    assertThat(next.stat("q").messageCount()).isZero();
    same(next);
  }

  @Test
  void whenNobodyComesBackInTimeTheyGo() {
    busy();
    TestBroker next = broker.takeOver();
    next.pass(retentionMillis(next) - 1);
    assertThat(next.stat("q").messageCount()).isEqualTo(4);
    assertThat(next.sessions.nextDeadlineNanos()).isLessThanOrEqualTo(next.nanos + 1_000_000);
    next.pass(1);
    next.rest();
    assertThat(next.stat("q").messageCount()).isZero();
    same(next);
    TestPeer again = next.connect();
    again.send(again.producer("q"), "m");
    assertThat(next.stat("q").messageCount()).isZero();
  }

  @Test
  void aNonDestructiveQueueIsEmptiedWithItsLastConsumerToo() {
    TestBroker table = purging(new QueueKeeping.Overrides(null, null, null, true, true));
    TestPeer reader = table.connect();
    int first = reader.consumer("q", 9);
    int second = reader.consumer("q", 9);
    reader.send(reader.producer("q"), "m");
    reader.close(first);
    assertThat(table.stat("q").messageCount()).isEqualTo(1);
    reader.close(second);
    assertThat(table.stat("q").messageCount()).isZero();
  }

  @Test
  void subscriptionsDeadEndsAndTemporaryQueuesKeepTheirs() {
    TestBroker dead =
        new TestBroker(
            TestSettings.rule(
                new AddressSettings.Overrides(
                        "DLQ", null, 1, null, null, null, null, null, null, null)
                    .with(
                        QueueSettings.Overrides.NONE.with(
                            new QueueKeeping.Overrides(null, null, null, null, true)))));
    TestPeer one = dead.connect("me");
    one.close(
        one.consumer(
            new Source(
                "t", new Source.Kind.Subscription("s", "me", false, true), false, null, false)));
    one.send(one.producer("t", RoutingType.MULTICAST, null), "m");
    assertThat(dead.stat("me.s").messageCount()).isEqualTo(1);
    int consumer = one.consumer("q", 1);
    one.send(one.producer("q"), "dies");
    one.settle(consumer, 0, 0, Disposition.FAILED, 0);
    assertThat(dead.stat("DLQ").messageCount()).isEqualTo(1);
  }

  @Test
  void operatorsMaySayIt() {
    TestBroker plain = new TestBroker();
    plain.sessions.manage(
        new Management.CreateQueue(
            "o",
            "o",
            RoutingType.ANYCAST,
            QueueSettings.Overrides.NONE.with(
                new QueueKeeping.Overrides(null, null, null, null, true)),
            true,
            ""),
        _ -> {});
    plain.settle();
    TestPeer one = plain.connect();
    one.send(one.producer("o"), "m");
    assertThat(plain.stat("o").messageCount()).isZero();
    assertThat(plain.takeOver().stat("o").settings().keeping().purgeOnNoConsumers()).isTrue();
    same(plain);
  }
}
