package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.broker.BrokerState;
import io.batonmq.broker.FullPolicy;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.broker.StateBytes;
import io.batonmq.broker.Xid;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.message.Tail;
import io.batonmq.queue.Disposition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Messages that come in fragments: one message for everybody who sees them, and room in the log for as long as
/// anybody does.
class LargeMessageTest {
  private static final int FRAGMENTS = 5;

  /// So that the fragments of two messages do not share an extent.
  private static final int SIZE = 400_000;

  private TestBroker broker = new TestBroker();
  private TestPeer peer = broker.connect();

  private static byte[] fragment(int number) {
    byte[] bytes = new byte[SIZE];
    Arrays.fill(bytes, (byte) number);
    return bytes;
  }

  private void fragments(int link) {
    for (int i = 0; i < FRAGMENTS; i++) {
      broker.on(new Command.SendFragment(peer.connection, link, null, fragment(i)));
    }
  }

  private long send(int link, String head) {
    return send(link, TestPeer.message(head), 0);
  }

  private long send(int link, Message head, long transaction) {
    fragments(link);
    return peer.send(link, head, transaction);
  }

  private static Message with(String head, String identity) {
    return TestPeer.message(head, true, 4, 0, new Identity.Named(identity));
  }

  private static Message fleeting(String head) {
    return TestPeer.message(head, false, 4, 0, null);
  }

  /// What follows a delivery, as it is fetched piece by piece; shorter if it is gone.
  private static List<byte[]> tail(TestPeer peer, Output.Delivered delivered) {
    Tail tail = Objects.requireNonNull(delivered.message().tail());
    List<byte[]> pieces = new ArrayList<>();
    long bytes = 0;
    while (bytes < tail.bytes()) {
      peer.broker.on(
          new Command.Fetch(
              peer.connection, delivered.link(), delivered.delivery(), tail, pieces.size()));
      Output.Fragment fragment = peer.last(Output.Fragment.class);
      assertThat(fragment.index()).isEqualTo(pieces.size());
      byte[] piece = fragment.bytes();
      if (piece == null) {
        return pieces;
      }
      pieces.add(piece);
      bytes += piece.length;
    }
    return pieces;
  }

  private static void whole(TestPeer peer, Output.Delivered delivered) {
    List<byte[]> pieces = tail(peer, delivered);
    assertThat(pieces).hasSize(FRAGMENTS);
    for (int i = 0; i < FRAGMENTS; i++) {
      assertThat(pieces.get(i)).isEqualTo(fragment(i));
    }
  }

  private Output.Delivered only(int consumer) {
    assertThat(peer.delivered(consumer)).hasSize(1);
    return peer.delivered(consumer).getFirst();
  }

  /// What is live of the log is nothing; and who folds it has the same state.
  private void nothingIsLeft() {
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    theSameFromTheLog();
  }

  private void theSameFromTheLog() {
    assertThat(broker.foldedBytes()).isEqualTo(broker.bytes());
    BrokerState restored = BrokerState.restore(StateBytes.blocks(broker.state.freeze()).iterator());
    assertThat(StateBytes.of(restored)).isEqualTo(broker.bytes());
    assertThat(StateBytes.extents(restored)).isEqualTo(StateBytes.extents(broker.state));
  }

  @Test
  void itIsSeenWhenItIsWholeAndNotBefore() {
    int producer = peer.producer("orders");
    int consumer = peer.consumer("orders", 10);
    fragments(producer);
    assertThat(peer.delivered(consumer)).isEmpty();
    long delivery = peer.send(producer, "head");
    assertThat(peer.accepted(delivery)).isTrue();
    assertThat(TestPeer.body(only(consumer).message())).isEqualTo("head");
    assertThat(only(consumer).message().length()).isEqualTo(4 + FRAGMENTS * SIZE);
    whole(peer, only(consumer));
    theSameFromTheLog();
    peer.accept(consumer, 0);
    nothingIsLeft();
  }

