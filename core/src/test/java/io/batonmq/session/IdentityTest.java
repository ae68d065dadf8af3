package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.FullPolicy;
import io.batonmq.broker.Identities;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.broker.StateBytes;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import org.junit.jupiter.api.Test;

/// Enqueued once, whatever is sent again and whichever node is asked.
class IdentityTest {
  private final TestBroker broker = new TestBroker(TestSettings.full(FullPolicy.FAIL, 1));
  private final TestPeer peer = broker.connect();

  private static Message numbered(long sequence) {
    return TestPeer.message("m" + sequence, true, 4, 0, new Identity.Sequenced("p", sequence));
  }

  private static Message named(String id) {
    return TestPeer.message(id, true, 4, 0, new Identity.Named(id));
  }

  @Test
  void fiveRefusedSixAcceptedFiveSentAgainIsNew() {
    int link = peer.producer("orders", RoutingType.ANYCAST, "p");
    int consumer = peer.consumer("orders");
    peer.send(link, "in the way");
    assertThat(peer.refused(peer.send(link, numbered(5), 0))).isEqualTo(Reason.LIMIT_REACHED);
    peer.credit(consumer, 100);
    peer.accept(consumer, 0);
    assertThat(peer.accepted(peer.send(link, numbered(6), 0))).isTrue();
    peer.accept(consumer, 1);
    assertThat(peer.accepted(peer.send(link, numbered(5), 0))).isTrue();
    peer.accept(consumer, 2);
    assertThat(peer.accepted(peer.send(link, numbered(6), 0))).isTrue();
    assertThat(peer.bodies(consumer)).containsExactly("in the way", "m6", "m5");
  }

  @Test
  void aResendIsAnsweredAndNotAdded() {
    int link = peer.producer("orders", RoutingType.ANYCAST, "p");
    peer.send(link, numbered(1), 0);
    assertThat(peer.accepted(peer.send(link, numbered(1), 0))).isTrue();
    assertThat(broker.stat("orders").messageCount()).isEqualTo(1);
  }

  @Test
  void theAnswerOfAResendWaitsForTheOriginal() {
    int link = peer.producer("orders", RoutingType.ANYCAST, "p");
    broker.holdCommits = true;
    peer.send(link, numbered(1), 0);
    long again = peer.send(link, numbered(1), 0);
    // If the node were lost now, nobody would have the message: this must not be confirmed yet.
    assertThat(peer.answer(again)).isNull();
    broker.commit();
    assertThat(peer.accepted(again)).isTrue();
  }

  @Test
  void theNextActiveNodeKnowsToo() {
    int link = peer.producer("orders", RoutingType.ANYCAST, "p");
    peer.send(link, numbered(1), 0);

    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    int other = again.producer("orders", RoutingType.ANYCAST, "p");
    assertThat(again.accepted(again.send(other, numbered(1), 0))).isTrue();
    assertThat(next.stat("orders").messageCount()).isEqualTo(1);
  }

  @Test
  void whatWasNotCommittedIsNewToTheNextNode() {
    int link = peer.producer("orders", RoutingType.ANYCAST, "p");
    broker.holdCommits = true;
    peer.send(link, numbered(1), 0);

    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    int other = again.producer("orders", RoutingType.ANYCAST, "p");
    again.send(other, numbered(1), 0);
    assertThat(next.stat("orders").messageCount()).isEqualTo(1);
  }

  @Test
  void messagesThatAreNotDurableAreEnqueuedOnceToo() {
    int link = peer.producer("orders", RoutingType.ANYCAST, "p");
    Message fleeting = TestPeer.message("f", false, 4, 0, new Identity.Sequenced("p", 1));
    peer.send(link, fleeting, 0);
    assertThat(peer.accepted(peer.send(link, fleeting, 0))).isTrue();
    assertThat(broker.stat("orders").messageCount()).isEqualTo(1);
  }

