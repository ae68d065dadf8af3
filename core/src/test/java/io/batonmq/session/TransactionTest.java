package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.Refusal.Reason;
import io.batonmq.message.Identity;
import io.batonmq.queue.Disposition;
import java.util.Objects;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class TransactionTest {
  private final TestBroker broker = new TestBroker(TestSettings.deadEnds());
  private final TestPeer peer = broker.connect();
  private final int a = peer.producer("a");
  private final int b = peer.producer("b");

  @Test
  void messagesAppearTogetherAtTheCommit() {
    int consumer = peer.consumer("a", 10);
    long transaction = peer.begin();
    peer.send(a, TestPeer.message("1"), transaction);
    peer.send(b, TestPeer.message("2"), transaction);
    peer.send(a, TestPeer.message("3", false, 4, 0, null), transaction);
    assertThat(peer.bodies(consumer)).isEmpty();
    assertThat(broker.stat("b").messageCount()).isZero();

    assertThat(peer.end(transaction, true)).isEqualTo(new Output.Ended(2, null));
    assertThat(peer.bodies(consumer)).containsExactly("1", "3");
    assertThat(broker.stat("b").messageCount()).isEqualTo(1);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void aRollbackLeavesNothing() {
    long transaction = peer.begin();
    peer.send(a, TestPeer.message("1"), transaction);
    peer.send(a, TestPeer.message("2", false, 4, 0, null), transaction);
    assertThat(Objects.requireNonNull(peer.end(transaction, false)).refusal()).isNull();
    assertThat(broker.stat("a").messageCount()).isZero();
    assertThat(broker.sessions.bodyBytes()).isLessThan(1_000);
    assertThat(broker.state.openTransactions()).isZero();
  }

  @Test
  void aTakeOverInTheMiddleLeavesNothing() {
    long transaction = peer.begin();
    peer.send(a, TestPeer.message("1"), transaction);
    assertThat(broker.state.openTransactions()).isEqualTo(1);

    TestBroker next = broker.takeOver();
    assertThat(next.stat("a").messageCount()).isZero();
    assertThat(next.state.openTransactions()).isZero();
    TestPeer again = next.connect();
    Output.Ended ended = Objects.requireNonNull(again.end(transaction, true));
    assertThat(Objects.requireNonNull(ended.refusal()).reason()).isEqualTo(Reason.ROLLED_BACK);
  }

  @Test
  void aCommitIsAnsweredWhenItIsCommittedAndIsAllOrNothing() {
    int consumer = peer.consumer("b", 10);
    peer.send(b, "taken");
    long transaction = peer.begin();
    peer.send(a, TestPeer.message("1"), transaction);
    peer.settle(consumer, 0, 0, Disposition.ACCEPTED, transaction);
    broker.holdCommits = true;
    int before = broker.log.records().size();
    assertThat(peer.end(transaction, true)).isNull();

    // Cut the log at every record of the commit: either all of it happened, or none.
    for (int kept = before; kept <= broker.log.records().size(); kept++) {
      broker.log.commit(broker.log.records().get(kept - 1).end());
      TestBroker next = broker.takeOver();
      boolean all = kept == broker.log.records().size();
      assertThat(next.stat("a").messageCount()).as("records " + kept).isEqualTo(all ? 1 : 0);
      assertThat(next.stat("b").messageCount()).as("records " + kept).isEqualTo(all ? 0 : 1);
    }
    broker.commit();
    assertThat(peer.last(Output.Ended.class).refusal()).isNull();
  }

  @Test
  void anAcknowledgementHappensAtTheCommit() {
    int consumer = peer.consumer("a", 10);
    peer.send(a, "1");
    long transaction = peer.begin();
    peer.settle(consumer, 0, 0, Disposition.ACCEPTED, transaction);
    assertThat(broker.stat("a").messageCount()).isEqualTo(1);
    peer.end(transaction, true);
    assertThat(broker.stat("a").messageCount()).isZero();
  }

  @Test
  void afterARollbackWhatThePeerHasForgottenIsDeliveredAgainAndCounted() {
    int consumer = peer.consumer("a", 10);
    peer.send(a, "1");
    long transaction = peer.begin();
    peer.settle(consumer, 0, 0, Disposition.ACCEPTED, transaction);
    peer.end(transaction, false);
    assertThat(peer.bodies(consumer)).containsExactly("1", "1");
    assertThat(peer.delivered(consumer).get(1).deliveryCount()).isEqualTo(1);
  }

  @Test
  void afterARollbackWhatThePeerStillKnowsStaysWithIt() {
    int consumer = peer.consumer("a", 10);
    peer.send(a, "1");
    long transaction = peer.begin();
    broker.on(
        new Command.Settle(
            peer.connection, consumer, 0, 0, Disposition.ACCEPTED, transaction, true));
    peer.end(transaction, false);
    assertThat(peer.bodies(consumer)).containsExactly("1");
    peer.accept(consumer, 0);
    assertThat(broker.stat("a").messageCount()).isZero();
  }

  @Test
  void rollingBackOftenEnoughIsADeadLetter() {
    int consumer = peer.consumer("a", 10);
    peer.send(a, "1");
    for (int attempt = 0; attempt < 3; attempt++) {
      long transaction = peer.begin();
      peer.settle(consumer, attempt, attempt, Disposition.ACCEPTED, transaction);
      peer.end(transaction, false);
    }
    assertThat(broker.stat("a").messageCount()).isZero();
    assertThat(broker.stat("DLQ").messageCount()).isEqualTo(1);
  }

  @Test
  void aLinkMayCloseBeforeTheCommit() {
    int consumer = peer.consumer("a", 10);
    peer.send(a, "1");
    peer.send(a, "2");
    long transaction = peer.begin();
    peer.settle(consumer, 0, 0, Disposition.ACCEPTED, transaction);
    peer.close(consumer);
    assertThat(broker.stat("a").deliveringCount()).isEqualTo(1);
    peer.end(transaction, true);
    assertThat(broker.stat("a").messageCount()).isEqualTo(1);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void aLostConnectionRollsBack() {
    int consumer = peer.consumer("a", 10);
    peer.send(a, "1");
    long transaction = peer.begin();
    peer.settle(consumer, 0, 0, Disposition.ACCEPTED, transaction);
    peer.send(b, TestPeer.message("2"), transaction);
    peer.disconnect(false);
    assertThat(broker.stat("a").messageCount()).isEqualTo(1);
    assertThat(broker.stat("a").deliveringCount()).isZero();
    assertThat(broker.stat("b").messageCount()).isZero();
    assertThat(broker.state.openTransactions()).isZero();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void aRefusedMessageFailsTheWholeTransaction() {
    TestBroker small = new TestBroker(TestSettings.small());
    TestPeer other = small.connect();
    int link = other.producer("a");
    long transaction = other.begin();
    for (int i = 0; i < 4; i++) {
      assertThat(other.accepted(other.send(link, TestPeer.message("x".repeat(60)), transaction)))
          .isTrue();
    }
    assertThat(other.refused(other.send(link, TestPeer.message("x".repeat(60)), transaction)))
        .isEqualTo(Reason.LIMIT_REACHED);
    Output.Ended ended = Objects.requireNonNull(other.end(transaction, true));
    assertThat(Objects.requireNonNull(ended.refusal()).reason()).isEqualTo(Reason.ROLLED_BACK);
    assertThat(small.stat("a").messageCount()).isZero();

    long next = other.begin();
    assertThat(other.accepted(other.send(link, TestPeer.message("x".repeat(60)), next))).isTrue();
  }

  /// A reference for each queue; and what recognises a resend, but for sequences that follow each other.
  @Test
  void whatCountsIsTheMemoryThatItTakes() {
    assertThat(fit(i -> new Identity.Sequenced("p", i))).isEqualTo(3);
    assertThat(fit(i -> new Identity.Sequenced("p", 2 * i))).isEqualTo(2);
    assertThat(fit(i -> new Identity.Sequenced("p" + i, i))).isEqualTo(2);
    assertThat(fit(i -> new Identity.Named("n" + i))).isZero();
  }

  /// How many messages fit into 100 bytes.
  private static int fit(IntFunction<Identity> identities) {
    TestBroker small = new TestBroker(TestSettings.small());
    TestPeer other = small.connect();
    int link = other.producer("a");
    long transaction = other.begin();
    int count = 0;
    while (other.accepted(
        other.send(
            link, TestPeer.message("m", true, 4, 0, identities.apply(count)), transaction))) {
      count++;
    }
    return count;
  }

  @Test
  void transactionsAreLimited() {
    TestBroker small = new TestBroker(TestSettings.small());
    TestPeer other = small.connect();
    other.begin();
    other.begin();
    small.on(new Command.Begin(other.connection, 99));
    assertThat(other.heard(Output.Begun.class)).hasSize(2);
    Output.Ended refused = other.last(Output.Ended.class);
    assertThat(refused.request()).isEqualTo(99);
    assertThat(Objects.requireNonNull(refused.refusal()).reason()).isEqualTo(Reason.LIMIT_REACHED);
  }

  @Test
  void aMessageOfATransactionThatIsOverIsRefused() {
    long transaction = peer.begin();
    peer.end(transaction, true);
    assertThat(peer.refused(peer.send(a, TestPeer.message("late"), transaction)))
        .isEqualTo(Reason.ROLLED_BACK);
  }
}
