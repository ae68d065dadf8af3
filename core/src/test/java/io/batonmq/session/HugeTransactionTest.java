package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.BrokerState;
import io.batonmq.broker.StateBytes;
import io.batonmq.broker.Xid;
import io.batonmq.log.ListLog;
import io.batonmq.log.SnapshotContent;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Transactions of many messages: as atomic as those of a few, and no burden to anybody else.
class HugeTransactionTest {
  private static final int MANY = 3_000;

  private final TestBroker broker = new TestBroker(TestSettings.deadEnds());
  private final TestPeer peer = broker.connect();
  private final int a = peer.producer("a", RoutingType.ANYCAST, "p");
  private final int b = peer.producer("b", RoutingType.ANYCAST, "p");

  private static Message message(int i) {
    return TestPeer.message("m" + i, true, i % 7 == 0 ? 9 : 4, 0, new Identity.Sequenced("p", i));
  }

  /// Sends to `a`, every third to `b`.
  private long sent(int count) {
    long transaction = peer.begin();
    for (int i = 0; i < count; i++) {
      peer.send(i % 3 == 2 ? b : a, message(i), transaction);
    }
    return transaction;
  }

  private static List<String> inA(int count) {
    List<String> bodies = new ArrayList<>();
    for (int urgent = 1; urgent >= 0; urgent--) {
      for (int i = 0; i < count; i++) {
        if (i % 3 != 2 && (i % 7 == 0) == (urgent == 1)) {
          bodies.add("m" + i);
        }
      }
    }
    return bodies;
  }

  private static boolean ended(TestPeer peer, long transaction, boolean commit) {
    return Objects.requireNonNull(peer.end(transaction, commit)).refusal() == null;
  }

