package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.BrokerState;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.broker.StateBytes;
import io.batonmq.broker.Xid;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import io.batonmq.session.Command.Step;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Branches of distributed transactions, as X/Open CAE C193 has them.
class PreparedTransactionTest {
  private static final Xid X = xid("x");
  private static final Xid Y = xid("y");

  private final TestBroker broker = new TestBroker(TestSettings.deadEnds());
  private final TestPeer peer = broker.connect();
  private final int a = peer.producer("a", RoutingType.ANYCAST, "p");

  private static Xid xid(String name) {
    return new Xid(1, name.getBytes(StandardCharsets.UTF_8), new byte[] {1});
  }

  private static @Nullable Reason step(TestPeer peer, Xid xid, Step step) {
    Output.Ended ended = (Output.Ended) Objects.requireNonNull(peer.end(xid, step));
    Refusal refusal = ended.refusal();
    return refusal == null ? null : refusal.reason();
  }

  private static void done(TestPeer peer, Xid xid, Step step) {
    assertThat(step(peer, xid, step)).as(step + " " + xid).isNull();
  }

  /// Takes `taken` and sends `sent` in a branch that is prepared then.
  private int prepared(Xid xid) {
    peer.send(a, "taken");
    int consumer = peer.consumer("a", 10);
    long number = peer.begin(xid);
    peer.settle(consumer, 0, 0, Disposition.ACCEPTED, number);
    peer.send(a, TestPeer.message("sent"), number);
    done(peer, xid, Step.PREPARE);
    return consumer;
  }

