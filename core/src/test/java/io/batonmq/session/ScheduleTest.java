package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.broker.BrokerState;
import io.batonmq.broker.StateBytes;
import io.batonmq.log.SnapshotContent;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Messages that are not to be seen before a time.
class ScheduleTest {
  private TestBroker broker = new TestBroker(TestSettings.deadEnds());
  private TestPeer peer = broker.connect();
  private int producer = peer.producer("orders");

  private void takeOver() {
    long wall = broker.wall;
    broker = broker.takeOver();
    broker.wall = wall;
    peer = broker.connect();
    producer = peer.producer("orders");
  }

  private void stateIsTheFold() {
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void aMessageIsConfirmedAtOnceAndSeenInItsTime() {
    int consumer = peer.consumer("orders", 10);
    long sent = peer.sendLater(producer, "later", 500);
    peer.send(producer, "now");
    assertThat(peer.accepted(sent)).isTrue();
    assertThat(peer.bodies(consumer)).containsExactly("now");
    assertThat(broker.stat("orders").scheduledCount()).isEqualTo(1);
    assertThat(broker.stat("orders").messageCount()).isEqualTo(2);
    broker.pass(499);
    assertThat(peer.bodies(consumer)).containsExactly("now");
    broker.pass(1);
    assertThat(peer.bodies(consumer)).containsExactly("now", "later");
    assertThat(peer.delivered(consumer).getLast().firstAcquirer()).isTrue();
    assertThat(broker.stat("orders").scheduledCount()).isZero();
    stateIsTheFold();
  }

  @Test
  void theOwnerIsToBeCalledWhenItIsDueAndNotBefore() {
    broker.pass(0);
    peer.sendLater(producer, "later", 250);
    assertThat(broker.sessions.nextDeadlineNanos()).isEqualTo(broker.nanos + 250_000_000);
    broker.nanos += 100_000_000;
    broker.wall += 100;
    broker.sessions.dispatch(broker.now());
    assertThat(broker.sessions.nextDeadlineNanos()).isEqualTo(broker.nanos + 150_000_000);
    broker.pass(150);
    assertThat(broker.stat("orders").scheduledCount()).isZero();
    assertThat(broker.sessions.nextDeadlineNanos()).isGreaterThan(broker.nanos);
  }

  /// Where the clock of this node is behind what was acted on, the owner is not called in vain.
  @Test
  void aClockThatIsBehindDoesNotSpin() {
    broker.wall += 60_000;
    peer.send(producer, "now");
    peer.sendLater(producer, "later", 500);
    broker = broker.takeOver();
    broker.wall += 59_000;
    broker.pass(0);
    // 1.5 s until this clock says so; the next look at what expires comes first.
    assertThat(broker.sessions.nextDeadlineNanos() - broker.nanos).isGreaterThan(900_000_000);
    broker.pass(1_499);
    assertThat(broker.stat("orders").scheduledCount()).isEqualTo(1);
    broker.pass(1);
    assertThat(broker.stat("orders").scheduledCount()).isZero();
  }

  @Test
  void aTimeThatHasPassedIsNoTime() {
    int consumer = peer.consumer("orders", 10);
    peer.sendLater(producer, "late", -1);
    peer.sendLater(producer, "now", 0);
    assertThat(peer.bodies(consumer)).containsExactly("late", "now");
  }

  @Test
  void whenItsTimeComesAMessageTakesThePlaceThatItWasSentAt() {
    peer.send(producer, "1");
    peer.sendLater(producer, "2", 300);
    peer.sendLater(producer, "3", 200);
    peer.send(producer, "4");
    broker.pass(300);
    peer.send(producer, "5");
    int consumer = peer.consumer("orders", 10);
    assertThat(peer.bodies(consumer)).containsExactly("1", "2", "3", "4", "5");
  }

  @Test
  void higherPrioritiesStillComeFirst() {
    peer.sendLater(producer, "low", 100);
    peer.send(
        producer, TestPeer.message("high", true, 9, 0, null).deliveredFrom(broker.wall + 100), 0);
    peer.send(producer, TestPeer.message("highest", true, 9, 0, null), 0);
    broker.pass(100);
    int consumer = peer.consumer("orders", 10);
    assertThat(peer.bodies(consumer)).containsExactly("high", "highest", "low");
  }

  @Test
  void browsersDoNotSeeWhatWaits() {
    peer.sendLater(producer, "later", 500);
    peer.send(producer, "now");
    int browser = peer.browser("orders", 10);
    assertThat(peer.bodies(browser)).containsExactly("now");
    broker.pass(500);
    int another = peer.browser("orders", 10);
    assertThat(peer.bodies(another)).containsExactly("later", "now");
  }

  @Test
  void aDrainIsAnsweredAlthoughSomethingWaits() {
    peer.sendLater(producer, "later", 500);
    int consumer = peer.consumer("orders");
    peer.drain(consumer, 10);
    assertThat(peer.heard(Output.Drained.class)).hasSize(1);
  }

  @Test
  void eachSubscriptionHasItInItsTime() {
    int one = peer.consumer(new Source("news", new Source.Kind.Volatile(), false, null, false));
    int two =
        peer.consumer(
            new Source(
                "news", new Source.Kind.Subscription("s", "c", false, true), false, null, false));
    peer.credit(one, 10);
    peer.credit(two, 10);
    int news = peer.producer("news", RoutingType.MULTICAST, null);
    peer.sendLater(news, "later", 500);
    broker.pass(499);
    assertThat(peer.heard(Output.Delivered.class)).isEmpty();
    broker.pass(1);
    assertThat(peer.bodies(one)).containsExactly("later");
    assertThat(peer.bodies(two)).containsExactly("later");
  }

  @Test
  void whatIsNotDurableWaitsToo() {
    int consumer = peer.consumer("orders", 10);
    Message message = TestPeer.message("later", false, 4, 0, null);
    peer.send(producer, message.deliveredFrom(broker.wall + 500), 0);
    assertThat(broker.stat("orders").scheduledCount()).isEqualTo(1);
    broker.pass(499);
    assertThat(peer.bodies(consumer)).isEmpty();
    broker.pass(1);
    assertThat(peer.bodies(consumer)).containsExactly("later");
    stateIsTheFold();
  }

  @Test
  void aNodeThatTakesOverGoesOnWaiting() {
    peer.sendLater(producer, "later", 500);
    broker.pass(200);
    takeOver();
    int consumer = peer.consumer("orders", 10);
    assertThat(broker.stat("orders").scheduledCount()).isEqualTo(1);
    broker.pass(299);
    assertThat(peer.bodies(consumer)).isEmpty();
    broker.pass(1);
    assertThat(peer.bodies(consumer)).containsExactly("later");
    assertThat(peer.delivered(consumer).getFirst().deliveryCount()).isZero();
    assertThat(peer.delivered(consumer).getFirst().firstAcquirer()).isTrue();
    stateIsTheFold();
  }

  @Test
  void whatFallsDueWhileNobodyServesIsSeenOnce() {
    peer.sendLater(producer, "later", 500);
    broker.wall += 10_000;
    assertThat(broker.state.queue("orders").messages().waitingCount()).isEqualTo(1);
    takeOver();
    int consumer = peer.consumer("orders", 10);
    broker.pass(0);
    assertThat(peer.bodies(consumer)).containsExactly("later");
    peer.accept(consumer, 0);
    takeOver();
    broker.pass(1_000);
    assertThat(broker.stat("orders").messageCount()).isZero();
  }

  /// The node that admitted it was lost before anybody knew: the next one admits it, and nothing is twice.
  @Test
  void anAdmissionThatWasNotCommittedIsMadeAgain() {
    peer.sendLater(producer, "later", 500);
    broker.holdCommits = true;
    broker.pass(500);
    assertThat(broker.stat("orders").scheduledCount()).isZero();
    takeOver();
    assertThat(broker.stat("orders").scheduledCount()).isEqualTo(1);
    int consumer = peer.consumer("orders", 10);
    broker.pass(0);
    assertThat(peer.bodies(consumer)).containsExactly("later");
    stateIsTheFold();
  }

  /// A node whose clock is behind neither sees what waits too early nor hides what another one has shown.
  @Test
  void theWallClockDoesNotRunBackwards() {
    peer.sendLater(producer, "a", 500);
    peer.sendLater(producer, "b", 600);
    broker.pass(550);
    assertThat(broker.state.wallMillis()).isEqualTo(broker.wall);
    broker = broker.takeOver();
    peer = broker.connect();
    int consumer = peer.consumer("orders", 10);
    broker.wall -= 3_600_000;
    broker.pass(0);
    assertThat(peer.bodies(consumer)).containsExactly("a");
    assertThat(broker.stat("orders").scheduledCount()).isEqualTo(1);
  }

  @Test
  void aStandbyDoesNotDecideThatSomethingIsDue() {
    peer.sendLater(producer, "later", 500);
    byte[] before = broker.foldedBytes();
    broker.wall += 1_000_000;
    assertThat(broker.foldedBytes()).isEqualTo(before);
    assertThat(broker.state.queue("orders").messages().waitingCount()).isEqualTo(1);
  }

  @Test
  void aDelayCountsFromTheSendAndNotFromTheCommit() {
    int consumer = peer.consumer("orders", 10);
    long soon = peer.begin();
    Message first = TestPeer.message("soon").deliveredFrom(broker.wall + 500);
    peer.send(producer, first, soon);
    peer.send(producer, TestPeer.message("now"), soon);
    broker.pass(200);
    peer.end(soon, true);
    assertThat(peer.bodies(consumer)).containsExactly("now");
    assertThat(broker.stat("orders").scheduledCount()).isEqualTo(1);
    broker.pass(300);
    assertThat(peer.bodies(consumer)).containsExactly("now", "soon");

    long late = peer.begin();
    peer.send(producer, TestPeer.message("late").deliveredFrom(broker.wall + 100), late);
    broker.pass(150);
    assertThat(peer.bodies(consumer)).hasSize(2);
    peer.end(late, true);
    // In the next turn, which is due.
    assertThat(broker.sessions.nextDeadlineNanos()).isLessThanOrEqualTo(broker.nanos);
    broker.pass(0);
    assertThat(peer.bodies(consumer)).containsExactly("now", "soon", "late");
    stateIsTheFold();
  }

  @Test
  void aTransactionThatIsNotDurableIsTheSame() {
    int consumer = peer.consumer("orders", 10);
    long transaction = peer.begin();
    Message soon = TestPeer.message("soon", false, 4, 0, null);
    peer.send(producer, soon.deliveredFrom(broker.wall + 500), transaction);
    Message late = TestPeer.message("late", false, 4, 0, null);
    peer.send(producer, late.deliveredFrom(broker.wall + 100), transaction);
    broker.pass(150);
    peer.end(transaction, true);
    broker.pass(0);
    assertThat(peer.bodies(consumer)).containsExactly("late");
    broker.pass(350);
    assertThat(peer.bodies(consumer)).containsExactly("late", "soon");
  }

  @Test
  void whatWasRolledBackNeverFallsDue() {
    long transaction = peer.begin();
    peer.send(producer, TestPeer.message("x").deliveredFrom(broker.wall + 100), transaction);
    peer.end(transaction, false);
    broker.pass(1_000);
    assertThat(broker.stat("orders").messagesAdded()).isZero();
  }

  @Test
  void anOpenTransactionKeepsItsTimesInASnapshot() {
    long transaction = peer.begin();
    peer.send(producer, TestPeer.message("x").deliveredFrom(broker.wall + 100), transaction);
    SnapshotContent content = broker.state.freeze();
    BrokerState restored = BrokerState.restore(StateBytes.blocks(content).iterator());
    assertThat(StateBytes.of(restored)).isEqualTo(StateBytes.of(content));
    peer.end(transaction, true);
    broker.log.records().stream()
        .filter(record -> record.position() >= content.position())
        .forEach(r -> restored.apply(r.position(), r.end(), r.type(), r.buffer()));
    assertThat(restored.queue("orders").messages().waitingCount()).isEqualTo(1);
    assertThat(StateBytes.of(restored)).isEqualTo(broker.bytes());
  }

  @Test
  void aMessageThatIsSentAgainIsRecognisedWhileItWaits() {
    Identity identity = new Identity.Sequenced("p", 1);
    Message message =
        TestPeer.message("once", true, 4, 0, identity).deliveredFrom(broker.wall + 500);
    peer.send(producer, message, 0);
    takeOver();
    assertThat(peer.accepted(peer.send(producer, message, 0))).isTrue();
    broker.pass(500);
    assertThat(broker.stat("orders").messageCount()).isEqualTo(1);
  }

  @Test
  void whatLivesShorterThanItWaitsExpires() {
    Message message = TestPeer.message("short", true, 4, broker.wall + 300, null);
    peer.send(producer, message.deliveredFrom(broker.wall + 5_000), 0);
    int consumer = peer.consumer("orders", 10);
    broker.pass(299);
    assertThat(broker.stat("orders").scheduledCount()).isEqualTo(1);
    broker.pass(300);
    assertThat(broker.stat("orders").messageCount()).isZero();
    assertThat(broker.stat("Expired").messageCount()).isEqualTo(1);
    int expired = peer.consumer("Expired", 10);
    // There it is seen at once, its time to live and its delay forgotten.
    assertThat(peer.bodies(expired)).containsExactly("short");
    takeOver();
    broker.pass(10_000);
    assertThat(peer.bodies(consumer)).isEmpty();
    assertThat(broker.stat("Expired").messageCount()).isEqualTo(1);
    stateIsTheFold();
  }

  @Test
  void whatWaitsIsPurged() {
    peer.send(producer, "now");
    for (int i = 0; i < 2_500; i++) {
      peer.sendLater(producer, "later " + i, 500 + i % 7);
    }
    Message fleeting = TestPeer.message("fleeting", false, 4, 0, null);
    peer.send(producer, fleeting.deliveredFrom(broker.wall + 100), 0);
    List<Output.Managed> told = new ArrayList<>();
    broker.sessions.manage(
        new Management.PurgeQueue("orders"), output -> told.add((Output.Managed) output));
    long newer = peer.sendLater(producer, "newer", 1);
    assertThat(peer.accepted(newer)).isTrue();
    while (told.isEmpty()) {
      broker.pass(0);
    }
    assertThat(told.getFirst().messages()).isEqualTo(2_502);
    assertThat(broker.stat("orders").messageCount()).isEqualTo(1);
    int consumer = peer.consumer("orders", 10);
    broker.pass(1_000);
    assertThat(peer.bodies(consumer)).containsExactly("newer");
    peer.accept(consumer, 0);
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    assertThat(broker.sessions.nextDeadlineNanos()).isGreaterThan(broker.nanos);
    stateIsTheFold();
  }

  @Test
  void whatWaitsGoesWithItsQueue() {
    peer.sendLater(producer, "later", 500);
    List<Output> told = new ArrayList<>();
    broker.sessions.manage(new Management.DeleteQueue("orders", true, true), told::add);
    while (told.isEmpty()) {
      broker.pass(0);
    }
    broker.pass(1_000);
    assertThat(broker.sessions.queueStats()).isEmpty();
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    stateIsTheFold();
  }

  @Test
  void aFleetingQueueTakesWhatWaitsAlong() {
    int fleeting =
        peer.consumer(new Source("news", new Source.Kind.Volatile(), false, null, false));
    int news = peer.producer("news", RoutingType.MULTICAST, null);
    peer.sendLater(news, "later", 500);
    peer.close(fleeting);
    broker.pass(1_000);
    assertThat(StateBytes.extents(broker.state)).isEmpty();
  }

  /// What waits holds its body in the log as anything else does.
  @Test
  void theBodyOfWhatWaitsIsLive() {
    peer.sendLater(producer, "later", 5_000);
    int consumer = peer.consumer("orders", 100);
    for (int i = 0; i < 40; i++) {
      peer.send(producer, "x".repeat(100_000));
      peer.accept(consumer, i);
    }
    assertThat(broker.log.end()).isGreaterThan(3L << BrokerState.EXTENT_SHIFT);
    assertThat(StateBytes.extents(broker.state)).containsExactly(0);
    // A node that begins with a snapshot holds it too.
    for (List<ByteBuffer> blocks :
        List.of(
            StateBytes.blocks(broker.state.freeze()), StateBytes.inParts(broker.state.freeze()))) {
      BrokerState restored = BrokerState.restore(blocks.iterator());
      assertThat(StateBytes.extents(restored)).containsExactly(0);
      assertThat(restored.queue("orders").messages().waitingMillisMin())
          .isEqualTo(broker.wall + 5_000);
    }
    broker.pass(5_000);
    assertThat(StateBytes.extents(broker.state)).containsExactly(0);
    assertThat(peer.bodies(consumer)).endsWith("later");
    peer.accept(consumer, 40);
    assertThat(StateBytes.extents(broker.state)).isEmpty();
  }

  @Test
  void aSnapshotThatHasATimeAndNoMessageIsDamaged() {
    peer.sendLater(producer, "later", 500);
    List<ByteBuffer> blocks = StateBytes.inParts(broker.state.freeze());
    // Head and all that is small, the references, the times, the end.
    assertThat(blocks).hasSize(4);
    blocks.add(3, blocks.get(2).duplicate());
    assertThatThrownBy(() -> BrokerState.restore(blocks.iterator()))
        .isInstanceOf(IllegalStateException.class);
  }

  /// Many at once: each turn does a part of it, and others are served between.
  @Test
  void aHundredThousandThatFallDueTogetherAreAdmittedInPieces() {
    int all = 100_000;
    long due = broker.wall + 1_000;
    broker.holdCommits = true;
    for (int i = 0; i < all; i++) {
      broker.sessions.accept(
          new Command.Send(
              peer.connection,
              producer,
              i,
              null,
              TestPeer.message("m").deliveredFrom(due),
              0,
              true),
          broker.now());
      if (i % 500 == 0) {
        broker.log.commit();
        broker.sessions.committed(broker.log.committed(), broker.now());
      }
    }
    broker.holdCommits = false;
    broker.settle();
    assertThat(broker.stat("orders").scheduledCount()).isEqualTo(all);
    broker.nanos += 1_000_000_000;
    broker.wall += 1_000;
    int turns = 0;
    for (int left = all; left > 0; turns++) {
      assertThat(broker.sessions.nextDeadlineNanos()).isLessThanOrEqualTo(broker.nanos);
      broker.pass(0);
      int now = broker.stat("orders").scheduledCount();
      assertThat(left - now).isBetween(1, 1_000);
      left = now;
    }
    assertThat(turns).isEqualTo(100);
    stateIsTheFold();
  }
}
