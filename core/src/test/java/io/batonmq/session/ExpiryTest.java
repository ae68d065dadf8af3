package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.BrokerState;
import io.batonmq.broker.Lifetime;
import io.batonmq.broker.StateBytes;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What becomes of messages when their time is over, and how long that is where the broker has a say.
class ExpiryTest {
  private static final long GRAIN = 256;

  private static TestBroker lives(Long delay, Long min, Long max, Boolean never) {
    return new TestBroker(TestSettings.lives(new Lifetime.Overrides(delay, min, max, never)));
  }

  /// Sends a message that asks for a time to live, 0 for none, and answers how long it lives, -1 for ever.
  private static long life(TestBroker broker, long asked) {
    TestPeer peer = broker.connect();
    long expiry = asked == 0 ? 0 : broker.wall + asked;
    peer.send(peer.producer("orders"), TestPeer.message("m", true, 4, expiry, null), 0);
    int browser = peer.browser("orders", 10);
    long until = peer.delivered(browser).getLast().message().expiryMillis();
    int consumer = peer.consumer("orders", 1);
    peer.accept(consumer, 0);
    peer.disconnect(true);
    return until == 0 ? -1 : until - broker.wall;
  }

  @Test
  void withoutAnyWordTheSenderDecides() {
    TestBroker broker = lives(null, null, null, null);
    assertThat(life(broker, 0)).isEqualTo(-1);
    assertThat(life(broker, 700)).isEqualTo(700);
  }

  @Test
  void aDelayIsForThoseThatComeWithoutAnExpiry() {
    TestBroker broker = lives(1_000L, 5L, 10L, null);
    assertThat(life(broker, 0)).isEqualTo(1_000);
    assertThat(life(broker, 700)).isEqualTo(700);
    assertThat(life(broker, 70_000)).isEqualTo(70_000);
  }

  @Test
  void aRangeIsForAll() {
    TestBroker broker = lives(null, 1_000L, 2_000L, null);
    assertThat(life(broker, 0)).isEqualTo(2_000);
    assertThat(life(broker, 999)).isEqualTo(1_000);
    assertThat(life(broker, 1_500)).isEqualTo(1_500);
    assertThat(life(broker, 2_001)).isEqualTo(2_000);
  }

  @Test
  void aMinimumAloneIsForThoseWithoutAnExpiryToo() {
    TestBroker broker = lives(null, 1_000L, null, null);
    assertThat(life(broker, 0)).isEqualTo(1_000);
    assertThat(life(broker, 10)).isEqualTo(1_000);
    assertThat(life(broker, 5_000)).isEqualTo(5_000);
  }

  @Test
  void whereNothingExpiresNothingDoes() {
    TestBroker broker = lives(1_000L, null, null, true);
    assertThat(life(broker, 0)).isEqualTo(-1);
    assertThat(life(broker, 10)).isEqualTo(-1);
  }

  @Test
  void theBrokersWordIsInTheLog() {
    TestBroker broker = lives(1_000L, null, null, null);
    TestPeer peer = broker.connect();
    peer.send(peer.producer("orders"), "m");
    TestBroker next = broker.takeOver();
    next.wall = broker.wall + 1_000 + GRAIN;
    next.pass(1_000);
    assertThat(next.stat("Expired").messageCount()).isEqualTo(1);
  }

  /// Once, although it fell due while nobody served, and the first node that moved it is lost too.
  @Test
  void whatExpiresWhileNobodyServesIsMovedOnce() {
    TestBroker broker = new TestBroker(TestSettings.deadEnds());
    TestPeer peer = broker.connect();
    int producer = peer.producer("orders");
    for (int i = 0; i < 5; i++) {
      peer.send(producer, TestPeer.message("m" + i, true, 4, broker.wall + 1_000, null), 0);
    }
    long later = broker.wall + 60_000;
    TestBroker second = broker.takeOver();
    second.wall = later;
    second.holdCommits = true;
    second.pass(1_000);
    assertThat(second.stat("Expired").messageCount()).isEqualTo(5);
    // Some of the moves were committed, the others are lost with their node.
    var records = second.log.records();
    second.log.commit(records.get(records.size() - 3).end());
    TestBroker third = second.takeOver();
    third.wall = later;
    int moved = third.stat("Expired").messageCount();
    assertThat(moved).isBetween(1, 4);
    assertThat(third.stat("orders").messageCount()).isEqualTo(5 - moved);
    third.pass(1_000);
    TestPeer last = third.connect();
    int expired = last.consumer("Expired", 10);
    assertThat(last.bodies(expired)).containsExactly("m0", "m1", "m2", "m3", "m4");
    assertThat(third.stat("orders").messageCount()).isZero();
    assertThat(third.bytes()).isEqualTo(third.foldedBytes());
  }