  @Test
  void nobodySeesAnyOfItBeforeAllOfItIsThere() {
    int consumer = peer.consumer("a", 10);
    long transaction = sent(MANY);
    assertThat(peer.delivered(consumer)).isEmpty();
    // Others go on meanwhile.
    peer.send(a, TestPeer.message("other"), 0);
    assertThat(peer.bodies(consumer)).containsExactly("other");
    peer.accept(consumer, 0);
    assertThat(ended(peer, transaction, true)).isTrue();
    assertThat(broker.stat("a").messageCount()).isEqualTo(MANY * 2 / 3);
    assertThat(broker.stat("b").messageCount()).isEqualTo(MANY / 3);
    peer.close(consumer);
    assertThat(peer.bodies(peer.consumer("a", MANY))).containsExactlyElementsOf(inA(MANY));
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void itStandsBetweenWhatWasThereAndWhatComesAfterIt() {
    long transaction = sent(MANY);
    peer.send(a, "before");
    ended(peer, transaction, true);
    peer.send(a, "after");
    long second = peer.begin();
    for (int i = 0; i < MANY; i++) {
      peer.send(a, TestPeer.message("s" + i), second);
    }
    ended(peer, second, true);
    List<String> expected = new ArrayList<>(inA(MANY));
    expected.add(expected.indexOf("m1"), "before");
    expected.add("after");
    IntStream.range(0, MANY).forEach(i -> expected.add("s" + i));
    TestPeer taker = broker.connect();
    int consumer = taker.consumer("a", 10_000);
    assertThat(taker.bodies(consumer)).containsExactlyElementsOf(expected);
    for (int i = 0; i < expected.size(); i++) {
      taker.accept(consumer, i);
    }
    assertThat(broker.stat("a").messageCount()).isZero();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void aTakeoverSeesAllOrNothing() {
    long transaction = sent(MANY);
    broker.holdCommits = true;
    peer.end(transaction, true);
    int records = broker.log.records().size();
    for (int kept = records - 2; kept <= records; kept++) {
      broker.log.commit(broker.log.records().get(kept - 1).end());
      TestBroker next = broker.takeOver();
      assertThat(next.stat("a").messageCount() + next.stat("b").messageCount())
          .isEqualTo(kept == records ? MANY : 0);
      assertThat(next.bytes()).isEqualTo(next.foldedBytes());
    }
  }

  @Test
  void aSnapshotInTheMiddleHasIt() {
    long transaction = sent(MANY);
    peer.send(a, TestPeer.message("n", true, 4, 0, new Identity.Named("n")), transaction);
    SnapshotContent open = broker.state.freeze();
    byte[] before = StateBytes.of(open);
    int records = broker.log.records().size();
    BrokerState restored = BrokerState.restore(StateBytes.blocks(open).iterator());
    assertThat(StateBytes.of(restored)).isEqualTo(before);
    ended(peer, transaction, true);
    SnapshotContent committed = broker.state.freeze();
    ended(peer, sent(MANY), false);
    // Another thread may write them now: what came after is not in them.
    assertThat(StateBytes.of(open)).isEqualTo(before);
    broker
        .log
        .records()
        .subList(records, broker.log.records().size())
        .forEach(r -> restored.apply(r.position(), r.end(), r.type(), r.buffer()));
    assertThat(StateBytes.of(restored)).isEqualTo(broker.bytes());
    BrokerState after = BrokerState.restore(StateBytes.blocks(committed).iterator());
    assertThat(StateBytes.of(after)).isEqualTo(StateBytes.of(committed));
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void aSnapshotInPartsIsTheSame() {
    ended(peer, sent(MANY), true);
    long transaction = peer.begin();
    for (int i = 0; i < MANY; i++) {
      peer.send(a, TestPeer.message("t" + i), transaction);
    }
    SnapshotContent content = broker.state.freeze();
    List<ByteBuffer> blocks = new ArrayList<>();
    content.writeBefore(block -> blocks.add(copy(block)));
    content.parts().forEach(part -> blocks.add(copy(part.bytes())));
    content.writeAfter(block -> blocks.add(copy(block)));
    BrokerState restored = BrokerState.restore(blocks.iterator());
    assertThat(StateBytes.of(restored)).isEqualTo(broker.bytes());
  }

  private static ByteBuffer copy(ByteBuffer block) {
    return ByteBuffer.allocate(block.remaining()).put(block).flip();
  }

  @Test
  void whatIsInEffectAlreadyIsLeftOutAloneAndTheRestIsNot() {
    long transaction = sent(MANY);
    peer.send(a, message(1), 0);
    peer.send(b, message(1_001), 0);
    ended(peer, transaction, true);
    assertThat(broker.stat("a").messageCount() + broker.stat("b").messageCount()).isEqualTo(MANY);
    assertThat(StateBytes.ranges(broker.state, "p")).isEqualTo(1);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
    int consumer = peer.consumer("b", MANY);
    assertThat(peer.bodies(consumer)).contains("m1001").doesNotHaveDuplicates();
  }

  @Test
  void afterARollbackNothingIsLeft() {
    long transaction = sent(MANY);
    assertThat(StateBytes.extents(broker.state)).isNotEmpty();
    ended(peer, transaction, false);
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    assertThat(broker.state.identities().producerCount()).isZero();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void aQueueThatIsDeletedMeanwhileKeepsNothing() {
    long transaction = sent(MANY);
    broker.sessions.manage(new Management.DeleteQueue("a", true, false), _ -> {});
    broker.settle();
    ended(peer, transaction, true);
    int consumer = peer.consumer("b", MANY);
    peer.settle(consumer, 0, MANY, Disposition.ACCEPTED, 0);
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void moreMayBeTakenInItThanMayBeUnsettled() {
    TestBroker small = new TestBroker(TestSettings.small());
    TestPeer other = small.connect();
    int link = other.producer("a");
    for (int i = 0; i < 50; i++) {
      other.send(link, "m" + i);
    }
    int consumer = other.consumer("a", 1_000);
    long first = other.begin();
    for (int i = 0; i < 50; i++) {
      other.settle(consumer, i, i, Disposition.ACCEPTED, first);
    }
    assertThat(other.delivered(consumer)).hasSize(50);
    ended(other, first, false);
    assertThat(other.delivered(consumer).get(50).deliveryCount()).isEqualTo(1);
    long second = other.begin();
    for (int i = 50; i < 100; i++) {
      other.settle(consumer, i, i, Disposition.ACCEPTED, second);
    }
    ended(other, second, true);
    assertThat(small.stat("a").messageCount()).isZero();
    assertThat(small.bytes()).isEqualTo(small.foldedBytes());
  }

  /// Takes everything that is in `a` in one transaction.
  private long taken(TestPeer taker, int consumer, int count) {
    long transaction = taker.begin();
    for (int i = 0; i < count; i++) {
      taker.settle(consumer, i, i, Disposition.ACCEPTED, transaction);
    }
    return transaction;
  }

  private TestPeer filled() {
    for (int i = 0; i < MANY; i++) {
      peer.send(a, "m" + i);
    }
    return broker.connect();
  }

  @Test
  void whatItTookLeavesInPiecesThatNobodySees() {
    TestPeer taker = filled();
    long transaction = taken(taker, taker.consumer("a", MANY), MANY);
    broker.holdCommits = true;
    taker.end(transaction, true);
    int committed = broker.log.records().size();
    // Not all of it in the turn of the commit.
    assertThat(broker.stat("a").messageCount()).isGreaterThan(MANY / 3);
    broker.holdCommits = false;
    broker.settle();
    assertThat(broker.stat("a").messageCount()).isZero();
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    assertThat(broker.state.underWay().out()).isZero();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
    // Whoever takes over in between goes on with it, and gives none of it to anybody.
    List<ListLog.Record> records = List.copyOf(broker.log.records());
    assertThat(records.size()).isGreaterThan(committed + 1);
    for (int kept = committed; kept <= records.size(); kept++) {
      BrokerState state = new BrokerState();
      records
          .subList(0, kept)
          .forEach(r -> state.apply(r.position(), r.end(), r.type(), r.buffer()));
      BrokerState restored = BrokerState.restore(StateBytes.blocks(state.freeze()).iterator());
      assertThat(StateBytes.of(restored)).isEqualTo(StateBytes.of(state));
      assertThat(restored.underWay().out()).isZero();
    }
  }

  @Test
  void whatIsNotDurableInItIsNoBurdenEither() {
    long transaction = peer.begin();
    for (int i = 0; i < MANY; i++) {
      peer.send(a, TestPeer.message("m" + i, false, 4, 0, null), transaction);
    }
    ended(peer, transaction, true);
    TestPeer taker = broker.connect();
    int consumer = taker.consumer("a", MANY);
    List<String> expected = new ArrayList<>();
    IntStream.range(0, MANY).forEach(i -> expected.add("m" + i));
    assertThat(taker.bodies(consumer)).containsExactlyElementsOf(expected);
    long taking = taken(taker, consumer, MANY);
    broker.sessions.accept(new Command.End(taker.connection, 9, taking, true), broker.now());
    // Not all of it in the turn of the commit.
    assertThat(broker.stat("a").messageCount()).isEqualTo(MANY);
    broker.settle();
    broker.rest();
    assertThat(broker.stat("a").messageCount()).isZero();
    long undone = peer.begin();
    for (int i = 0; i < MANY; i++) {
      peer.send(a, TestPeer.message("m" + i, false, 4, 0, null), undone);
    }
    broker.sessions.accept(new Command.End(peer.connection, 9, undone, false), broker.now());
    assertThat(broker.sessions.bodyBytes()).isPositive();
    broker.rest();
    assertThat(broker.sessions.bodyBytes()).isZero();
  }

  @Test
  void aTakeoverBetweenThePiecesGoesOnWithThem() {
    TestPeer taker = filled();
    long transaction = taken(taker, taker.consumer("a", MANY), MANY);
    broker.holdCommits = true;
    taker.end(transaction, true);
    broker.log.commit();
    BrokerState state = new BrokerState();
    broker.log.records().forEach(r -> state.apply(r.position(), r.end(), r.type(), r.buffer()));
    ListLog log = new ListLog(broker.log);
    new Sessions(state, log, broker.settings, AccessRules.OPEN, Map.of(), broker)
        .activate(2, broker.now());
    var messages = Objects.requireNonNull(state.queue("a")).messages();
    assertThat(messages.outCount()).isPositive();
    assertThat(messages.availableCount()).isZero();
    TestBroker next = new TestBroker(new ListLog(broker.log), broker.settings, AccessRules.OPEN, 2);
    TestPeer other = next.connect();
    assertThat(other.bodies(other.consumer("a", MANY))).isEmpty();
    assertThat(next.stat("a").messageCount()).isZero();
    assertThat(next.bytes()).isEqualTo(next.foldedBytes());
  }

  @Test
  void afterARollbackWhatItTookComesBackInItsOrder() {
    TestPeer taker = filled();
    int consumer = taker.consumer("a", MANY);
    long transaction = taken(taker, consumer, MANY);
    peer.send(a, "later");
    taker.credit(consumer, 3 * MANY);
    assertThat(taker.bodies(consumer)).hasSize(MANY + 1);
    taker.settle(consumer, MANY, MANY, Disposition.RELEASED, 0);
    assertThat(taker.bodies(consumer)).hasSize(MANY + 2);
    taker.close(consumer);
    TestPeer second = broker.connect();
    ended(taker, transaction, false);
    int there = second.consumer("a", 3 * MANY);
    List<String> expected = new ArrayList<>();
    IntStream.range(0, MANY).forEach(i -> expected.add("m" + i));
    expected.add("later");
    assertThat(second.bodies(there)).containsExactlyElementsOf(expected);
    assertThat(second.delivered(there).getFirst().deliveryCount()).isEqualTo(1);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void whileTheyComeBackNothingOvertakesThem() {
    TestPeer taker = filled();
    int consumer = taker.consumer("a", MANY);
    long transaction = taken(taker, consumer, MANY);
    TestPeer second = broker.connect();
    int there = second.consumer("a", 3 * MANY);
    // One turn, and somebody sends.
    broker.sessions.on(new Command.End(taker.connection, 9, transaction, false), broker.now());
    peer.send(a, "later");
    broker.settle();
    List<String> got =
        new ArrayList<>(taker.bodies(consumer).subList(MANY, taker.bodies(consumer).size()));
    got.addAll(second.bodies(there));
    assertThat(second.bodies(there).getLast()).isEqualTo("later");
    assertThat(got).hasSize(MANY + 1);
    assertThat(second.bodies(there)).startsWith("m0", "m1");
  }

  @Test
  void aTakeoverWhileTheyComeBackHasAllOfThem() {
    TestPeer taker = filled();
    long transaction = taken(taker, taker.consumer("a", MANY), MANY);
    taker.end(transaction, false);
    List<ListLog.Record> records = broker.log.records();
    for (int back = 0; back < 4; back++) {
      broker.log.commit();
      var log = new ListLog(broker.log, records.size() - back);
      TestBroker next = new TestBroker(log, broker.settings, AccessRules.OPEN, 2);
      TestPeer other = next.connect();
      assertThat(other.bodies(other.consumer("a", 2 * MANY))).hasSize(MANY);
      assertThat(next.bytes()).isEqualTo(next.foldedBytes());
    }
  }

  @Test
  void aPreparedOneMayTakeAsMany() {
    TestPeer taker = filled();
    Xid xid = new Xid(1, new byte[] {1}, new byte[] {2});
    int consumer = taker.consumer("a", MANY);
    long number = taker.begin(xid);
    for (int i = 0; i < MANY; i++) {
      taker.settle(consumer, i, i, Disposition.ACCEPTED, number);
    }
    taker.end(xid, Command.Step.PREPARE);
    TestBroker next = broker.takeOver();
    TestPeer other = next.connect();
    assertThat(other.bodies(other.consumer("a", MANY))).isEmpty();
    TestBroker third = next.takeOver();
    assertThat(other.end(xid, Command.Step.ROLLBACK)).isEqualTo(new Output.Ended(1, null));
    assertThat(other.delivered(1)).hasSize(MANY);
    third.connect().end(xid, Command.Step.COMMIT);
    assertThat(third.stat("a").messageCount()).isZero();
    assertThat(third.bytes()).isEqualTo(third.foldedBytes());
  }

  @Test
  void itsCommitIsAShortTurn() {
    int count = 100_000;
    long begun = System.nanoTime();
    long transaction = sent(count);
    long sending = System.nanoTime() - begun;
    begun = System.nanoTime();
    broker.sessions.accept(new Command.End(peer.connection, 1, transaction, true), broker.now());
    long committing = System.nanoTime() - begun;
    System.out.printf("sending %d ms, commit %d us%n", sending / 1_000_000, committing / 1_000);
    // Chunks change hands, not messages: what takes as long as a tenth of the sending visits them.
    assertThat(committing).isLessThan(sending / 10);
    broker.settle();
    assertThat(broker.stat("a").messageCount() + broker.stat("b").messageCount()).isEqualTo(count);
  }
}
