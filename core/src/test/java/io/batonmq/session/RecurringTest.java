package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.BrokerState;
import io.batonmq.broker.FullPolicy;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.StateBytes;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.Repetition;
import io.batonmq.message.RoutingType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Messages that come again and again.
class RecurringTest {
  private TestBroker broker = new TestBroker(TestSettings.deadEnds());
  private TestPeer peer = broker.connect();
  private int producer = peer.producer("orders");

  private void takeOver() {
    long wall = broker.wall;
    broker = broker.takeOver();
    broker.wall = wall;
    peer = broker.connect();
    producer = peer.producer("orders");
  }

  private void stateIsTheFold() {
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  private Message repeated(String body, boolean durable, long delay, long period, int times) {
    return TestPeer.message(body, durable, 4, 0, null)
        .deliveredFrom(broker.wall + delay)
        .repeated(new Repetition(period, times));
  }

  private long send(String body, long delay, long period, int times) {
    return peer.send(producer, repeated(body, true, delay, period, times), 0);
  }

  @Test
  void aMessageComesAgainAfterEachPeriodUntilItHasComeOftenEnough() {
    int consumer = peer.consumer("orders", 10);
    assertThat(peer.accepted(send("tick", 500, 200, 2))).isTrue();
    broker.pass(499);
    assertThat(peer.bodies(consumer)).isEmpty();
    broker.pass(1);
    assertThat(peer.bodies(consumer)).hasSize(1);
    assertThat(broker.stat("orders").scheduledCount()).isEqualTo(1);
    broker.pass(199);
    assertThat(peer.bodies(consumer)).hasSize(1);
    broker.pass(1);
    assertThat(peer.bodies(consumer)).hasSize(2);
    broker.pass(200);
    assertThat(peer.bodies(consumer)).containsExactly("tick", "tick", "tick");
    assertThat(broker.stat("orders").scheduledCount()).isZero();
    broker.pass(10_000);
    assertThat(peer.bodies(consumer)).hasSize(3);
    assertThat(broker.stat("orders").messagesAdded()).isEqualTo(3);
    stateIsTheFold();
  }

  /// The clock that was acted on may be ahead of the one by which the first time was reckoned.
  @Test
  void whereTheFirstTimeHasPassedItComesAtOnceAndAgain() {
    for (boolean durable : new boolean[] {true, false}) {
      String body = durable ? "kept" : "fleeting";
      int consumer = peer.consumer("orders", 10);
      peer.send(producer, repeated(body, durable, -1, 100, 1), 0);
      broker.pass(1);
      assertThat(peer.bodies(consumer)).containsExactly(body);
      broker.pass(100);
      assertThat(peer.bodies(consumer)).containsExactly(body, body);
      peer.accept(consumer, 0);
      peer.accept(consumer, 1);
      peer.close(consumer);
    }
  }

  @Test
  void eachIsAMessageOfItsOwn() {
    send("tick", 100, 100, Repetition.ENDLESS);
    broker.pass(100);
    int consumer = peer.consumer("orders", 1);
    // The first is with a consumer, and the next one comes all the same.
    broker.pass(100);
    assertThat(broker.stat("orders").messageCount()).isEqualTo(3);
    peer.accept(consumer, 0);
    peer.credit(consumer, 10);
    assertThat(peer.delivered(consumer).getLast().firstAcquirer()).isTrue();
    assertThat(peer.delivered(consumer).getLast().deliveryCount()).isZero();
    assertThat(broker.stat("orders").messageCount()).isEqualTo(2);
    stateIsTheFold();
  }

  @Test
  void aNodeThatTakesOverGoesOnWhereTheOtherOneWas() {
    send("tick", 100, 100, 3);
    broker.pass(100);
    broker.pass(50);
    takeOver();
    int consumer = peer.consumer("orders", 10);
    assertThat(peer.bodies(consumer)).hasSize(1);
    broker.pass(49);
    assertThat(peer.bodies(consumer)).hasSize(1);
    broker.pass(1);
    assertThat(peer.bodies(consumer)).hasSize(2);
    peer.accept(consumer, 0);
    peer.accept(consumer, 1);
    takeOver();
    consumer = peer.consumer("orders", 10);
    for (int i = 0; i < 10; i++) {
      broker.pass(100);
    }
    assertThat(peer.bodies(consumer)).containsExactly("tick", "tick");
    assertThat(broker.stat("orders").messagesAdded()).isEqualTo(4);
    peer.accept(consumer, 0);
    peer.accept(consumer, 1);
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    stateIsTheFold();
  }

  /// The node that decided it was lost before anybody knew: the next one decides it again, once.
  @Test
  void aTimeThatWasNotCommittedComesAgain() {
    send("tick", 100, 100, 1);
    broker.holdCommits = true;
    broker.pass(100);
    assertThat(broker.stat("orders").messagesAdded()).isEqualTo(2);
    takeOver();
    assertThat(broker.stat("orders").messagesAdded()).isEqualTo(1);
    int consumer = peer.consumer("orders", 10);
    broker.pass(0);
    assertThat(peer.bodies(consumer)).hasSize(1);
    broker.pass(1_000);
    assertThat(peer.bodies(consumer)).hasSize(2);
    broker.pass(1_000);
    assertThat(peer.bodies(consumer)).hasSize(2);
    stateIsTheFold();
  }

  @Test
  void timesAtWhichNobodyServedAreLeftOutAndDoNotCount() {
    send("tick", 100, 100, 2);
    broker.wall += 1_049;
    takeOver();
    int consumer = peer.consumer("orders", 10);
    broker.pass(0);
    assertThat(peer.bodies(consumer)).hasSize(1);
    // In step: 1,100 is next.
    broker.pass(50);
    assertThat(peer.bodies(consumer)).hasSize(1);
    broker.pass(1);
    assertThat(peer.bodies(consumer)).hasSize(2);
    broker.pass(100);
    assertThat(peer.bodies(consumer)).hasSize(3);
    broker.pass(1_000);
    assertThat(peer.bodies(consumer)).hasSize(3);
    stateIsTheFold();
  }

  @Test
  void aSnapshotHasWhatComesAgain() {
    send("tick", 100, 100, 3);
    peer.send(producer, repeated("fleeting", false, 100, 100, 3), 0);
    broker.pass(100);
    for (List<ByteBuffer> blocks :
        List.of(
            StateBytes.blocks(broker.state.freeze()), StateBytes.inParts(broker.state.freeze()))) {
      BrokerState restored = BrokerState.restore(blocks.iterator());
      assertThat(StateBytes.of(restored)).isEqualTo(broker.foldedBytes());
      var recurring = restored.queue("orders").messages().recurrences();
      assertThat(recurring).hasSize(1);
      assertThat(recurring.firstEntry().getValue().rest()).isEqualTo(new Repetition(100, 2));
      assertThat(recurring.firstEntry().getValue().dueMillis()).isEqualTo(broker.wall + 100);
    }
  }

  @Test
  void whatIsNotDurableComesAgainToo() {
    int consumer = peer.consumer("orders", 10);
    peer.send(producer, repeated("fleeting", false, 100, 100, 1), 0);
    broker.pass(100);
    assertThat(peer.bodies(consumer)).hasSize(1);
    peer.accept(consumer, 0);
    broker.pass(100);
    assertThat(peer.bodies(consumer)).containsExactly("fleeting", "fleeting");
    peer.accept(consumer, 1);
    broker.pass(1_000);
    assertThat(broker.stat("orders").messageCount()).isZero();
    assertThat(peer.bodies(consumer)).hasSize(2);
    stateIsTheFold();
  }

  @Test
  void eachSubscriptionHasItsOwn() {
    int one = peer.consumer(new Source("news", new Source.Kind.Volatile(), false, null, false));
    int two =
        peer.consumer(
            new Source(
                "news", new Source.Kind.Subscription("s", "c", false, true), false, null, false));
    peer.credit(one, 10);
    peer.credit(two, 10);
    int news = peer.producer("news", RoutingType.MULTICAST, null);
    peer.send(news, repeated("tick", true, 100, 100, 1), 0);
    broker.pass(100);
    broker.pass(100);
    assertThat(peer.bodies(one)).containsExactly("tick", "tick");
    assertThat(peer.bodies(two)).containsExactly("tick", "tick");
    peer.close(one);
    for (int i = 0; i < 2; i++) {
      peer.accept(two, i);
    }
    broker.pass(100);
    assertThat(StateBytes.extents(broker.state)).isEmpty();
  }

  @Test
  void purgingAQueueEndsWhatWaitsThere() {
    send("tick", 100, 100, Repetition.ENDLESS);
    peer.send(producer, repeated("fleeting", false, 100, 100, Repetition.ENDLESS), 0);
    broker.pass(100);
    List<Output.Managed> told = new ArrayList<>();
    broker.sessions.manage(
        new Management.PurgeQueue("orders"), output -> told.add((Output.Managed) output));
    while (told.isEmpty()) {
      broker.pass(0);
    }
    assertThat(told.getFirst().messages()).isEqualTo(4);
    broker.pass(1_000);
    assertThat(broker.stat("orders").messageCount()).isZero();
    assertThat(broker.state.queue("orders").messages().recurrences()).isEmpty();
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    stateIsTheFold();
  }

  @Test
  void aQueueTakesItAlong() {
    send("tick", 100, 100, Repetition.ENDLESS);
    broker.pass(100);
    List<Output> told = new ArrayList<>();
    broker.sessions.manage(new Management.DeleteQueue("orders", true, true), told::add);
    while (told.isEmpty()) {
      broker.pass(0);
    }
    broker.pass(1_000);
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    stateIsTheFold();
  }

  /// Its time to live counts from the send: the last one is that which still lives, and nothing expires.
  @Test
  void itDoesNotComeAgainAfterItsTimeToLive() {
    Message message = TestPeer.message("short", true, 4, broker.wall + 1_000, null);
    peer.send(
        producer,
        message.deliveredFrom(broker.wall + 400).repeated(new Repetition(400, Repetition.ENDLESS)),
        0);
    int consumer = peer.consumer("orders", 10);
    for (int i = 0; i < 10; i++) {
      broker.pass(400);
    }
    assertThat(peer.bodies(consumer)).containsExactly("short", "short");
    assertThat(broker.stat("orders").scheduledCount()).isZero();
    assertThat(broker.sessions.queueStats())
        .allMatch(stat -> stat.name().equals("orders") || stat.messageCount() == 0);
    stateIsTheFold();
  }

  @Test
  void aMessageThatIsSentAgainIsRecognised() {
    Identity identity = new Identity.Sequenced("p", 1);
    Message message =
        TestPeer.message("once", true, 4, 0, identity)
            .deliveredFrom(broker.wall + 100)
            .repeated(new Repetition(100, 1));
    peer.send(producer, message, 0);
    broker.pass(100);
    takeOver();
    assertThat(peer.accepted(peer.send(producer, message, 0))).isTrue();
    broker.pass(100);
    broker.pass(1_000);
    assertThat(broker.stat("orders").messagesAdded()).isEqualTo(2);
  }

  @Test
  void aTransactionHasNone() {
    long transaction = peer.begin();
    long sent = peer.send(producer, repeated("tick", true, 100, 100, 1), transaction);
    Refusal refusal = peer.answer(sent).refusal();
    assertThat(refusal.reason()).isEqualTo(Refusal.Reason.NOT_IMPLEMENTED);
  }

  @Test
  void whereThereIsNoRoomOneFallsAwayAndTheNextOneIsAwaited() {
    for (boolean durable : new boolean[] {true, false}) {
      broker = new TestBroker(TestSettings.full(FullPolicy.FAIL, 2));
      peer = broker.connect();
      producer = peer.producer("orders");
      peer.send(producer, repeated("tick", durable, 100, 100, Repetition.ENDLESS), 0);
      for (int i = 0; i < 10; i++) {
        broker.pass(100);
      }
      assertThat(broker.stat("orders").messageCount()).isEqualTo(2);
      int consumer = peer.consumer("orders", 10);
      assertThat(peer.bodies(consumer)).containsExactly("tick");
      peer.accept(consumer, 0);
      broker.pass(100);
      assertThat(peer.bodies(consumer)).containsExactly("tick", "tick");
      stateIsTheFold();
    }
  }

  @Test
  void aQueueHasSoManyAndNoMore() {
    for (int i = 0; i < 10_000; i++) {
      send("tick", 100_000, 100, 1);
    }
    long sent = send("tick", 100_000, 100, 1);
    assertThat(peer.answer(sent).refusal().reason()).isEqualTo(Refusal.Reason.LIMIT_REACHED);
    peer.sendLater(producer, "other", 100);
    assertThat(broker.stat("orders").messageCount()).isEqualTo(10_001);
  }
}