  private long bytes() {
    return Objects.requireNonNull(broker.state.queue("orders")).messages().bytes();
  }

  @Test
  void itCountsAgainstTheRoomOfItsAddressWithAllThatItHas() {
    int producer = peer.producer("orders");
    send(producer, "head");
    assertThat(bytes()).isGreaterThan(FRAGMENTS * SIZE);
    peer.accept(peer.consumer("orders", 10), 0);
    assertThat(bytes()).isZero();
  }

  @Test
  void allOfItIsToldOfWhenSegmentsAreRewritten() {
    int producer = peer.producer("orders");
    send(producer, "head");
    fragments(producer);
    List<Long> told = new ArrayList<>();
    var bodies = broker.state.freeze().bodies().orElseThrow();
    while (bodies.next(
        (position, size) -> {
          var record = broker.log.at(position);
          assertThat(record.end() - record.position()).isEqualTo(size);
          told.add(position);
        })) {}
    assertThat(told).hasSize(2 * FRAGMENTS + 1).doesNotHaveDuplicates();
  }

  @Test
  void oneThatIsAbortedNeverWas() {
    int producer = peer.producer("orders");
    fragments(producer);
    broker.on(new Command.DropFragments(peer.connection, producer));
    nothingIsLeft();
    long delivery = peer.send(producer, "the next one");
    assertThat(peer.accepted(delivery)).isTrue();
    assertThat(only(peer.consumer("orders", 10)).message().tail()).isNull();
  }

  @Test
  void oneWhoseLinkOrConnectionEndsNeverWas() {
    fragments(peer.producer("orders"));
    int other = peer.producer("orders");
    fragments(other);
    peer.close(other);
    assertThat(StateBytes.extents(broker.state)).isNotEmpty();
    peer.disconnect(false);
    nothingIsLeft();
  }

  @Test
  void aTakeOverInTheMiddleOfItIsItsEnd() {
    fragments(peer.producer("orders"));
    broker = broker.takeOver();
    nothingIsLeft();
  }

  @Test
  void aTakeOverAfterItChangesNothing() {
    send(peer.producer("orders"), with("head", "id"), 0);
    broker = broker.takeOver();
    peer = broker.connect();
    int producer = peer.producer("orders");
    // The answer was lost with the node.
    assertThat(peer.accepted(send(producer, with("head", "id"), 0))).isTrue();
    assertThat(broker.sessions.resends()).isEqualTo(1);
    int consumer = peer.consumer("orders", 10);
    whole(peer, only(consumer));
    peer.accept(consumer, 0);
    nothingIsLeft();
  }

  @Test
  void whoeverHasItOnATopicHasAllOfIt() {
    var settings = new Source.Kind.Subscription("s", "c", false, true);
    int lasting = peer.consumer(new Source("news", settings, false, null, false));
    int fleeting =
        peer.consumer(new Source("news", new Source.Kind.Volatile(), false, null, false));
    peer.credit(lasting, 10);
    peer.credit(fleeting, 10);
    send(peer.producer("news", RoutingType.MULTICAST, null), "head");
    peer.accept(lasting, 0);
    whole(peer, only(fleeting));
    theSameFromTheLogButForWhatIsInMemory();
    peer.accept(fleeting, 0);
    nothingIsLeft();
  }

  /// Whom only a subscription of this node's keeps, another node has forgotten.
  private void theSameFromTheLogButForWhatIsInMemory() {
    assertThat(broker.foldedBytes()).isEqualTo(broker.bytes());
    BrokerState folded = new BrokerState();
    broker.log.records().forEach(r -> folded.apply(r.position(), r.end(), r.type(), r.buffer()));
    assertThat(StateBytes.extents(folded)).isEmpty();
  }

