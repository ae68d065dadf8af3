package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Limits;
import io.batonmq.queue.Disposition;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveryTest {
  private final TestBroker broker = new TestBroker();
  private final TestPeer peer = broker.connect();

  @Test
  void whatIsSentIsDeliveredAndGoneWhenAccepted() {
    int producer = peer.producer("orders");
    int consumer = peer.consumer("orders", 10);
    long sent = peer.send(producer, "one");

    assertThat(peer.accepted(sent)).isTrue();
    assertThat(peer.bodies(consumer)).containsExactly("one");
    assertThat(peer.delivered(consumer).getFirst().firstAcquirer()).isTrue();
    assertThat(broker.stat("orders").deliveringCount()).isEqualTo(1);

    peer.accept(consumer, 0);
    assertThat(broker.stat("orders").messageCount()).isZero();
    assertThat(broker.stat("orders").messagesAcked()).isEqualTo(1);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void creditIsNeverExceeded() {
    int producer = peer.producer("orders");
    int consumer = peer.consumer("orders", 2);
    for (int i = 0; i < 5; i++) {
      peer.send(producer, "m" + i);
    }
    assertThat(peer.bodies(consumer)).containsExactly("m0", "m1");

    peer.credit(consumer, 4);
    assertThat(peer.bodies(consumer)).containsExactly("m0", "m1", "m2", "m3");
  }

  @Test
  void aReleasedMessageKeepsItsPlaceAndIsNotCountedAsAnAttempt() {
    int producer = peer.producer("orders");
    for (int i = 0; i < 4; i++) {
      peer.send(producer, "m" + i);
    }
    int consumer = peer.consumer("orders", 2);
    peer.settle(consumer, 0, 0, Disposition.RELEASED, 0);
    peer.credit(consumer, 5);

    assertThat(peer.bodies(consumer)).containsExactly("m0", "m1", "m0", "m2", "m3");
    Output.Delivered again = peer.delivered(consumer).get(2);
    assertThat(again.deliveryCount()).isZero();
    assertThat(again.firstAcquirer()).isFalse();
  }

  @Test
  void aFailedAttemptIsCounted() {
    int producer = peer.producer("orders");
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, "m");
    peer.settle(consumer, 0, 0, Disposition.FAILED, 0);

    assertThat(peer.delivered(consumer).get(1).deliveryCount()).isEqualTo(1);
    assertThat(peer.delivered(consumer).get(1).firstAcquirer()).isFalse();
  }

  @Test
  void higherPrioritiesComeFirst() {
    int producer = peer.producer("orders");
    for (int priority : new int[] {4, 0, 9, 4}) {
      peer.send(producer, TestPeer.message("p" + priority, true, priority, 0, null), 0);
    }
    int consumer = peer.consumer("orders", 10);
    assertThat(peer.bodies(consumer)).containsExactly("p9", "p4", "p4", "p0");
  }

  @Test
  void consumersTakeTurns() {
    int first = peer.consumer("orders", 100);
    int second = peer.consumer("orders", 100);
    int third = peer.consumer("orders", 1);
    int producer = peer.producer("orders");
    for (int i = 0; i < 7; i++) {
      peer.send(producer, "m" + i);
    }
    assertThat(peer.bodies(first)).hasSize(3);
    assertThat(peer.bodies(second)).hasSize(3);
    assertThat(peer.bodies(third)).hasSize(1);
  }

  @Test
  void drainDeliversWhatThereIsAndGivesTheRestUp() {
    int producer = peer.producer("orders");
    peer.send(producer, "one");
    int consumer = peer.consumer("orders");
    peer.drain(consumer, 10);

    assertThat(peer.bodies(consumer)).containsExactly("one");
    assertThat(peer.heard.getLast()).isEqualTo(new Output.Drained(consumer));

    peer.send(producer, "two");
    assertThat(peer.bodies(consumer)).containsExactly("one");
    peer.credit(consumer, 2);
    assertThat(peer.bodies(consumer)).containsExactly("one", "two");
  }

  @Test
  void drainWaitsForABodyThatIsNotInMemory() {
    TestBroker small = new TestBroker(BrokerSettings.DEFAULTS.withLimits(limits(1, 10_000)));
    TestPeer other = small.connect();
    int producer = other.producer("orders");
    other.send(producer, "one");
    other.send(producer, "two");
    small.holdLoads = true;
    int consumer = other.consumer("orders");
    other.drain(consumer, 1);

    assertThat(other.heard(Output.Drained.class)).isEmpty();
    small.holdLoads = false;
    small.settle();
    assertThat(other.bodies(consumer)).containsExactly("one");
    assertThat(other.heard(Output.Drained.class)).hasSize(1);
  }

  @Test
  void aQueueThatWaitsForABodyDoesNotStallAnother() {
    TestBroker small = new TestBroker(BrokerSettings.DEFAULTS.withLimits(limits(1, 10_000)));
    TestPeer other = small.connect();
    int deep = other.producer("deep");
    for (int i = 0; i < 3; i++) {
      other.send(deep, "m" + i);
    }
    int shallow = other.producer("shallow");
    other.send(shallow, "last");
    small.holdLoads = true;
    int first = other.consumer("deep", 10);
    int second = other.consumer("shallow", 10);

    assertThat(other.bodies(first)).isEmpty();
    assertThat(other.bodies(second)).containsExactly("last");
    small.holdLoads = false;
    small.settle();
    assertThat(other.bodies(first)).containsExactly("m0", "m1", "m2");
  }

  @Test
  void aClosedLinkGivesItsMessagesBackMarked() {
    int producer = peer.producer("orders");
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, "one");
    peer.close(consumer);
    assertThat(peer.heard.getLast()).isEqualTo(new Output.LinkClosed(consumer, null));

    int next = peer.consumer("orders", 10);
    assertThat(peer.delivered(next).getFirst().deliveryCount()).isEqualTo(1);
    assertThat(peer.delivered(next).getFirst().firstAcquirer()).isFalse();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void aBrowserSeesEverythingAndTakesNothing() {
    int producer = peer.producer("orders");
    for (int i = 0; i < 600; i++) {
      peer.send(producer, "m" + i);
    }
    int browser = peer.browser("orders", 1_000);
    assertThat(peer.bodies(browser)).hasSize(600).startsWith("m0", "m1").endsWith("m599");
    assertThat(peer.delivered(browser)).allMatch(Output.Delivered::settled);
    assertThat(broker.stat("orders").messageCount()).isEqualTo(600);
    assertThat(broker.stat("orders").deliveringCount()).isZero();
  }

  @Test
  void whatAConsumerCannotUseGoesToAnother() {
    int producer = peer.producer("orders");
    int first = peer.consumer("orders", 10);
    peer.send(producer, "bad");
    peer.settle(first, 0, 0, Disposition.UNDELIVERABLE, 0);
    peer.send(producer, "good");
    assertThat(peer.bodies(first)).containsExactly("bad", "good");

    int second = peer.consumer("orders", 10);
    assertThat(peer.bodies(second)).containsExactly("bad");
    assertThat(peer.delivered(second).getFirst().deliveryCount()).isEqualTo(1);
  }

  @Test
  void unsettledDeliveriesAreLimited() {
    TestBroker small = new TestBroker(BrokerSettings.DEFAULTS.withLimits(limits(1 << 20, 3)));
    TestPeer other = small.connect();
    int producer = other.producer("orders");
    for (int i = 0; i < 5; i++) {
      other.send(producer, "m" + i);
    }
    int consumer = other.consumer("orders", 100);
    assertThat(other.bodies(consumer)).hasSize(3);
    other.accept(consumer, 1);
    assertThat(other.bodies(consumer)).hasSize(4);
  }

  @Test
  void lateAcknowledgementsAreLeftOut() {
    int producer = peer.producer("orders");
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, "one");
    peer.accept(consumer, 0);
    peer.settle(consumer, 0, Long.MAX_VALUE, Disposition.ACCEPTED, 0);
    assertThat(broker.stat("orders").messagesAcked()).isEqualTo(1);
  }

  @Test
  void deliveriesOfOneRoundAreOneEvent() {
    int producer = peer.producer("orders");
    for (int i = 0; i < 100; i++) {
      peer.send(producer, "m" + i);
    }
    int before = broker.log.records().size();
    peer.consumer("orders", 100);
    assertThat(broker.log.records()).hasSize(before + 1);
  }

  @Test
  void manyMessagesArriveInOrder() {
    int producer = peer.producer("orders");
    int consumer = peer.consumer("orders", 10_000);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      peer.send(producer, "m" + i);
      expected.add("m" + i);
      if (i % 3 == 0) {
        peer.settle(consumer, 0, i, Disposition.ACCEPTED, 0);
      }
    }
    assertThat(peer.bodies(consumer)).isEqualTo(expected);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  static Limits limits(long cacheBytes, int unsettled) {
    Limits limits = Limits.DEFAULTS;
    return new Limits(
        limits.connectionsMax(),
        limits.linksMax(),
        unsettled,
        limits.transactionsMax(),
        limits.transactionBytesMax(),
        limits.nameMax(),
        limits.queuesMax(),
        limits.producerWindow(),
        limits.producerWindowTotal(),
        limits.identityRangesMax(),
        limits.producersMax(),
        cacheBytes,
        limits.volatileBytesMax());
  }
}
