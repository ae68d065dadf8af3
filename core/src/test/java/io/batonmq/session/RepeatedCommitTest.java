package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.BrokerState;
import io.batonmq.broker.Outcomes;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.broker.StateBytes;
import io.batonmq.queue.Disposition;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A commit whose answer was lost is asked for again, and gets its true answer: on any connection of the
/// same user, on any node.
class RepeatedCommitTest {
  private static final Reason COMMITTED = null;

  private final TestBroker broker = new TestBroker(TestSettings.deadEnds());
  private final TestPeer peer = broker.connect();
  private final int link = peer.producer("a");

  private static @Nullable Reason commit(TestPeer peer, long transaction) {
    return reason(Objects.requireNonNull(peer.end(transaction, true)));
  }

  private static @Nullable Reason rollback(TestPeer peer, long transaction) {
    return reason(Objects.requireNonNull(peer.end(transaction, false)));
  }

  private static @Nullable Reason reason(Output.Ended ended) {
    Refusal refusal = ended.refusal();
    return refusal == null ? null : refusal.reason();
  }

  private long sentIn(TestPeer by, int producer, boolean durable) {
    long transaction = by.begin();
    by.send(producer, TestPeer.message("m" + transaction, durable, 4, 0, null), transaction);
    return transaction;
  }

  private long committed(boolean durable) {
    long transaction = sentIn(peer, link, durable);
    assertThat(commit(peer, transaction)).isEqualTo(COMMITTED);
    return transaction;
  }

  @Test
  void aCommitThatTookEffectIsAnsweredSo() {
    long transaction = committed(true);
    peer.disconnect(false);
    assertThat(commit(broker.connect(), transaction)).isEqualTo(COMMITTED);
    assertThat(commit(broker.takeOver().connect(), transaction)).isEqualTo(COMMITTED);
    assertThat(broker.stat("a").messageCount()).isEqualTo(1);
  }

  @Test
  void theAnswerIsTheOneThatTheLogGives() {
    committed(true);
    int before = broker.log.records().size();
    long transaction = sentIn(peer, link, true);
    broker.holdCommits = true;
    assertThat(peer.end(transaction, true)).isNull();
    for (int kept = before; kept <= broker.log.records().size(); kept++) {
      broker.log.commit(broker.log.records().get(kept - 1).end());
      TestBroker next = broker.takeOver();
      boolean all = kept == broker.log.records().size();
      assertThat(commit(next.connect(), transaction))
          .as("records " + kept)
          .isEqualTo(all ? COMMITTED : Reason.ROLLED_BACK);
      assertThat(next.stat("a").messageCount()).isEqualTo(all ? 2 : 1);
    }
  }

  @Test
  void theAnswerWaitsUntilTheCommitIsSafe() {
    long transaction = sentIn(peer, link, true);
    TestPeer again = broker.connect();
    broker.holdCommits = true;
    peer.end(transaction, true);
    assertThat(again.end(transaction, true)).isNull();
    broker.commit();
    assertThat(again.last(Output.Ended.class).refusal()).isNull();
  }

  @Test
  void aNodeThatMayNotBeActiveAnyMoreDoesNotSayThatItIsRolledBack() {
    TestBroker next = broker.takeOver();
    TestPeer other = next.connect();
    long transaction = sentIn(other, other.producer("a"), true);
    other.end(transaction, true);
    // Nothing that the old node appends now is ever committed.
    broker.holdCommits = true;
    TestPeer again = broker.connect();
    assertThat(again.end(transaction, true)).isNull();
    assertThat(again.end(transaction, false)).isNull();
  }

  @Test
  void whatWasNotCommittedIsRolledBack() {
    long open = sentIn(peer, link, true);
    long rolledBack = sentIn(peer, link, true);
    rollback(peer, rolledBack);
    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    assertThat(commit(again, open)).isEqualTo(Reason.ROLLED_BACK);
    assertThat(commit(again, rolledBack)).isEqualTo(Reason.ROLLED_BACK);
    assertThat(commit(again, 4711)).isEqualTo(Reason.ROLLED_BACK);
    assertThat(next.stat("a").messageCount()).isZero();
  }

  @Test
  void aRollbackThatIsAskedForAgainIsAnsweredTrulyToo() {
    long rolledBack = sentIn(peer, link, true);
    rollback(peer, rolledBack);
    long transaction = committed(true);
    TestPeer again = broker.takeOver().connect();
    assertThat(rollback(again, rolledBack)).isNull();
    assertThat(rollback(again, transaction)).isEqualTo(Reason.NOT_ALLOWED);
  }