  @Test
  void aProducerIsForgottenWhenItSaysGoodbye() {
    int link = peer.producer("orders", RoutingType.ANYCAST, "p");
    peer.send(link, numbered(1), 0);
    assertThat(broker.state.identities().knows("p")).isTrue();
    peer.close(link);
    assertThat(broker.state.identities().knows("p")).isFalse();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void aProducerWhoseConnectionWasLostIsRememberedForAWhile() {
    int link = peer.producer("orders", RoutingType.ANYCAST, "p");
    peer.send(link, numbered(1), 0);
    peer.disconnect(false);
    broker.pass(599_000);
    assertThat(broker.state.identities().knows("p")).isTrue();
    broker.pass(2_000);
    assertThat(broker.state.identities().knows("p")).isFalse();
  }

  @Test
  void aProducerThatComesBackIsNotForgotten() {
    int link = peer.producer("orders", RoutingType.ANYCAST, "p");
    peer.send(link, numbered(1), 0);
    peer.disconnect(false);
    TestPeer again = broker.connect();
    again.producer("orders", RoutingType.ANYCAST, "p");
    broker.pass(700_000);
    assertThat(broker.state.identities().knows("p")).isTrue();
  }

  @Test
  void afterATakeOverEverybodyHasTheWholeTimeToComeBack() {
    int link = peer.producer("orders", RoutingType.ANYCAST, "p");
    peer.send(link, numbered(1), 0);
    TestBroker next = broker.takeOver();
    next.pass(599_000);
    assertThat(next.state.identities().knows("p")).isTrue();
    next.pass(2_000);
    assertThat(next.state.identities().knows("p")).isFalse();
  }

  @Test
  void theGapsOfAProducerAreLimitedOnEveryNode() {
    TestBroker small = new TestBroker(TestSettings.small());
    TestPeer other = small.connect();
    int link = other.producer("orders", RoutingType.ANYCAST, "p");
    for (int i = 1; i <= 40; i++) {
      other.send(link, numbered(2 * i), 0);
    }
    assertThat(StateBytes.ranges(small.state, "p")).isEqualTo(6);
    assertThat(small.bytes()).isEqualTo(small.foldedBytes());
    // The newest gap is still new, the oldest one counts as accepted.
    other.send(link, numbered(79), 0);
    other.send(link, numbered(1), 0);
    assertThat(small.stat("orders").messageCount()).isEqualTo(41);
  }

  @Test
  void theNewestNamesOfAnAddressAreRemembered() {
    TestBroker open = new TestBroker();
    TestPeer other = open.connect();
    int link = other.producer("orders");
    other.send(link, named("first"), 0);
    other.send(link, named("first"), 0);
    assertThat(open.stat("orders").messageCount()).isEqualTo(1);
    for (int i = 0; i < Identities.NAMES_MAX; i++) {
      other.send(link, named("n" + i), 0);
    }
    other.send(link, named("n1"), 0);
    assertThat(open.stat("orders").messageCount()).isEqualTo(1 + Identities.NAMES_MAX);
    other.send(link, named("first"), 0);
    assertThat(open.stat("orders").messageCount()).isEqualTo(2 + Identities.NAMES_MAX);

    int elsewhere = other.producer("invoices");
    other.send(elsewhere, named("n1"), 0);
    assertThat(open.stat("invoices").messageCount()).isEqualTo(1);
    assertThat(open.bytes()).isEqualTo(open.foldedBytes());
  }

  @Test
  void inATransactionItTakesEffectWithTheCommit() {
    TestBroker open = new TestBroker();
    TestPeer other = open.connect();
    int link = other.producer("orders", RoutingType.ANYCAST, "p");
    long rolledBack = other.begin();
    other.send(link, numbered(1), rolledBack);
    other.end(rolledBack, false);
    long committed = other.begin();
    other.send(link, numbered(1), committed);
    other.end(committed, true);
    assertThat(open.stat("orders").messageCount()).isEqualTo(1);
    long late = other.begin();
    other.send(link, numbered(1), late);
    other.end(late, true);
    assertThat(open.stat("orders").messageCount()).isEqualTo(1);
  }

  @Test
  void twoTransactionsWithTheSameMessageAddItOnce() {
    TestBroker open = new TestBroker();
    TestPeer lost = open.connect();
    int link = lost.producer("orders", RoutingType.ANYCAST, "p");
    long first = lost.begin();
    lost.send(link, numbered(1), first);
    // The client lost this connection, and its broker does not know yet.
    TestPeer again = open.connect();
    int other = again.producer("orders", RoutingType.ANYCAST, "p");
    long second = again.begin();
    again.send(other, numbered(1), second);
    lost.end(first, true);
    again.end(second, true);
    assertThat(open.stat("orders").messageCount()).isEqualTo(1);
    assertThat(open.bytes()).isEqualTo(open.foldedBytes());
  }
}
