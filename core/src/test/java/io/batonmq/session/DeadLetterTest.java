package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.StateBytes;
import io.batonmq.queue.Disposition;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
  private final TestBroker broker = new TestBroker(TestSettings.deadEnds());
  private final TestPeer peer = broker.connect();
  private final int producer = peer.producer("orders");

  @Test
  void afterTheLastAttemptAMessageIsMovedExactlyOnce() {
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, "bad");
    for (int attempt = 0; attempt < 3; attempt++) {
      assertThat(peer.delivered(consumer)).hasSize(attempt + 1);
      peer.settle(consumer, attempt, attempt, Disposition.FAILED, 0);
    }
    assertThat(peer.delivered(consumer)).hasSize(3);
    assertThat(broker.stat("orders").messageCount()).isZero();

    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    int dead = again.consumer("DLQ", 10);
    assertThat(again.bodies(dead)).containsExactly("bad");
    Output.Delivered delivered = again.delivered(dead).getFirst();
    assertThat(delivered.origin()).isEqualTo(new Output.Origin("orders", "orders", false));
    assertThat(delivered.deliveryCount()).isZero();
    assertThat(next.bytes()).isEqualTo(next.foldedBytes());
  }

  @Test
  void aRejectedMessageIsDeadAtOnce() {
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, "bad");
    peer.settle(consumer, 0, 0, Disposition.REJECTED, 0);
    assertThat(broker.stat("DLQ").messageCount()).isEqualTo(1);
  }

  @Test
  void aDeadMessageKeepsItsBodyInTheLog() {
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, "bad");
    long[] before = StateBytes.extents(broker.state);
    peer.settle(consumer, 0, 0, Disposition.REJECTED, 0);
    assertThat(StateBytes.extents(broker.state)).isEqualTo(before);
    int dead = peer.consumer("DLQ", 10);
    peer.accept(dead, 0);
    assertThat(StateBytes.extents(broker.state)).isEmpty();
  }

  @Test
  void withoutADeadLetterAddressItIsDropped() {
    TestBroker plain = new TestBroker(BrokerSettings.DEFAULTS);
    TestPeer other = plain.connect();
    int link = other.producer("orders");
    int consumer = other.consumer("orders", 10);
    other.send(link, "bad");
    other.settle(consumer, 0, 0, Disposition.REJECTED, 0);
    assertThat(plain.stat("orders").messageCount()).isZero();
    assertThat(plain.bytes()).isEqualTo(plain.foldedBytes());
  }

  @Test
  void aDeadLetterIsNotMovedInACircle() {
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, "bad");
    peer.settle(consumer, 0, 0, Disposition.REJECTED, 0);
    int dead = peer.consumer("DLQ", 100);
    for (int i = 0; i < 10; i++) {
      peer.settle(dead, i, i, Disposition.FAILED, 0);
    }
    assertThat(broker.stat("DLQ").messageCount()).isEqualTo(1);
    assertThat(peer.delivered(dead).getLast().deliveryCount()).isEqualTo(10);
  }

  @Test
  void aLostConnectionCountsButDoesNotKill() {
    peer.send(producer, "innocent");
    for (int i = 0; i < 5; i++) {
      TestPeer other = broker.connect();
      other.consumer("orders", 10);
      other.disconnect(false);
    }
    int consumer = peer.consumer("orders", 10);
    assertThat(peer.delivered(consumer).getFirst().deliveryCount()).isEqualTo(5);
  }

  /// What was only sent ahead to consumers that came and went is not dead after one failure.
  @Test
  void consumersThatLeaveCleanlyDoNotUseAttemptsUp() {
    peer.send(producer, "innocent");
    for (int i = 0; i < 30; i++) {
      TestPeer other = broker.connect();
      int link = other.consumer("orders", 10);
      if (i % 2 == 0) {
        other.close(link);
      }
      other.disconnect(true);
    }
    int consumer = peer.consumer("orders", 1);
    assertThat(peer.delivered(consumer).getFirst().deliveryCount()).isEqualTo(1);
    assertThat(peer.delivered(consumer).getFirst().firstAcquirer()).isFalse();
    peer.settle(consumer, 0, 0, Disposition.FAILED, 0);
    assertThat(broker.stat("orders").messageCount()).isEqualTo(1);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void anExpiredMessageIsMovedByTheClock() {
    peer.send(producer, TestPeer.message("old", true, 4, broker.wall + 500, null), 0);
    peer.send(producer, "lasting");
    broker.pass(400);
    assertThat(broker.stat("orders").messageCount()).isEqualTo(2);
    broker.pass(1_500);
    assertThat(broker.stat("orders").messageCount()).isEqualTo(1);

    int expired = peer.consumer("Expired", 10);
    assertThat(peer.bodies(expired)).containsExactly("old");
    assertThat(peer.delivered(expired).getFirst().origin())
        .isEqualTo(new Output.Origin("orders", "orders", true));
    assertThat(peer.delivered(expired).getFirst().message().expiryMillis()).isZero();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void anExpiredMessageIsNotDeliveredEvenBeforeTheScan() {
    peer.send(producer, TestPeer.message("old", true, 4, broker.wall + 10, null), 0);
    broker.wall += 11;
    int consumer = peer.consumer("orders", 10);
    assertThat(peer.bodies(consumer)).isEmpty();
    assertThat(broker.stat("Expired").messageCount()).isEqualTo(1);
  }

  @Test
  void aStandbyDoesNotDecideThatSomethingIsDue() {
    peer.send(producer, TestPeer.message("old", true, 4, broker.wall + 10, null), 0);
    broker.wall += 1_000_000;
    assertThat(broker.state.queue("orders").messages().messageCount()).isEqualTo(1);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void theWallClockDoesNotRunBackwards() {
    broker.wall += 1_000_000;
    peer.send(producer, "now");
    long logged = broker.state.wallMillis();
    peer.send(producer, TestPeer.message("old", true, 4, logged - 300, null), 0);
    // The next node's clock is behind by far; what has expired stays expired.
    TestBroker next = broker.takeOver();
    next.wall = 1_000;
    next.pass(2_000);
    assertThat(next.stat("Expired").messageCount()).isEqualTo(1);
    assertThat(next.state.wallMillis()).isGreaterThanOrEqualTo(logged);
  }

  @Test
  void messagesThatAreNotDurableAreMovedToo() {
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, TestPeer.message("bad", false, 4, 0, null), 0);
    peer.settle(consumer, 0, 0, Disposition.REJECTED, 0);
    int dead = peer.consumer("DLQ", 10);
    assertThat(peer.bodies(dead)).containsExactly("bad");
    assertThat(peer.delivered(dead).getFirst().origin())
        .isEqualTo(new Output.Origin("orders", "orders", false));
    peer.accept(dead, 0);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }
}