  @Test
  void afterTheAnswerThatItIsRolledBackItNeverTakesEffect() {
    // The first connection is lost, which the broker does not know yet, and its commit is still
    // under way.
    int consumer = peer.consumer("a", 10);
    peer.send(link, "taken");
    long transaction = sentIn(peer, link, true);
    peer.settle(consumer, 0, 0, Disposition.ACCEPTED, transaction);
    TestPeer again = broker.connect();
    assertThat(commit(again, transaction)).isEqualTo(Reason.ROLLED_BACK);
    assertThat(commit(peer, transaction)).isEqualTo(Reason.ROLLED_BACK);
    assertThat(peer.refused(peer.send(link, TestPeer.message("late"), transaction)))
        .isEqualTo(Reason.ROLLED_BACK);
    assertThat(peer.bodies(consumer)).containsExactly("taken", "taken");
    assertThat(broker.stat("a").messageCount()).isEqualTo(1);
    assertThat(broker.state.openTransactions()).isZero();
  }

  @Test
  void aStrangerLearnsAndEndsNothing() {
    long open = sentIn(peer, link, true);
    long done = committed(true);
    TestPeer stranger = broker.connect(new Principal("mallory", Set.of("amq")));
    for (long number = done - 10; number < done + 10; number++) {
      assertThat(commit(stranger, number)).isEqualTo(Reason.ROLLED_BACK);
      assertThat(rollback(stranger, number)).isNull();
    }
    assertThat(commit(peer, open)).isEqualTo(COMMITTED);
    assertThat(commit(peer, done)).isEqualTo(COMMITTED);
    assertThat(broker.stat("a").messageCount()).isEqualTo(2);
  }

  @Test
  void whatWasNotLoggedIsKnownWhereItWasDone() {
    long transaction = committed(false);
    peer.disconnect(false);
    assertThat(commit(broker.connect(), transaction)).isEqualTo(COMMITTED);
    // Its message is gone with the node, so that it is true to say that nothing of it happened.
    TestBroker next = broker.takeOver();
    assertThat(commit(next.connect(), transaction)).isEqualTo(Reason.ROLLED_BACK);
  }

  @Test
  void outcomesGoWithACleanClose() {
    committed(true);
    committed(false);
    assertThat(broker.state.outcomes().count()).isEqualTo(1);
    peer.disconnect(true);
    assertThat(broker.state.outcomes().count()).isZero();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void outcomesOfALostConnectionGoAfterAWhile() {
    long transaction = committed(true);
    peer.disconnect(false);
    TestBroker next = broker.takeOver();
    long minutes = next.settings.producerRetentionNanos() / 60_000_000_000L;
    next.pass((minutes - 1) * 60_000);
    assertThat(commit(next.connect(), transaction)).isEqualTo(COMMITTED);
    next.pass(2 * 60_000);
    assertThat(next.state.outcomes().count()).isZero();
    assertThat(next.bytes()).isEqualTo(next.foldedBytes());
  }

  @Test
  void outcomesOfAConnectionThatIsThereStay() {
    long transaction = committed(true);
    broker.pass(broker.settings.producerRetentionNanos() / 1_000_000 * 3);
    assertThat(commit(broker.connect(), transaction)).isEqualTo(COMMITTED);
  }

  @Test
  void onlyWhatMayBeUnheardIsKept() {
    long transaction = 0;
    for (int i = 0; i < 100; i++) {
      transaction = committed(true);
    }
    // Whoever used a number heard that it had begun, and so how the one before it ended.
    assertThat(broker.state.outcomes().count()).isEqualTo(1);
    assertThat(commit(peer, transaction)).isEqualTo(COMMITTED);

    long[] many = new long[20];
    for (int i = 0; i < many.length; i++) {
      many[i] = sentIn(peer, link, true);
    }
    for (int i = many.length - 1; i >= 0; i--) {
      peer.end(many[i], true);
    }
    TestPeer again = broker.takeOver().connect();
    for (long one : many) {
      assertThat(commit(again, one)).isEqualTo(COMMITTED);
    }
  }

  @Test
  void oneThatStaysOpenForLongDoesNotMakeTheOthersStay() {
    long first = sentIn(peer, link, true);
    for (int i = 0; i < 3 * Outcomes.KEPT_MAX; i++) {
      committed(true);
    }
    assertThat(broker.state.outcomes().count()).isEqualTo(1);
    assertThat(commit(peer, first)).isEqualTo(COMMITTED);
    assertThat(commit(broker.takeOver().connect(), first)).isEqualTo(COMMITTED);
  }

  @Test
  void aSnapshotHasThem() {
    TestPeer other = broker.connect();
    long transaction = committed(true);
    long second = sentIn(other, other.producer("b"), true);
    other.end(second, true);
    BrokerState restored = BrokerState.restore(StateBytes.blocks(broker.state.freeze()).iterator());
    assertThat(StateBytes.of(restored)).isEqualTo(broker.bytes());
    assertThat(restored.outcomes().committed(transaction, "user")).isTrue();
    assertThat(restored.outcomes().committed(second, "user")).isTrue();
  }
}