  @Test
  void oneThatIsNotDurableTakesNoMemoryAndGivesTheLogItsRoomBack() {
    int producer = peer.producer("orders");
    long before = broker.sessions.bodyBytes();
    send(producer, fleeting("head"), 0);
    assertThat(broker.sessions.bodyBytes() - before).isLessThan(1_000);
    int consumer = peer.consumer("orders", 10);
    whole(peer, only(consumer));
    peer.accept(consumer, 0);
    nothingIsLeft();
    send(producer, fleeting("head"), 0);
    broker = broker.takeOver();
    nothingIsLeft();
  }

  @Test
  void oneThatIsNotDurableIsNotRefusedWhenMemoryIsFull() {
    broker = new TestBroker(TestSettings.memory(0));
    peer = broker.connect();
    int producer = peer.producer("orders");
    for (boolean transacted : new boolean[] {false, true}) {
      for (boolean committed : new boolean[] {false, true}) {
        long transaction = transacted ? peer.begin() : 0;
        assertThat(peer.accepted(send(producer, fleeting("head"), transaction))).isTrue();
        // Nobody but this node has it.
        theSameFromTheLogButForWhatIsInMemory();
        if (transacted) {
          peer.end(transaction, committed);
        }
        if (committed || !transacted) {
          int consumer = peer.consumer("orders", 10);
          whole(peer, only(consumer));
          peer.accept(consumer, 0);
          peer.close(consumer);
        }
        nothingIsLeft();
      }
    }
    send(producer, fleeting("head"), peer.begin());
    broker = broker.takeOver();
    nothingIsLeft();
  }

  @Test
  void oneThatIsRolledBackNeverWas() {
    int producer = peer.producer("orders");
    for (boolean durable : new boolean[] {true, false}) {
      long transaction = peer.begin();
      send(producer, durable ? TestPeer.message("head") : fleeting("head"), transaction);
      assertThat(StateBytes.extents(broker.state)).isNotEmpty();
      peer.end(transaction, false);
      nothingIsLeft();
    }
  }

  @Test
  void oneThatIsCommittedIsSeen() {
    int producer = peer.producer("orders");
    int consumer = peer.consumer("orders", 10);
    long transaction = peer.begin();
    send(producer, TestPeer.message("head"), transaction);
    theSameFromTheLog();
    peer.end(transaction, true);
    whole(peer, only(consumer));
    peer.accept(consumer, 0);
    nothingIsLeft();
  }

  @Test
  void twiceInOneTransactionItCountsOnce() {
    int producer = peer.producer("orders");
    long first = peer.begin();
    send(producer, with("head", "id"), first);
    send(producer, with("head", "id"), first);
    long second = peer.begin();
    send(producer, with("head", "id"), second);
    peer.end(first, true);
    peer.end(second, true);
    int consumer = peer.consumer("orders", 10);
    whole(peer, only(consumer));
    theSameFromTheLog();
    peer.accept(consumer, 0);
    nothingIsLeft();
  }

  @Test
  void whatWasPromisedIsThereAfterATakeOver() {
    int producer = peer.producer("orders");
    Xid xid = new Xid(1, new byte[] {1}, new byte[] {2});
    long transaction = peer.begin(xid);
    send(producer, TestPeer.message("head"), transaction);
    peer.end(xid, Command.Step.PREPARE);
    theSameFromTheLog();
    broker = broker.takeOver();
    peer = broker.connect();
    assertThat(StateBytes.extents(broker.state)).isNotEmpty();
    peer.end(xid, Command.Step.COMMIT);
    int consumer = peer.consumer("orders", 10);
    whole(peer, only(consumer));
    peer.accept(consumer, 0);
    nothingIsLeft();
  }

  @Test
  void aQueueThatIsDeletedBeforeTheCommitTakesNothingFromTheOthers() {
    var settings = new Source.Kind.Subscription("s", "c", false, true);
    int lasting = peer.consumer(new Source("news", settings, false, null, false));
    int fleeting =
        peer.consumer(new Source("news", new Source.Kind.Volatile(), false, null, false));
    peer.credit(fleeting, 10);
    int producer = peer.producer("news", RoutingType.MULTICAST, null);
    long transaction = peer.begin();
    send(producer, TestPeer.message("head"), transaction);
    broker.on(new Command.CloseLink(peer.connection, lasting, true));
    peer.end(transaction, true);
    whole(peer, only(fleeting));
    peer.accept(fleeting, 0);
    nothingIsLeft();
  }

