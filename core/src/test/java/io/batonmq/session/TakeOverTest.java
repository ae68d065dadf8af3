package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.queue.Disposition;
import org.junit.jupiter.api.Test;

class TakeOverTest {
  private final TestBroker broker = new TestBroker();
  private final TestPeer peer = broker.connect();

  @Test
  void whatWasOutIsDeliveredAgainAndSaysSo() {
    int producer = peer.producer("orders");
    int consumer = peer.consumer("orders", 2);
    for (int i = 0; i < 4; i++) {
      peer.send(producer, "m" + i);
    }
    peer.accept(consumer, 0);

    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    int other = again.consumer("orders", 10);
    assertThat(again.bodies(other)).containsExactly("m1", "m2", "m3");
    assertThat(again.delivered(other).get(0).deliveryCount()).isEqualTo(1);
    assertThat(again.delivered(other).get(0).firstAcquirer()).isFalse();
    assertThat(again.delivered(other).get(1).deliveryCount()).isZero();
    assertThat(again.delivered(other).get(1).firstAcquirer()).isTrue();
    assertThat(next.bytes()).isEqualTo(next.foldedBytes());
  }

  @Test
  void aDeliveryDoesNotLeaveBeforeItsEventIsCommitted() {
    int producer = peer.producer("orders");
    int consumer = peer.consumer("orders", 10);
    broker.holdCommits = true;
    long sent = peer.send(producer, "one");
    assertThat(peer.delivered(consumer)).isEmpty();
    assertThat(peer.answer(sent)).isNull();

    // Committed up to the message, not to the delivery: the answer may leave, the delivery may not.
    var records = broker.log.records();
    broker.log.commit(records.get(records.size() - 2).end());
    broker.sessions.committed(broker.log.committed(), broker.now());
    assertThat(peer.accepted(sent)).isTrue();
    assertThat(peer.delivered(consumer)).isEmpty();

    broker.commit();
    assertThat(peer.bodies(consumer)).containsExactly("one");
  }

  @Test
  void whatIsNotCommittedIsNotAnsweredAndNotThereAfterwards() {
    int producer = peer.producer("orders");
    peer.send(producer, "kept");
    broker.holdCommits = true;
    long sent = peer.send(producer, "lost");
    assertThat(peer.answer(sent)).isNull();

    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    int consumer = again.consumer("orders", 10);
    assertThat(again.bodies(consumer)).containsExactly("kept");
  }

  @Test
  void messagesThatAreNotDurableTakeTheSameDoorAndEndWithTheNode() {
    int producer = peer.producer("orders");
    broker.holdCommits = true;
    long durable = peer.send(producer, "durable");
    int consumer = peer.consumer("orders", 10);
    long fleeting = peer.send(producer, TestPeer.message("fleeting", false, 4, 0, null), 0);
    assertThat(peer.answer(durable)).isNull();
    assertThat(peer.answer(fleeting)).isNull();
    broker.holdCommits = false;
    broker.settle();

    assertThat(peer.accepted(fleeting)).isTrue();
    assertThat(peer.bodies(consumer)).containsExactly("durable", "fleeting");
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
    TestBroker next = broker.takeOver();
    assertThat(next.stat("orders").messageCount()).isEqualTo(1);
  }

  @Test
  void deliveryCountsSurvive() {
    int producer = peer.producer("orders");
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, "one");
    peer.settle(consumer, 0, 0, Disposition.FAILED, 0);
    peer.settle(consumer, 1, 1, Disposition.FAILED, 0);

    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    int other = again.consumer("orders", 10);
    // Two that failed, and one that was out when the node was lost.
    assertThat(again.delivered(other).getFirst().deliveryCount()).isEqualTo(3);
  }
}
