package io.batonmq.session;

import static io.batonmq.session.TestDiverts.broker;
import static io.batonmq.session.TestDiverts.copy;
import static io.batonmq.session.TestDiverts.count;
import static io.batonmq.session.TestDiverts.counts;
import static io.batonmq.session.TestDiverts.divert;
import static io.batonmq.session.TestDiverts.drain;
import static io.batonmq.session.TestDiverts.nothingIsLeft;
import static io.batonmq.session.TestDiverts.only;
import static io.batonmq.session.TestDiverts.origins;
import static io.batonmq.session.TestDiverts.sent;
import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.BrokerState;
import io.batonmq.broker.Divert;
import io.batonmq.broker.Divert.Kind;
import io.batonmq.broker.Event;
import io.batonmq.broker.Events;
import io.batonmq.broker.StateBytes;
import io.batonmq.broker.Xid;
import io.batonmq.message.AddressPattern;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is sent to one address and goes to another, too or only.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DivertTest {
  private static final Output.Origin FROM_A = new Output.Origin("a", "a>b", false);
  private static final Xid XID = new Xid(1, new byte[] {1}, new byte[] {1});

  @Test
  void aCopyGoesOnAndSaysWhereItComesFrom() {
    TestBroker broker = broker(copy("a", "b"));
    TestPeer peer = broker.connect();
    int producer = peer.producer("a");
    sent(peer, producer, "m");
    int there = peer.consumer("b", 10);
    int here = peer.consumer("a", 10);
    assertThat(peer.bodies(there)).containsExactly("m");
    assertThat(origins(peer, there)).containsExactly(FROM_A);
    assertThat(peer.bodies(here)).containsExactly("m");
    assertThat(origins(peer, here)).containsExactly((Output.Origin) null);
    assertThat(broker.stat("b").messagesAdded()).isEqualTo(1);
    peer.accept(there, 0);
    assertThat(counts(broker)).containsExactly(1L, 0L, 0L, 0L);
    peer.accept(here, 0);
    nothingIsLeft(broker);
  }

  @Test
  void theBodyIsInTheLogOnce() {
    TestBroker broker = broker(copy("a", "b"), copy("a", "c"));
    TestPeer peer = broker.connect();
    sent(peer, peer.producer("a"), "m");
    assertThat(counts(broker)).containsExactly(1L, 1L, 1L, 0L);
    assertThat(
            broker.log.records().stream()
                .filter(r -> Events.read(r.type(), r.buffer()) instanceof Event.Enqueued))
        .hasSize(1);
    drain(broker, "a", "b");
    assertThat(StateBytes.extents(broker.state)).isNotEmpty();
    drain(broker, "c");
    nothingIsLeft(broker);
  }

  @Test
  void anExclusiveOneLeavesNothingBehind() {
    TestBroker broker = broker(divert("a", "b", true, "n = 1", Kind.STRIP), copy("a", "c"));
    TestPeer peer = broker.connect();
    int producer = peer.producer("a");
    sent(peer, producer, "n=1");
    assertThat(counts(broker)).containsExactly(0L, 1L, 0L, 0L);
    sent(peer, producer, "n=2");
    assertThat(counts(broker)).containsExactly(1L, 1L, 1L, 0L);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void exclusiveOnesThatFitTakeItAll() {
    TestBroker broker = broker(only("a", "b"), only("a", "c"));
    TestPeer peer = broker.connect();
    sent(peer, peer.producer("a"), "m");
    assertThat(counts(broker)).containsExactly(0L, 1L, 1L, 0L);
  }

  @Test
  void aFilterChoosesAndAQueueBehindItToo() {
    TestBroker broker = broker(divert("a", "b", false, "n > 1", Kind.STRIP));
    TestPeer peer = broker.connect();
    int producer = peer.producer("a");
    sent(peer, producer, "n=1");
    sent(peer, producer, "n=2");
    assertThat(peer.bodies(peer.consumer("b", 10))).containsExactly("n=2");
    assertThat(count(broker, "a")).isEqualTo(2);
  }

  @Test
  void theActiveNodeThatComesNextHasThem() {
    TestBroker broker = broker(copy("a", "b"));
    TestPeer peer = broker.connect();
    sent(peer, peer.producer("a"), "m");
    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    int there = again.consumer("b", 10);
    assertThat(again.bodies(there)).containsExactly("m");
    assertThat(origins(again, there)).containsExactly(FROM_A);
    sent(again, again.producer("a"), "n");
    assertThat(again.bodies(there)).containsExactly("m", "n");
    again.close(there);
    drain(next, "a", "b");
    nothingIsLeft(next);
  }

  @Test
  void aResendIsStoredNowhereASecondTime() {
    TestBroker broker = broker(copy("a", "b"), only("c", "d"));
    Message first = TestPeer.message("1", true, 4, 0, new Identity.Sequenced("p", 1));
    Message named = TestPeer.message("2", true, 4, 0, new Identity.Named("id"));
    TestPeer peer = broker.connect();
    int a = peer.producer("a", RoutingType.ANYCAST, "p");
    int c = peer.producer("c", RoutingType.ANYCAST, null);
    for (int i = 0; i < 2; i++) {
      assertThat(peer.accepted(peer.send(a, first, 0))).isTrue();
      assertThat(peer.accepted(peer.send(c, named, 0))).isTrue();
    }
    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    a = again.producer("a", RoutingType.ANYCAST, "p");
    c = again.producer("c", RoutingType.ANYCAST, null);
    assertThat(again.accepted(again.send(a, first, 0))).isTrue();
    assertThat(again.accepted(again.send(c, named, 0))).isTrue();
    assertThat(counts(next)).containsExactly(1L, 1L, 0L, 1L);
  }

  @Test
  void aTransactionBringsItEverywhereOrNowhere() {
    TestBroker broker = broker(copy("a", "b"));
    TestPeer peer = broker.connect();
    int producer = peer.producer("a");
    long undone = peer.begin();
    peer.send(producer, TestPeer.message("undone"), undone);
    assertThat(counts(broker)).containsExactly(0L, 0L, 0L, 0L);
    peer.end(undone, false);
    nothingIsLeft(broker);
    long done = peer.begin();
    peer.send(producer, TestPeer.message("done"), done);
    peer.end(done, true);
    int there = peer.consumer("b", 10);
    assertThat(peer.bodies(there)).containsExactly("done");
    assertThat(origins(peer, there)).containsExactly(FROM_A);
    peer.close(there);
    drain(broker, "a", "b");
    nothingIsLeft(broker);
  }

  @Test
  void whatWasSentInTwoTransactionsComesOnce() {
    TestBroker broker = broker(copy("a", "b"));
    TestPeer peer = broker.connect();
    int producer = peer.producer("a", RoutingType.ANYCAST, "p");
    Message message = TestPeer.message("m", true, 4, 0, new Identity.Sequenced("p", 1));
    Message waits =
        TestPeer.message("w", true, 4, 0, new Identity.Sequenced("p", 2))
            .deliveredFrom(broker.wall + 1_000);
    long first = peer.begin();
    long second = peer.begin();
    for (long transaction : new long[] {first, second}) {
      peer.send(producer, message, transaction);
      peer.send(producer, waits, transaction);
    }
    peer.end(first, true);
    peer.end(second, true);
    assertThat(counts(broker)).containsExactly(2L, 2L, 0L, 0L);
    broker.pass(2_000);
    drain(broker, "a", "b");
    nothingIsLeft(broker);
  }

  @Test
  void aTransactionWhoseQueueIsGoneLeavesNothing() {
    TestBroker broker = broker(only("a", "b"));
    TestPeer peer = broker.connect();
    int producer = peer.producer("a");
    long transaction = peer.begin();
    peer.send(producer, TestPeer.message("m"), transaction);
    broker.sessions.manage(new Management.DeleteQueue("b", true, false), _ -> {});
    broker.settle();
    broker.rest();
    peer.end(transaction, true);
    nothingIsLeft(broker);
  }

  @Test
  void aPromisedTransactionIsFinishedByTheNextNode() {
    TestBroker broker = broker(copy("a", "b"));
    TestPeer peer = broker.connect();
    int producer = peer.producer("a");
    peer.send(producer, TestPeer.message("m"), peer.begin(XID));
    peer.end(XID, Command.Step.PREPARE);
    var restored = BrokerState.restore(StateBytes.blocks(broker.state.freeze()).iterator());
    assertThat(StateBytes.of(restored)).isEqualTo(broker.bytes());

    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    assertThat(counts(next)).containsExactly(0L, 0L, 0L, 0L);
    again.end(XID, Command.Step.COMMIT);
    int there = again.consumer("b", 10);
    assertThat(again.bodies(there)).containsExactly("m");
    assertThat(origins(again, there)).containsExactly(FROM_A);
    again.close(there);
    drain(next, "a", "b");
    nothingIsLeft(next);
    // A node that began with the snapshot comes to the same.
    next.log.records().stream()
        .filter(r -> r.position() >= restored.end())
        .forEach(r -> restored.apply(r.position(), r.end(), r.type(), r.buffer()));
    assertThat(StateBytes.of(restored)).isEqualTo(next.bytes());
  }

  @Test
  void itWaitsForItsTimeInEachPlace() {
    TestBroker broker = broker(copy("a", "b"));
    TestPeer peer = broker.connect();
    int there = peer.consumer("b", 10);
    peer.sendLater(peer.producer("a"), "m", 1_000);
    assertThat(peer.bodies(there)).isEmpty();
    assertThat(broker.stat("b").scheduledCount()).isEqualTo(1);
    broker.pass(1_001);
    assertThat(peer.bodies(there)).containsExactly("m");
    assertThat(origins(peer, there)).containsExactly(FROM_A);
  }

  @Test
  void whatIsNotDurableIsDivertedInMemory() {
    TestBroker broker = broker(copy("a", "b"));
    TestPeer peer = broker.connect();
    int there = peer.consumer("b", 10);
    int producer = peer.producer("a");
    peer.send(producer, TestPeer.message("m", false, 4, 0, null), 0);
    long transaction = peer.begin();
    peer.send(producer, TestPeer.message("n", false, 4, 0, null), transaction);
    peer.end(transaction, true);
    assertThat(peer.bodies(there)).containsExactly("m", "n");
    assertThat(origins(peer, there)).containsExactly(FROM_A, FROM_A);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void subscribersOfATopicGetIt() {
    TestBroker broker = broker(divert("a", "b", false, null, Kind.MULTICAST));
    TestPeer peer = broker.connect();
    int fleeting = peer.consumer(new Source("b", new Source.Kind.Volatile(), false, null, false));
    peer.credit(fleeting, 10);
    int producer = peer.producer("a");
    sent(peer, producer, "m");
    long transaction = peer.begin();
    peer.send(producer, TestPeer.message("n"), transaction);
    peer.end(transaction, true);
    assertThat(peer.bodies(fleeting)).containsExactly("m", "n");
    assertThat(origins(peer, fleeting)).containsExactly(FROM_A, FROM_A);
    assertThat(count(broker, "a")).isEqualTo(2);
  }

  @Test
  void aChainIsFollowedAndEachStepSaysTheOneBefore() {
    TestBroker broker = broker(only("a", "b"), copy("b", "c"), only("c", "d"));
    TestPeer peer = broker.connect();
    sent(peer, peer.producer("a"), "m");
    assertThat(counts(broker)).containsExactly(0L, 1L, 0L, 1L);
    int last = peer.consumer("d", 10);
    assertThat(origins(peer, last)).containsExactly(new Output.Origin("c", "c>d", false));
  }

  @Test
  void aCircleEnds() {
    TestBroker broker = broker(copy("a", "b"), copy("b", "c"), copy("c", "a"));
    TestPeer peer = broker.connect();
    sent(peer, peer.producer("a"), "m");
    assertThat(counts(broker)).containsExactly(1L, 1L, 1L, 0L);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void anExclusiveCircleLosesNothing() {
    TestBroker broker = broker(only("a", "b"), only("b", "a"), only("c", "c"));
    TestPeer peer = broker.connect();
    sent(peer, peer.producer("a"), "m");
    sent(peer, peer.producer("c"), "n");
    assertThat(counts(broker)).containsExactly(1L, 0L, 1L, 0L);
    int back = peer.consumer("a", 10);
    assertThat(origins(peer, back)).containsExactly(new Output.Origin("b", "b>a", false));
  }

  @Test
  void twoWaysToOneQueueBringItOnce() {
    TestBroker broker =
        broker(copy("a", "b"), copy("a", "c"), copy("b", "d"), copy("c", "d"), copy("a", "d"));
    TestPeer peer = broker.connect();
    sent(peer, peer.producer("a"), "m");
    assertThat(counts(broker)).containsExactly(1L, 1L, 1L, 1L);
    drain(broker, "a", "b", "c", "d");
    nothingIsLeft(broker);
  }

  @Test
  void thoseOfOneRoutingNameTakeTurns() {
    TestBroker broker =
        broker(
            new Divert("1", new AddressPattern("a"), "b", "t", false, null, Kind.STRIP),
            new Divert("2", new AddressPattern("a"), "c", "t", false, "n > 0", Kind.STRIP),
            new Divert("3", new AddressPattern("a"), "d", "u", false, null, Kind.STRIP));
    TestPeer peer = broker.connect();
    int producer = peer.producer("a");
    for (int i = 0; i < 4; i++) {
      sent(peer, producer, "n=1");
    }
    assertThat(counts(broker)).containsExactly(4L, 2L, 2L, 4L);
    sent(peer, producer, "n=0");
    sent(peer, producer, "n=0");
    assertThat(counts(broker)).containsExactly(6L, 4L, 2L, 6L);
  }

  @Test
  void whatIsSentStraightToAQueueIsTakenByExclusiveOnesOnly() {
    TestBroker broker = broker(copy("a", "c"), divert("a", "b", true, "n = 1", Kind.STRIP));
    TestPeer peer = broker.connect();
    peer.producer("a");
    int straight = peer.producer("a::a");
    sent(peer, straight, "n=1");
    sent(peer, straight, "n=2");
    assertThat(counts(broker)).containsExactly(1L, 1L, 0L, 0L);
  }

  @Test
  void aPatternDivertsAllThatFit() {
    TestBroker broker = broker(copy("orders.#", "b"));
    TestPeer peer = broker.connect();
    sent(peer, peer.producer("orders.eu"), "m");
    sent(peer, peer.producer("others"), "n");
    int there = peer.consumer("b", 10);
    assertThat(peer.bodies(there)).containsExactly("m");
    assertThat(origins(peer, there))
        .containsExactly(new Output.Origin("orders.eu", "orders.#>b", false));
  }

  @Test
  void theAddressNamesThem() {
    TestBroker broker = broker(copy("a", "b"), only("a", "c"));
    broker.connect().producer("a");
    assertThat(broker.sessions.addressStats().getFirst().diverts()).containsExactly("a>c", "a>b");
  }
}
