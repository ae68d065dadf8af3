package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.StateBytes;
import io.batonmq.broker.Xid;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Messages that are not durable, more of them than memory has room for: the log has the bytes of the rest, and
/// nobody but this node knows of them.
class SpillTest {
  private static final int MEMORY = 10_000;
  private static final int MANY = 50;

  private TestBroker broker = new TestBroker(TestSettings.memory(MEMORY));
  private TestPeer peer = broker.connect();

  private static String body(int number) {
    return number + "x".repeat(1_000);
  }

  private static Message message(int number) {
    return TestPeer.message(body(number), false, 4, 0, new Identity.Sequenced("p", number));
  }

  private List<String> send(int producer, long transaction) {
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      long delivery = peer.send(producer, message(i), transaction);
      assertThat(peer.accepted(delivery)).as("message " + i).isTrue();
      bodies.add(body(i));
    }
    return bodies;
  }

  private int producer() {
    return peer.producer("orders");
  }

  private void consumes(List<String> bodies) {
    int consumer = peer.consumer("orders", 2 * MANY);
    assertThat(peer.bodies(consumer)).isEqualTo(bodies);
    for (int i = 0; i < bodies.size(); i++) {
      peer.accept(consumer, i);
    }
    nothingIsLeft();
  }

  private void nothingIsLeft() {
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    assertThat(broker.sessions.bodyBytes()).isLessThan(2 * MEMORY);
    assertThat(broker.foldedBytes()).isEqualTo(broker.bytes());
    assertThat(broker.stat("orders").messageCount()).isZero();
  }

  @Test
  void noneIsRefusedAndAllComeOutInOrder() {
    List<String> bodies = send(producer(), 0);
    assertThat(broker.sessions.bodyBytes()).isLessThan(2 * MEMORY);
    assertThat(StateBytes.extents(broker.state)).isNotEmpty();
    // What is not durable was in no state, and is not now.
    assertThat(broker.foldedBytes()).isEqualTo(broker.bytes());
    consumes(bodies);
  }

  @Test
  void oneThatComesAgainIsRecognised() {
    int producer = producer();
    List<String> bodies = send(producer, 0);
    assertThat(peer.accepted(peer.send(producer, message(MANY - 1), 0))).isTrue();
    assertThat(broker.sessions.resends()).isEqualTo(1);
    consumes(bodies);
  }

  @Test
  void aTakeOverEndsThemAndNothingIsRememberedOfThem() {
    send(producer(), 0);
    broker = broker.takeOver();
    peer = broker.connect();
    int producer = producer();
    nothingIsLeft();
    // It was lost, so it is new.
    assertThat(peer.accepted(peer.send(producer, message(MANY - 1), 0))).isTrue();
    assertThat(broker.sessions.resends()).isZero();
    consumes(List.of(body(MANY - 1)));
  }

  /// Sends all in a transaction, of which nobody sees anything.
  private long sent(List<String> bodies) {
    int consumer = peer.consumer("orders", 2 * MANY);
    long transaction = peer.begin();
    bodies.addAll(send(producer(), transaction));
    assertThat(peer.delivered(consumer)).isEmpty();
    peer.close(consumer);
    assertThat(broker.sessions.bodyBytes()).isLessThan(2 * MEMORY);
    assertThat(broker.foldedBytes()).isEqualTo(broker.bytes());
    return transaction;
  }

  @Test
  void inATransactionNoneIsRefusedAndTheCommitShowsThemInOrder() {
    List<String> bodies = new ArrayList<>();
    long transaction = sent(bodies);
    assertThat(broker.stat("orders").messageCount()).isZero();
    peer.end(transaction, true);
    assertThat(broker.stat("orders").messageCount()).isEqualTo(MANY);
    assertThat(broker.stat("orders").messagesAdded()).isEqualTo(MANY);
    consumes(bodies);
  }

  @Test
  void inATransactionTheyStandBehindWhatCameBeforeItsCommit() {
    List<String> bodies = new ArrayList<>();
    long transaction = sent(bodies);
    int producer = producer();
    bodies.addFirst("before");
    peer.send(producer, TestPeer.message("before", false, 4, 0, null), 0);
    peer.end(transaction, true);
    peer.send(producer, TestPeer.message("after", false, 4, 0, null), 0);
    bodies.add("after");
    consumes(bodies);
  }

  @Test
  void aRollbackGivesTheirRoomBack() {
    peer.end(sent(new ArrayList<>()), false);
    nothingIsLeft();
    sent(new ArrayList<>());
    peer.disconnect(false);
    nothingIsLeft();
  }

  @Test
  void aTakeOverEndsTheirTransaction() {
    sent(new ArrayList<>());
    broker = broker.takeOver();
    peer = broker.connect();
    producer();
    nothingIsLeft();
  }

  @Test
  void theLogKeepsThemWhileTheyWaitForTheCommit() {
    long transaction = sent(new ArrayList<>());
    assertThat(told()).isPositive();
    peer.end(transaction, false);
    assertThat(told()).isZero();
  }

  /// Records that must not be left out when segments are rewritten.
  private int told() {
    List<Long> told = new ArrayList<>();
    var bodies = broker.state.freeze().bodies().orElseThrow();
    while (bodies.next(
        (position, size) -> {
          var record = broker.log.at(position);
          assertThat(record.end() - record.position()).isEqualTo(size);
          told.add(position);
        })) {}
    return told.size();
  }

  @Test
  void oneThatComesAgainInItsTransactionIsRecognised() {
    List<String> bodies = new ArrayList<>();
    long transaction = sent(bodies);
    assertThat(peer.accepted(peer.send(producer(), message(MANY - 1), transaction))).isTrue();
    assertThat(broker.sessions.resends()).isEqualTo(1);
    peer.end(transaction, true);
    consumes(bodies);
  }

  @Test
  void oneThatTwoTransactionsHaveComesOnce() {
    List<String> bodies = new ArrayList<>();
    long first = sent(bodies);
    long second = sent(new ArrayList<>());
    peer.send(producer(), message(MANY), second);
    bodies.add(body(MANY));
    peer.end(first, true);
    peer.end(second, true);
    consumes(bodies);
  }

  @Test
  void theQueueMayBeDeletedMeanwhile() {
    long transaction = sent(new ArrayList<>());
    broker.sessions.manage(new Management.DeleteQueue("orders", true, false), _ -> {});
    broker.settle();
    peer.end(transaction, true);
    producer();
    nothingIsLeft();
  }

  @Test
  void aBranchThatIsPreparedHasThemOnThisNodeOnly() {
    for (Command.Step step : List.of(Command.Step.COMMIT, Command.Step.ROLLBACK)) {
      Xid xid = new Xid(1, new byte[] {1}, new byte[] {2});
      List<String> bodies = new ArrayList<>();
      long number = peer.begin(xid);
      int producer = producer();
      peer.send(producer, TestPeer.message("durable"), number);
      bodies.add("durable");
      bodies.addAll(send(producer, number));
      peer.end(xid, Command.Step.PREPARE);
      assertThat(told()).isPositive();
      peer.end(xid, step);
      if (step == Command.Step.COMMIT) {
        consumes(bodies);
        peer.disconnect(true);
        peer = broker.connect();
      } else {
        nothingIsLeft();
      }
    }
  }
}
