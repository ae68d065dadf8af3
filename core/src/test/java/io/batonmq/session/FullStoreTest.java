package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.Refusal.Reason;
import io.batonmq.broker.StateBytes;
import io.batonmq.broker.Xid;
import io.batonmq.queue.Disposition;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A store that stays full: whoever has room in it for something that is not complete does not keep it from
/// everybody else for ever.
class FullStoreTest {
  private static final long PATIENCE = FullStore.PATIENCE_NANOS / 1_000_000 + 2_000;
  private static final Xid XID = new Xid(1, new byte[] {1}, new byte[] {2});

  private final TestBroker broker = new TestBroker(TestSettings.snapshots(1_000, 1 << 20));
  private final TestPeer stranger = broker.connect();
  private final int link = stranger.producer("orders");

  private void send(long transaction, int messages) {
    for (int i = 0; i < messages; i++) {
      long delivery = stranger.send(link, TestPeer.message("x".repeat(1_000)), transaction);
      assertThat(stranger.accepted(delivery)).isTrue();
    }
  }

  /// As time goes by for a node that is awake: it looks every second.
  private void pass(long millis) {
    for (long at = 0; at < millis; at += 500) {
      broker.pass(500);
    }
  }

  private @Nullable Reason end(long transaction, boolean commit) {
    var refusal = Objects.requireNonNull(stranger.end(transaction, commit)).refusal();
    return refusal == null ? null : refusal.reason();
  }

  @Test
  void aTransactionThatStaysOpenIsRolledBackAndItsSenderHearsOfIt() {
    long transaction = stranger.begin();
    send(transaction, 20);
    broker.log.room(false);
    pass(PATIENCE / 2);
    assertThat(broker.state.openTransactions()).isEqualTo(1);
    pass(PATIENCE);
    assertThat(broker.state.openTransactions()).isZero();
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    assertThat(broker.warnings)
        .anyMatch(line -> line.startsWith("store full given_up=transaction user=user"));
    assertThat(stranger.refused(stranger.send(link, TestPeer.message("more"), transaction)))
        .isEqualTo(Reason.ROLLED_BACK);
    assertThat(end(transaction, true)).isEqualTo(Reason.ROLLED_BACK);
    assertThat(broker.stat("orders").messageCount()).isZero();
    // And asked for again it is the same.
    assertThat(end(transaction, true)).isEqualTo(Reason.ROLLED_BACK);
    assertThat(broker.foldedBytes()).isEqualTo(broker.bytes());
  }

  @Test
  void whatItTookComesBackAndItMayBeRolledBackByItsClientToo() {
    send(0, 1);
    int consumer = stranger.consumer("orders", 10);
    long transaction = stranger.begin();
    stranger.settle(consumer, 0, 0, Disposition.ACCEPTED, transaction);
    send(transaction, 5);
    broker.log.room(false);
    pass(2 * PATIENCE);
    assertThat(stranger.delivered(consumer)).hasSize(2);
    assertThat(end(transaction, false)).isNull();
    stranger.accept(consumer, 1);
    assertThat(broker.stat("orders").messageCount()).isZero();
    assertThat(StateBytes.extents(broker.state)).isEmpty();
  }

  @Test
  void aStoreThatHasRoomAgainTakesNothingFromAnybody() {
    long transaction = stranger.begin();
    send(transaction, 20);
    for (int i = 0; i < 5; i++) {
      broker.log.room(false);
      pass(PATIENCE / 2);
      broker.log.room(true);
      pass(2_000);
    }
    send(transaction, 1);
    assertThat(end(transaction, true)).isNull();
    assertThat(broker.stat("orders").messageCount()).isEqualTo(21);
  }

  @Test
  void whoHasLittleKeepsItAsLongAsThatIsEnough() {
    long large = stranger.begin();
    long small = stranger.begin();
    send(large, 20);
    send(small, 2);
    broker.log.room(false);
    pass(PATIENCE);
    assertThat(broker.state.openTransactions()).isEqualTo(1);
    broker.log.room(true);
    pass(PATIENCE);
    assertThat(end(small, true)).isNull();
    assertThat(end(large, true)).isEqualTo(Reason.ROLLED_BACK);
    assertThat(broker.stat("orders").messageCount()).isEqualTo(2);
  }

  @Test
  void ifItIsNotEnoughTheOthersFollow() {
    send(stranger.begin(), 20);
    send(stranger.begin(), 2);
    broker.log.room(false);
    pass(PATIENCE + 2 * FullStore.AGAIN_NANOS / 1_000_000);
    assertThat(broker.state.openTransactions()).isZero();
  }

  @Test
  void aMessageOfWhichOnlyAPartHasComeIsGivenUp() {
    byte[] fragment = new byte[100_000];
    broker.on(new Command.SendFragment(stranger.connection, link, null, fragment));
    broker.log.room(false);
    pass(2 * PATIENCE);
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    broker.log.room(true);
    broker.on(new Command.SendFragment(stranger.connection, link, null, fragment));
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    assertThat(stranger.refused(stranger.send(link, "head"))).isEqualTo(Reason.LIMIT_REACHED);
    // The next one is taken.
    assertThat(stranger.accepted(stranger.send(link, "next"))).isTrue();
  }

  @Test
  void whatWasPromisedStaysAndWhatWasNotDoesNot() {
    long number = stranger.begin(XID);
    send(number, 5);
    stranger.end(XID, Command.Step.PREPARE);
    Xid open = new Xid(1, new byte[] {2}, new byte[] {2});
    send(stranger.begin(open), 5);
    broker.log.room(false);
    pass(2 * PATIENCE);
    assertThat(broker.state.openTransactions()).isEqualTo(1);
    assertThat(stranger.end(open, Command.Step.PREPARE))
        .isInstanceOfSatisfying(
            Output.Ended.class,
            ended ->
                assertThat(Objects.requireNonNull(ended.refusal()).reason())
                    .isEqualTo(Reason.ROLLED_BACK));
    stranger.end(XID, Command.Step.COMMIT);
    assertThat(broker.stat("orders").messageCount()).isEqualTo(5);
  }
}