  @Test
  void oneThatIsDeadGoesAsAWhole() {
    broker = new TestBroker(TestSettings.deadEnds());
    peer = broker.connect();
    send(peer.producer("orders"), "head");
    int consumer = peer.consumer("orders", 10);
    peer.settle(consumer, 0, 0, Disposition.REJECTED, 0);
    int dead = peer.consumer("DLQ", 10);
    whole(peer, only(dead));
    theSameFromTheLog();
    peer.accept(dead, 0);
    nothingIsLeft();
  }

  @Test
  void whoOnlyLooksAtItIsToldWhenItIsGone() {
    send(peer.producer("orders"), "head");
    int browser = peer.browser("orders", 10);
    int consumer = peer.consumer("orders", 10);
    whole(peer, only(browser));
    peer.accept(consumer, 0);
    assertThat(tail(peer, only(browser))).isEmpty();
    nothingIsLeft();
  }

  @Test
  void oneWithoutCreditIsRefusedAndTakesNoRoom() {
    int producer = peer.producer("orders");
    broker.on(new Command.Withdrawn(peer.connection, producer));
    assertThat(peer.refused(send(producer, "head"))).isEqualTo(Reason.LIMIT_REACHED);
    nothingIsLeft();
  }

  @Test
  void oneThatMayNotBeSentTakesNoRoomWhileItComes() {
    int anywhere = peer.producer(null);
    broker.on(new Command.SendFragment(peer.connection, anywhere, "\0", fragment(0)));
    nothingIsLeft();
    broker = new TestBroker(TestSettings.full(FullPolicy.FAIL, 1));
    peer = broker.connect();
    int producer = peer.producer("orders");
    peer.send(producer, "full");
    long[] before = StateBytes.extents(broker.state);
    fragments(producer);
    assertThat(StateBytes.extents(broker.state)).isEqualTo(before);
    assertThat(peer.refused(peer.send(producer, "head"))).isEqualTo(Reason.LIMIT_REACHED);
  }

  @Test
  void oneOfTooManyPiecesIsRefusedAndTakesNoRoom() {
    int producer = peer.producer("orders");
    byte[] one = "x".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 16_385; i++) {
      broker.on(new Command.SendFragment(peer.connection, producer, null, one));
    }
    assertThat(peer.refused(peer.send(producer, "head"))).isEqualTo(Reason.LIMIT_REACHED);
    nothingIsLeft();
  }

  @Test
  void aLogInWhichTwoMessagesHaveTheSameTailIsRefused() {
    int producer = peer.producer("orders");
    send(producer, "head");
    var records = broker.log.records();
    var last = records.getLast();
    assertThatThrownBy(() ->
            broker.state.apply(
                broker.log.end(),
                broker.log.end() + last.end() - last.position(),
                last.type(),
                last.buffer()))
        .hasMessageContaining("two messages have the tail");
  }

  @Test
  void manyAreReadAFewAtATime() {
    int producer = peer.producer("orders");
    for (int i = 0; i < 40; i++) {
      send(producer, "head");
    }
    List<Integer> consumers = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      consumers.add(peer.consumer("orders", 1));
    }
    broker.holdLoads = true;
    broker.loads.clear();
    for (int consumer : consumers) {
      Output.Delivered delivered = only(consumer);
      Tail tail = Objects.requireNonNull(delivered.message().tail());
      broker.on(new Command.Fetch(peer.connection, consumer, delivered.delivery(), tail, 0));
    }
    assertThat(broker.loads).hasSize(16);
    broker.holdLoads = false;
    broker.settle();
    assertThat(peer.heard(Output.Fragment.class)).hasSize(40);
  }
}
