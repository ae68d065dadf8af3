package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.QueueSettings;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.broker.SlowConsumers;
import io.batonmq.broker.SlowConsumers.Policy;
import io.batonmq.broker.SlowConsumers.Unit;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import org.junit.jupiter.api.Test;

/// Consumers that settle too few messages.
class SlowConsumerTest {
  private static final long CHECK_MILLIS = 5_000;

  private TestBroker broker = watching(Policy.NOTIFY, 2, Unit.MESSAGES_PER_SECOND);
  private TestPeer peer = broker.connect();

  private static TestBroker watching(Policy policy, long threshold, Unit unit) {
    return new TestBroker(
        TestSettings.rule(
            AddressSettings.Overrides.NONE.with(
                new SlowConsumers.Overrides(threshold, unit, null, policy))));
  }

  private void kills() {
    broker = watching(Policy.KILL, 2, Unit.MESSAGES_PER_SECOND);
    peer = broker.connect();
  }

  /// Sends as many messages.
  private int send(int count) {
    int producer = peer.producer("q");
    for (int i = 0; i < count; i++) {
      peer.send(producer, "m" + i);
    }
    return producer;
  }

  private long found() {
    return broker.stat("q").slowConsumersFound();
  }

  @Test
  void whoSettlesTooFewIsFoundOnceUntilItIsQuickAgain() {
    int link = peer.consumer("q", 1_000);
    send(100);
    broker.pass(CHECK_MILLIS);
    assertThat(found()).as("it had nothing when it came").isZero();
    peer.settle(link, 0, 8, Disposition.ACCEPTED, 0);
    broker.pass(CHECK_MILLIS);
    assertThat(found()).isEqualTo(1);
    assertThat(broker.warnings)
        .containsExactly(
            "consumer slow queue=q user=user remote=here:"
                + peer.connection
                + " settled=9 seconds=5.0 enough=10.0 policy=NOTIFY");
    broker.pass(CHECK_MILLIS);
    assertThat(found()).isEqualTo(1);
    peer.settle(link, 9, 18, Disposition.ACCEPTED, 0);
    broker.pass(CHECK_MILLIS);
    broker.pass(CHECK_MILLIS);
    assertThat(found()).isEqualTo(2);
    assertThat(peer.heard(Output.LinkClosed.class)).isEmpty();
  }

  @Test
  void whoHasNothingToDoIsNotSlow() {
    int link = peer.consumer("q", 1_000);
    broker.pass(CHECK_MILLIS);
    int producer = peer.producer("q");
    for (int i = 0; i < 5; i++) {
      peer.send(producer, "m" + i);
      broker.pass(CHECK_MILLIS);
      peer.accept(link, i);
      broker.pass(CHECK_MILLIS);
    }
    assertThat(found()).isZero();
  }

  /// After a take-over many come back at once to what few of them are given.
  @Test
  void whoWasNotGivenWhatWasThereWhenItCameIsNotSlow() {
    kills();
    send(100);
    int first = peer.consumer("q", 1_000);
    int second = peer.consumer("q", 1_000);
    for (int i = 0; i < 100; i++) {
      peer.accept(first, i);
    }
    broker.pass(CHECK_MILLIS);
    broker.pass(CHECK_MILLIS);
    assertThat(peer.delivered(second)).isEmpty();
    assertThat(found()).isZero();
  }

  @Test
  void whoFinishesWhatItHadIsNotSlow() {
    send(3);
    int link = peer.consumer("q", 1_000);
    broker.pass(CHECK_MILLIS - 1);
    peer.settle(link, 0, 2, Disposition.ACCEPTED, 0);
    broker.pass(1);
    assertThat(found()).isZero();
  }

  @Test
  void everyDispositionCountsInATransactionToo() {
    int link = peer.consumer("q", 1_000);
    send(100);
    broker.pass(CHECK_MILLIS);
    long transaction = peer.begin();
    peer.settle(link, 0, 4, Disposition.ACCEPTED, transaction);
    peer.settle(link, 5, 7, Disposition.REJECTED, 0);
    peer.settle(link, 8, 9, Disposition.RELEASED, 0);
    broker.pass(CHECK_MILLIS);
    assertThat(found()).isZero();
  }

  @Test
  void whatATransactionHasIsDoneAlready() {
    int link = peer.consumer("q", 4);
    send(4);
    broker.pass(CHECK_MILLIS);
    long transaction = peer.begin();
    broker.on(
        new Command.Settle(peer.connection, link, 0, 3, Disposition.ACCEPTED, transaction, true));
    broker.pass(CHECK_MILLIS);
    broker.pass(CHECK_MILLIS);
    assertThat(found()).isZero();
    peer.end(transaction, false);
    broker.pass(CHECK_MILLIS);
    broker.pass(CHECK_MILLIS);
    assertThat(found()).isEqualTo(1);
  }