  @Test
  void ownQueuesTakeWhatComesFromTheirAddress() {
    TestBroker broker = new TestBroker(TestSettings.ownQueues());
    TestPeer peer = broker.connect();
    for (String address : List.of("orders", "bills")) {
      int producer = peer.producer(address);
      int consumer = peer.consumer(address, 10);
      peer.send(producer, address + " bad");
      peer.settle(consumer, 0, 0, Disposition.REJECTED, 0);
      peer.close(consumer);
      peer.send(producer, TestPeer.message(address + " old", true, 4, broker.wall + 1, null), 0);
    }
    broker.pass(2_000);
    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    for (String address : List.of("orders", "bills")) {
      int dead = again.consumer("DLQ::DLQ." + address, 10);
      assertThat(again.bodies(dead)).containsExactly(address + " bad");
      assertThat(again.delivered(dead).getFirst().origin())
          .isEqualTo(new Output.Origin(address, address, false));
      int expired = again.consumer("Expired::EXP." + address, 10);
      assertThat(again.bodies(expired)).containsExactly(address + " old");
    }
    assertThat(next.sessions.queueStats().stream().map(QueueStat::name))
        .doesNotContain("DLQ", "Expired");
    assertThat(next.bytes()).isEqualTo(next.foldedBytes());
  }

  /// A queue that is there for all stays that, and has what the own one has.
  @Test
  void whatAConsumersClockFindsExpiredGoesThereTooAndWhatNeverExpiresDoesNot() {
    TestBroker broker = new TestBroker(TestSettings.deadEnds());
    TestPeer peer = broker.connect();
    int producer = peer.producer("orders");
    peer.send(producer, TestPeer.message("late", true, 4, broker.wall + 5_000, null), 0);
    peer.send(producer, TestPeer.message("fleeting", false, 4, broker.wall + 5_000, null), 0);
    peer.send(producer, TestPeer.message("for ever", true, 4, 0, null), 0);
    int consumer = peer.consumer("orders", 10);
    peer.settle(consumer, 0, 2, Disposition.EXPIRED, 0);
    assertThat(broker.stat("orders").messageCount()).isZero();
    int expired = peer.consumer("Expired", 10);
    assertThat(peer.bodies(expired)).containsExactlyInAnyOrder("late", "fleeting");
    assertThat(peer.delivered(expired).getFirst().origin())
        .isEqualTo(new Output.Origin("orders", "orders", true));
    assertThat(peer.bodies(peer.consumer("DLQ", 10))).containsExactly("for ever");
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void otherQueuesOfTheDeadEndHaveItToo() {
    TestBroker broker = new TestBroker(withQueue(TestSettings.ownQueues(), "DLQ", "DLQ"));
    TestPeer peer = broker.connect();
    int producer = peer.producer("orders");
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, "bad");
    peer.settle(consumer, 0, 0, Disposition.REJECTED, 0);
    assertThat(broker.stat("DLQ").messageCount()).isEqualTo(1);
    assertThat(broker.stat("DLQ.orders").messageCount()).isEqualTo(1);
    // What is sent there by a client goes to none of the own queues.
    peer.send(peer.producer("DLQ"), "direct");
    peer.send(peer.producer("DLQ"), "direct");
    assertThat(broker.stat("DLQ").messageCount()).isEqualTo(3);
    assertThat(broker.stat("DLQ.orders").messageCount()).isEqualTo(1);
  }

  @Test
  void aQueueThatAnOperatorMadeFirstBecomesTheOwnOne() {
    TestBroker broker = new TestBroker(withQueue(TestSettings.ownQueues(), "DLQ", "DLQ.orders"));
    TestPeer peer = broker.connect();
    int dead = peer.consumer("DLQ::DLQ.orders", 10);
    for (String address : List.of("orders", "bills")) {
      int producer = peer.producer(address);
      int consumer = peer.consumer(address, 10);
      peer.send(producer, address);
      peer.settle(consumer, 0, 0, Disposition.REJECTED, 0);
    }
    assertThat(peer.bodies(dead)).containsExactly("orders");
    assertThat(broker.stat("DLQ.bills").messageCount()).isEqualTo(1);
  }

  /// A name that is taken elsewhere must not cost a message.
  @Test
  void whereTheNameIsTakenElsewhereTheCommonQueueHasIt() {
    TestBroker broker = new TestBroker(withQueue(TestSettings.ownQueues(), "other", "DLQ.orders"));
    TestPeer peer = broker.connect();
    int producer = peer.producer("orders");
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, "bad");
    peer.settle(consumer, 0, 0, Disposition.REJECTED, 0);
    assertThat(broker.stat("DLQ").messageCount()).isEqualTo(1);
    assertThat(broker.stat("DLQ.orders").messageCount()).isZero();
  }

  @Test
  void anOwnQueueIsInTheSnapshotWithItsOrigin() {
    TestBroker broker = new TestBroker(TestSettings.ownQueues());
    TestPeer peer = broker.connect();
    int producer = peer.producer("orders");
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, "bad");
    peer.settle(consumer, 0, 0, Disposition.REJECTED, 0);
    var blocks = StateBytes.inParts(broker.state.freeze());
    var restored = BrokerState.restore(blocks.iterator());
    assertThat(restored.queue("DLQ.orders").origin()).isEqualTo("orders");
  }

  private static BrokerSettings withQueue(BrokerSettings base, String address, String queue) {
    return new BrokerSettings(
        base.limits(),
        base.addressRules(),
        List.of(
            new BrokerSettings.Predefined(
                address, List.of(new BrokerSettings.Predefined.Queue(queue, RoutingType.ANYCAST)))),
        base.producerRetentionNanos(),
        base.expiryScanNanos(),
        base.snapshotLogBytes());
  }
}