  @Test
  void nothingIsSeenOfItUntilTheCommit() {
    int consumer = prepared(X);
    assertThat(peer.bodies(consumer)).containsExactly("taken");
    done(peer, X, Step.COMMIT);
    assertThat(peer.bodies(consumer)).containsExactly("taken", "sent");
    assertThat(broker.stat("a").messageCount()).isEqualTo(1);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void aRollbackGivesBackWhatWasTaken() {
    int consumer = prepared(X);
    done(peer, X, Step.ROLLBACK);
    assertThat(peer.bodies(consumer)).containsExactly("taken", "taken");
    assertThat(peer.delivered(consumer).get(1).deliveryCount()).isEqualTo(1);
    assertThat(broker.stat("a").messageCount()).isEqualTo(1);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void itSurvivesItsConnectionAndIsFinishedFromAnother() {
    prepared(X);
    peer.disconnect(false);
    TestPeer other = broker.connect();
    int consumer = other.consumer("a", 10);
    assertThat(other.bodies(consumer)).isEmpty();
    assertThat(other.recover(null).xids()).containsExactly(X);
    done(other, X, Step.COMMIT);
    assertThat(other.bodies(consumer)).containsExactly("sent");
    assertThat(other.recover(null).xids()).isEmpty();
  }

  @Test
  void itSurvivesTakeoversAndIsCommittedAfterThem() {
    prepared(X);
    TestBroker next = broker.takeOver().takeOver();
    assertThat(next.stat("a").deliveringCount()).isEqualTo(1);
    TestPeer other = next.connect();
    int consumer = other.consumer("a", 10);
    assertThat(other.bodies(consumer)).isEmpty();
    done(other, X, Step.COMMIT);
    assertThat(other.bodies(consumer)).containsExactly("sent");
    assertThat(next.stat("a").messageCount()).isEqualTo(1);
    assertThat(next.bytes()).isEqualTo(next.foldedBytes());
  }

  @Test
  void itSurvivesTakeoversAndIsRolledBackAfterThem() {
    prepared(X);
    TestBroker next = broker.takeOver().takeOver();
    TestPeer other = next.connect();
    int consumer = other.consumer("a", 10);
    done(other, X, Step.ROLLBACK);
    assertThat(other.bodies(consumer)).containsExactly("taken");
    // One attempt, however many nodes were lost meanwhile.
    assertThat(other.delivered(consumer).getFirst().deliveryCount()).isEqualTo(1);
    assertThat(next.bytes()).isEqualTo(next.foldedBytes());
  }

  @Test
  void whateverThePlaceOfTheCrashItIsAllOrNothing() {
    peer.send(a, "taken");
    int consumer = peer.consumer("a", 10);
    long number = peer.begin(X);
    peer.settle(consumer, 0, 0, Disposition.ACCEPTED, number);
    peer.send(a, TestPeer.message("sent"), number);
    int before = broker.log.records().size();
    broker.holdCommits = true;
    peer.end(X, Step.PREPARE);
    int promised = broker.log.records().size();
    peer.end(X, Step.ROLLBACK);
    for (int kept = before; kept <= broker.log.records().size(); kept++) {
      broker.log.commit(broker.log.records().get(kept - 1).end());
      TestBroker next = broker.takeOver();
      TestPeer other = next.connect();
      boolean stands = kept == promised;
      assertThat(other.recover(null).xids()).as("records " + kept).hasSize(stands ? 1 : 0);
      if (stands) {
        done(other, X, Step.COMMIT);
      }
      int there = other.consumer("a", 10);
      assertThat(other.bodies(there))
          .as("records " + kept)
          .containsExactly(stands ? "sent" : "taken");
      assertThat(next.stat("a").messageCount()).isEqualTo(1);
      assertThat(next.bytes()).isEqualTo(next.foldedBytes());
    }
  }

  @Test
  void aSnapshotHasIt() {
    prepared(X);
    BrokerState restored = BrokerState.restore(StateBytes.blocks(broker.state.freeze()).iterator());
    assertThat(StateBytes.of(restored)).isEqualTo(broker.bytes());
    assertThat(restored.prepared().contains(X, "user")).isTrue();
    assertThat(restored.underWay()).isEqualTo(broker.state.underWay());
  }

  @Test
  void aNodeThatMayNotBeActiveAnyMoreDoesNotSayThatThereIsNone() {
    TestBroker next = broker.takeOver();
    TestPeer other = next.connect();
    other.send(other.producer("a"), TestPeer.message("sent"), other.begin(X));
    done(other, X, Step.PREPARE);
    // Nothing that the old node appends now is ever committed.
    broker.holdCommits = true;
    assertThat(peer.end(X, Step.COMMIT)).isNull();
    int before = peer.heard.size();
    broker.on(new Command.Recover(peer.connection, 99, null));
    assertThat(peer.heard).hasSize(before);
  }

  @Test
  void itIsKnownByItsUserOnly() {
    prepared(X);
    TestPeer stranger = broker.connect(new Principal("mallory", Set.of("amq")));
    assertThat(stranger.recover(null).xids()).isEmpty();
    for (Step step : Step.values()) {
      assertThat(step(stranger, X, step)).isEqualTo(Reason.NOT_FOUND);
    }
    done(peer, X, Step.COMMIT);
    for (Step step : Step.values()) {
      assertThat(step(stranger, X, step)).isEqualTo(Reason.NOT_FOUND);
    }
  }

  @Test
  void itsNumberSaysNothingToAnybodyElseAndEndsNothing() {
    TestPeer stranger = broker.connect(new Principal("mallory", Set.of("amq")));
    long number = peer.begin(X);
    peer.send(a, TestPeer.message("sent"), number);
    for (int state = 0; state < 2; state++) {
      assertThat(reason(stranger, number)).isEqualTo(Reason.ROLLED_BACK);
      assertThat(reason(broker.connect(), number)).isEqualTo(Reason.NOT_ALLOWED);
      peer.end(X, Step.PREPARE);
    }
    done(peer, X, Step.COMMIT);
  }

  private static Reason reason(TestPeer peer, long number) {
    Output.Ended ended = Objects.requireNonNull(peer.end(number, true));
    return Objects.requireNonNull(ended.refusal()).reason();
  }

  @Test
  void aBranchThatIsOpenIsNobodyElsesToEnd() {
    peer.send(a, TestPeer.message("sent"), peer.begin(X));
    TestPeer stranger = broker.connect(new Principal("mallory", Set.of("amq")));
    for (Step step : Step.values()) {
      assertThat(step(stranger, X, step)).isEqualTo(Reason.NOT_FOUND);
    }
    done(peer, X, Step.COMMIT_ONE_PHASE);
  }

  @Test
  void aNameIsGivenOnce() {
    assertThat(peer.begin(X)).isPositive();
    assertThat(peer.begin(X)).isZero();
    assertThat(reasonOfTheLast()).isEqualTo(Reason.IN_USE);
    peer.end(X, Step.ROLLBACK);
    prepared(X);
    assertThat(peer.begin(X)).isZero();
    assertThat(reasonOfTheLast()).isEqualTo(Reason.IN_USE);
    done(peer, X, Step.COMMIT);
    assertThat(peer.begin(X)).isPositive();
  }

  private Reason reasonOfTheLast() {
    return Objects.requireNonNull(peer.last(Output.Ended.class).refusal()).reason();
  }

  @Test
  void stepsThatDoNotFitTheState() {
    assertThat(step(peer, X, Step.PREPARE)).isEqualTo(Reason.NOT_FOUND);
    assertThat(step(peer, X, Step.COMMIT)).isEqualTo(Reason.NOT_FOUND);
    assertThat(step(peer, X, Step.ROLLBACK)).isEqualTo(Reason.NOT_FOUND);
    long number = peer.begin(X);
    peer.send(a, TestPeer.message("sent"), number);
    assertThat(step(peer, X, Step.COMMIT)).isEqualTo(Reason.NOT_ALLOWED);
    assertThat(Objects.requireNonNull(Objects.requireNonNull(peer.end(number, true)).refusal()))
        .extracting(Refusal::reason)
        .isEqualTo(Reason.NOT_ALLOWED);
    done(peer, X, Step.PREPARE);
    assertThat(step(peer, X, Step.PREPARE)).isEqualTo(Reason.NOT_ALLOWED);
    assertThat(step(peer, X, Step.COMMIT_ONE_PHASE)).isEqualTo(Reason.NOT_ALLOWED);
    assertThat(peer.refused(peer.send(a, TestPeer.message("late"), number)))
        .isEqualTo(Reason.ROLLED_BACK);
    done(peer, X, Step.COMMIT);
    assertThat(broker.stat("a").messageCount()).isEqualTo(1);
  }

  @Test
  void aBranchWithNothingInItIsReadOnly() {
    peer.begin(X);
    assertThat(peer.end(X, Step.PREPARE)).isInstanceOf(Output.ReadOnly.class);
    assertThat(step(peer, X, Step.COMMIT)).isEqualTo(Reason.NOT_FOUND);
    assertThat(broker.state.openTransactions()).isZero();
  }

  @Test
  void onePhaseIsEnoughForABranchOnItsOwn() {
    peer.send(a, TestPeer.message("sent"), peer.begin(X));
    done(peer, X, Step.COMMIT_ONE_PHASE);
    assertThat(broker.stat("a").messageCount()).isEqualTo(1);
    // The answer may have been lost.
    TestPeer again = broker.takeOver().connect();
    done(again, X, Step.COMMIT_ONE_PHASE);
    assertThat(step(again, X, Step.ROLLBACK)).isEqualTo(Reason.NOT_ALLOWED);
  }

  @Test
  void stepsWhoseAnswersWereLostAreAskedForAgain() {
    prepared(X);
    peer.disconnect(false);
    TestBroker next = broker.takeOver();
    TestPeer other = next.connect();
    done(other, X, Step.PREPARE);
    done(other, X, Step.COMMIT);
    other.disconnect(false);
    TestPeer third = next.takeOver().connect();
    done(third, X, Step.COMMIT);
  }

  @Test
  void aBranchThatIsNotPreparedGoesWithItsConnection() {
    int consumer = peer.consumer("a", 10);
    peer.send(a, "taken");
    long number = peer.begin(X);
    peer.settle(consumer, 0, 0, Disposition.ACCEPTED, number);
    peer.send(a, TestPeer.message("sent"), number);
    peer.disconnect(false);
    TestPeer other = broker.connect();
    assertThat(step(other, X, Step.PREPARE)).isEqualTo(Reason.NOT_FOUND);
    assertThat(other.bodies(other.consumer("a", 10))).containsExactly("taken");
    assertThat(other.begin(X)).isPositive();
  }

  @Test
  void aBranchOfAConnectionThatSeemsAliveIsRolledBackByAnyStepFromAnother() {
    peer.send(a, TestPeer.message("sent"), peer.begin(X));
    TestPeer other = broker.connect();
    assertThat(step(other, X, Step.PREPARE)).isEqualTo(Reason.ROLLED_BACK);
    assertThat(step(peer, X, Step.COMMIT_ONE_PHASE)).isEqualTo(Reason.NOT_FOUND);
    assertThat(broker.stat("a").messageCount()).isZero();
  }

  @Test
  void whatWasRefusedInItRollsItBack() {
    TestBroker small = new TestBroker(TestSettings.small());
    TestPeer other = small.connect();
    int link = other.producer("a");
    long number = other.begin(X);
    for (int i = 0; i < 5; i++) {
      other.send(link, TestPeer.message("x"), number);
    }
    assertThat(step(other, X, Step.PREPARE)).isEqualTo(Reason.ROLLED_BACK);
    assertThat(step(other, X, Step.ROLLBACK)).isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void onlyWhatIsNotPreparedHasATimeLimit() {
    int consumer = prepared(X);
    long number = peer.begin(Y, 2_000_000_000L);
    peer.send(a, TestPeer.message("too late"), number);
    broker.pass(1_999);
    assertThat(broker.state.openTransactions()).isEqualTo(2);
    broker.pass(2);
    assertThat(broker.state.openTransactions()).isEqualTo(1);
    assertThat(peer.refused(peer.send(a, TestPeer.message("later"), number)))
        .isEqualTo(Reason.ROLLED_BACK);
    assertThat(step(peer, Y, Step.PREPARE)).isEqualTo(Reason.ROLLED_BACK);
    broker.pass(Branches.TIMEOUT_NANOS / 1_000_000 * 100);
    done(peer, X, Step.COMMIT);
    assertThat(peer.bodies(consumer)).containsExactly("taken", "sent");
  }

  @Test
  void withoutAWordTheTimeLimitIsTheUsualOne() {
    peer.send(a, TestPeer.message("too late"), peer.begin(X));
    broker.pass(Branches.TIMEOUT_NANOS / 1_000_000 - 1);
    assertThat(broker.state.openTransactions()).isEqualTo(1);
    broker.pass(2);
    assertThat(broker.state.openTransactions()).isZero();
    done(peer, X, Step.ROLLBACK);
  }

  private static Message numbered(long sequence) {
    return TestPeer.message("m" + sequence, true, 4, 0, new Identity.Sequenced("p", sequence));
  }

  private static Message named(String id) {
    return TestPeer.message(id, true, 4, 0, new Identity.Named(id));
  }

  @Test
  void aReplayIntoItIsAnsweredAndNotAdded() {
    long number = peer.begin(X);
    peer.send(a, numbered(1), number);
    peer.send(a, named("n"), number);
    done(peer, X, Step.PREPARE);
    TestBroker next = broker.takeOver();
    TestPeer other = next.connect();
    int link = other.producer("a", RoutingType.ANYCAST, "p");
    assertThat(other.accepted(other.send(link, numbered(1), 0))).isTrue();
    assertThat(other.accepted(other.send(link, named("n"), other.begin()))).isTrue();
    assertThat(next.stat("a").messageCount()).isZero();
    done(other, X, Step.COMMIT);
    assertThat(next.stat("a").messageCount()).isEqualTo(2);
    assertThat(other.accepted(other.send(link, numbered(1), 0))).isTrue();
    assertThat(next.stat("a").messageCount()).isEqualTo(2);
    assertThat(next.bytes()).isEqualTo(next.foldedBytes());
  }

  @Test
  void itsProducersAreForgottenInTheEnd() {
    peer.send(a, numbered(1), peer.begin(X));
    done(peer, X, Step.PREPARE);
    TestBroker next = broker.takeOver();
    done(next.connect(), X, Step.COMMIT);
    assertThat(next.state.identities().producerCount()).isEqualTo(1);
    next.pass(next.settings.producerRetentionNanos() / 1_000_000 + 1);
    assertThat(next.state.identities().producerCount()).isZero();
  }

  @Test
  void afterARollbackTheSameMessageIsNew() {
    long number = peer.begin(X);
    peer.send(a, numbered(1), number);
    peer.send(a, named("n"), number);
    done(peer, X, Step.PREPARE);
    done(peer, X, Step.ROLLBACK);
    peer.send(a, numbered(1), 0);
    peer.send(a, named("n"), 0);
    assertThat(broker.stat("a").messageCount()).isEqualTo(2);
  }

  @Test
  void whatIsPromisedComesIntoEffectOnceWhateverElseIsCommitted() {
    long local = peer.begin();
    peer.send(a, numbered(1), local);
    long number = peer.begin(X);
    peer.send(a, numbered(1), number);
    peer.send(a, numbered(2), number);
    done(peer, X, Step.PREPARE);
    peer.end(local, true);
    assertThat(broker.stat("a").messageCount()).isZero();
    done(peer, X, Step.COMMIT);
    assertThat(broker.stat("a").messageCount()).isEqualTo(2);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void whatIsInEffectIsNotPromisedAgain() {
    long number = peer.begin(X);
    peer.send(a, numbered(1), number);
    peer.send(a, numbered(2), number);
    peer.send(a, numbered(1), 0);
    done(peer, X, Step.PREPARE);
    done(peer, X, Step.COMMIT);
    assertThat(broker.stat("a").messageCount()).isEqualTo(2);
    assertThat(StateBytes.extents(broker.state)).hasSize(1);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void whatIsNotDurableInItIsThereUnlessTheNodeIsLost() {
    int consumer = peer.consumer("a", 10);
    peer.send(a, TestPeer.message("taken", false, 4, 0, null), 0);
    long number = peer.begin(X);
    peer.settle(consumer, 0, 0, Disposition.ACCEPTED, number);
    peer.send(a, TestPeer.message("sent", false, 4, 0, null), number);
    done(peer, X, Step.PREPARE);
    peer.disconnect(false);
    TestBroker next = broker.takeOver();
    TestPeer other = broker.connect();
    int there = other.consumer("a", 10);
    assertThat(other.bodies(there)).isEmpty();
    done(other, X, Step.COMMIT);
    assertThat(other.bodies(there)).containsExactly("sent");
    assertThat(broker.stat("a").messageCount()).isEqualTo(1);

    done(next.connect(), X, Step.COMMIT);
    assertThat(next.stat("a").messageCount()).isZero();
  }

  @Test
  void aConsumerGoesOnWhileWhatItTookIsPrepared() {
    TestBroker small = new TestBroker(TestSettings.small());
    TestPeer other = small.connect();
    int link = other.producer("a");
    int consumer = other.consumer("a", 100);
    for (int i = 0; i < 20; i++) {
      other.send(link, "m" + i);
      long number = other.begin(xid("x" + i));
      other.settle(consumer, i, i, Disposition.ACCEPTED, number);
      done(other, xid("x" + i), Step.PREPARE);
    }
    assertThat(other.delivered(consumer)).hasSize(20);
    assertThat(small.stat("a").deliveringCount()).isEqualTo(20);
  }

  @Test
  void theQueueMayBeDeletedMeanwhile() {
    prepared(X);
    broker.sessions.manage(new Management.DeleteQueue("a", true, false), _ -> {});
    broker.settle();
    assertThat(broker.state.underWay()).isEqualTo(new BrokerState.UnderWay(0, 1, 0));
    done(peer, X, Step.COMMIT);
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void theyAreListedInPieces() {
    int count = Branches.RECOVERED_MAX + 3;
    for (int i = 0; i < count; i++) {
      Xid xid = xid("x" + i);
      peer.send(a, TestPeer.message("m" + i), peer.begin(xid));
      done(peer, xid, Step.PREPARE);
    }
    Output.Recovered first = peer.recover(null);
    assertThat(first.xids()).hasSize(Branches.RECOVERED_MAX).isSorted();
    assertThat(first.more()).isTrue();
    Output.Recovered rest = peer.recover(first.xids().getLast());
    assertThat(rest.xids()).hasSize(3).doesNotContainAnyElementsOf(first.xids());
    assertThat(rest.more()).isFalse();
  }

  @Test
  void theReceiptTellsThemFromThoseThatWereAborted() {
    prepared(X);
    peer.send(a, TestPeer.message("open"), peer.begin());
    assertThat(broker.state.underWay()).isEqualTo(new BrokerState.UnderWay(0, 1, 1));
  }
}