  @Test
  void whoDoesNotAskForWhatIsThereIsSlow() {
    int link = peer.consumer("q");
    send(3);
    broker.pass(CHECK_MILLIS);
    broker.pass(CHECK_MILLIS);
    assertThat(found()).isEqualTo(1);
    peer.close(link);
    peer.consumer(new Source("q", new Source.Kind.Queue(), false, "colour = 'red'", false));
    broker.pass(CHECK_MILLIS);
    broker.pass(CHECK_MILLIS);
    assertThat(found()).as("nobody knows whether anything is for it").isEqualTo(1);
  }

  @Test
  void browsersAndConsumersThatWaitForTheirTurnAreNotSlow() {
    broker.sessions.manage(
        new Management.CreateQueue(
            "q",
            "q",
            RoutingType.ANYCAST,
            new QueueSettings.Overrides(null, true, null, null, null, null, null, null),
            true,
            ""),
        _ -> {});
    int first = peer.consumer("q", 1);
    peer.consumer("q");
    peer.browser("q", 1);
    send(40);
    for (int i = 0; i < 2; i++) {
      broker.pass(CHECK_MILLIS);
      peer.credit(first, 1 + 10 * (i + 1));
      peer.settle(first, 10 * i, 10 * i + 9, Disposition.ACCEPTED, 0);
    }
    assertThat(found()).isZero();
  }

  @Test
  void aThresholdOfLessThanOneMessageGivesTheTimeOfOne() {
    broker = watching(Policy.NOTIFY, 1, Unit.MESSAGES_PER_MINUTE);
    peer = broker.connect();
    send(5);
    int link = peer.consumer("q", 10);
    broker.pass(CHECK_MILLIS);
    for (int i = 0; i < 10; i++) {
      broker.pass(CHECK_MILLIS);
    }
    assertThat(found()).isZero();
    peer.accept(link, 0);
    for (int i = 0; i < 12; i++) {
      broker.pass(CHECK_MILLIS);
    }
    assertThat(found()).isZero();
    for (int i = 0; i < 13; i++) {
      broker.pass(CHECK_MILLIS);
    }
    assertThat(found()).isEqualTo(1);
  }

  @Test
  void theConnectionOfASlowConsumerIsClosedAndOthersGetWhatItHad() {
    kills();
    send(3);
    TestPeer slow = broker.connect();
    int producer = slow.producer("other");
    slow.consumer("q", 10);
    broker.pass(CHECK_MILLIS);
    broker.pass(CHECK_MILLIS);
    var closed = slow.last(Output.ConnectionClosed.class);
    assertThat(closed.refusal().reason()).isEqualTo(Reason.LIMIT_REACHED);
    assertThat(closed.refusal().text()).contains("a consumer of q", "slow-consumer-policy");
    assertThat(found()).isEqualTo(1);
    assertThat(broker.sessions.connectionCount()).isEqualTo(1);
    int heard = slow.heard.size();
    slow.send(producer, "too late");
    slow.disconnect(false);
    assertThat(slow.heard).hasSize(heard);
    int other = peer.consumer("q", 10);
    assertThat(peer.bodies(other)).containsExactly("m0", "m1", "m2");
    assertThat(peer.delivered(other)).allMatch(delivered -> !delivered.firstAcquirer());
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void whoCameToTheNextNodeIsWatchedThereFromTheBeginning() {
    kills();
    send(3);
    peer.consumer("q", 10);
    broker.pass(CHECK_MILLIS);
    broker.pass(CHECK_MILLIS - 1);
    broker = broker.takeOver();
    peer = broker.connect();
    peer.consumer("q", 10);
    broker.pass(CHECK_MILLIS);
    broker.pass(CHECK_MILLIS - 1);
    assertThat(peer.heard(Output.ConnectionClosed.class)).isEmpty();
    broker.pass(1);
    assertThat(peer.heard(Output.ConnectionClosed.class)).hasSize(1);
  }

  @Test
  void nobodyIsWatchedWhoseConsumerIsGone() {
    kills();
    send(3);
    peer.close(peer.consumer("q", 10));
    broker.pass(CHECK_MILLIS);
    broker.pass(CHECK_MILLIS);
    broker.pass(CHECK_MILLIS);
    assertThat(peer.heard(Output.ConnectionClosed.class)).isEmpty();
  }

  @Test
  void nobodyIsWatchedWhereTheFileSaysNothing() {
    broker = new TestBroker();
    peer = broker.connect();
    send(3);
    peer.consumer("q", 10);
    broker.pass(CHECK_MILLIS);
    broker.pass(CHECK_MILLIS);
    assertThat(found()).isZero();
  }
}
