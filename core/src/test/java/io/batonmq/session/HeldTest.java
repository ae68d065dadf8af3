package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.queue.Disposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// After a take-over messages are held for the consumers that had them, for a short while.
class HeldTest {
  private static final long HELD_MILLIS = 2_000;
  private static final long ONE = 101;
  private static final long TWO = 102;

  private final TestBroker broker = new TestBroker();
  private final TestPeer peer = broker.connect();
  private final int producer = peer.producer("orders");

  /// `m0` and `m2` are with the first, `m1` and `m3` with the second, `m4` with nobody.
  private TestBroker takenOver() {
    int one = peer.known("orders", ONE, 2);
    int two = peer.known("orders", TWO, 2);
    for (int i = 0; i < 5; i++) {
      peer.send(producer, "m" + i);
    }
    assertThat(peer.bodies(one)).containsExactly("m0", "m2");
    assertThat(peer.bodies(two)).containsExactly("m1", "m3");
    return broker.takeOver();
  }

  @Test
  void whoIsBackGetsWhatItHadAndTheFasterOneWhatNobodyHad() {
    TestBroker next = takenOver();
    TestPeer again = next.connect();
    int two = again.known("orders", TWO, 10);
    assertThat(again.bodies(two)).containsExactly("m1", "m3", "m4");
    int one = again.known("orders", ONE, 10);
    assertThat(again.bodies(one)).containsExactly("m0", "m2");
    assertThat(again.delivered(one)).allMatch(delivery -> !delivery.firstAcquirer());
    assertThat(next.bytes()).isEqualTo(next.foldedBytes());
  }

  @Test
  void whatNobodyComesForIsForEverybodyWhenItsTimeIsOver() {
    TestBroker next = takenOver();
    TestPeer again = next.connect();
    int other = again.consumer("orders", 10);
    assertThat(again.bodies(other)).containsExactly("m4");
    next.pass(HELD_MILLIS - 1);
    assertThat(again.bodies(other)).containsExactly("m4");
    next.pass(1);
    assertThat(again.bodies(other)).containsExactly("m4", "m0", "m1", "m2", "m3");
  }

  @Test
  void itIsHeldAgainAfterASecondTakeOver() {
    TestBroker next = takenOver();
    TestPeer again = next.connect();
    int two = again.known("orders", TWO, 10);
    assertThat(again.bodies(two)).containsExactly("m1", "m3", "m4");

    TestBroker third = next.takeOver();
    TestPeer back = third.connect();
    int other = back.consumer("orders", 10);
    assertThat(back.bodies(other)).isEmpty();
    int one = back.known("orders", ONE, 10);
    assertThat(back.bodies(one)).containsExactly("m0", "m2");
    two = back.known("orders", TWO, 10);
    assertThat(back.bodies(two)).containsExactly("m1", "m3", "m4");
    third.pass(HELD_MILLIS);
    assertThat(back.bodies(other)).isEmpty();
  }

  @Test
  void whatWasGivenBackOrSettledIsHeldForNobody() {
    rival();
    int one = peer.known("orders", ONE, 3);
    for (int i = 0; i < 3; i++) {
      peer.send(producer, "m" + i);
    }
    peer.settle(one, 0, 0, Disposition.RELEASED, 0);
    peer.accept(one, 1);

    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    int other = again.consumer("orders", 10);
    assertThat(again.bodies(other)).containsExactly("m0");
    next.pass(HELD_MILLIS);
    assertThat(again.bodies(other)).containsExactly("m0", "rival's", "m2");
  }

  /// It takes one message and has it.
  private void rival() {
    int rival = peer.known("orders", 7, 1);
    peer.send(producer, "rival's");
    assertThat(peer.bodies(rival)).containsExactly("rival's");
  }

  /// It may come back under another name, and is to get everything in its order.
  @Test
  void whoHasAQueueForItselfIsNotWaitedFor() {
    int one = peer.known("orders", ONE, 3);
    for (int i = 0; i < 5; i++) {
      peer.send(producer, "m" + i);
    }
    assertThat(peer.bodies(one)).hasSize(3);

    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    int other = again.known("orders", TWO, 2);
    assertThat(again.bodies(other)).containsExactly("m0", "m1");
    // What the first had, and was never given to the second, is not with two of them now.
    TestPeer third = next.takeOver().connect();
    assertThat(third.bodies(third.known("orders", 9, 10)))
        .containsExactly("m0", "m1", "m2", "m3", "m4");
  }

  /// What was held at an earlier take-over, and nobody came for, is like any other.
  @Test
  void whatWasHeldLongAgoIsNotHeldAgain() {
    TestBroker next = takenOver();
    next.pass(HELD_MILLIS);
    next.pass(1);
    TestPeer again = next.connect();
    assertThat(again.bodies(again.known("orders", TWO, 1))).containsExactly("m0");
    // By what is in the log the next one knows that time has passed.
    again.send(again.producer("orders"), "m5");
    TestPeer third = next.takeOver().connect();
    assertThat(third.bodies(third.known("orders", 9, 10)))
        .containsExactly("m0", "m1", "m2", "m3", "m4", "m5");
  }

  /// Whatever is taken is forgotten, or there would be no room for what is out.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsTakenTakesNoRoom(boolean transacted) {
    rival();
    int many = 5_000;
    int one = peer.known("orders", ONE, 2 * many);
    for (int i = 0; i < many; i++) {
      peer.send(producer, "m" + i);
      long transaction = transacted ? peer.begin() : 0;
      peer.settle(one, i, i, Disposition.ACCEPTED, transaction);
      if (transacted) {
        peer.end(transaction, true);
      }
    }
    peer.send(producer, "last");

    TestPeer again = broker.takeOver().connect();
    assertThat(again.bodies(again.consumer("orders", 10))).isEmpty();
    assertThat(again.bodies(again.known("orders", ONE, 10))).containsExactly("last");
  }

  @Test
  void whatHadAnotherTakerLastIsHeldForThatOne() {
    rival();
    int one = peer.known("orders", ONE, 1);
    peer.send(producer, "m0");
    peer.settle(one, 0, 0, Disposition.FAILED, 0);
    int two = peer.known("orders", TWO, 1);
    assertThat(peer.bodies(two)).containsExactly("m0");

    TestPeer again = broker.takeOver().connect();
    int back = again.known("orders", ONE, 10);
    assertThat(again.bodies(back)).isEmpty();
    assertThat(again.bodies(again.known("orders", TWO, 10))).containsExactly("m0");
  }

  @Test
  void whoChoosesByAConditionLooksAgainWhenTheTimeIsOver() {
    TestBroker next = takenOver();
    TestPeer again = next.connect();
    var source = new Source("orders", new Source.Kind.Queue(), false, "nothing IS NULL", false);
    int chooser = again.known(source, 7, 10);
    next.rest();
    assertThat(again.bodies(chooser)).containsExactly("m4");
    next.pass(HELD_MILLIS);
    next.rest();
    assertThat(again.bodies(chooser)).containsExactly("m4", "m0", "m1", "m2", "m3");
  }

  @Test
  void groupsKeepTheirOrderAndNothingIsHeldThen() {
    rival();
    int one = peer.known("orders", ONE, 2);
    peer.send(producer, GroupTest.message("a1", "a", 1), 0);
    peer.send(producer, GroupTest.message("a2", "a", 2), 0);
    peer.send(producer, GroupTest.message("a3", "a", 3), 0);
    assertThat(peer.bodies(one)).containsExactly("a1", "a2");

    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    int other = again.known("orders", TWO, 10);
    next.rest();
    assertThat(again.bodies(other)).containsExactly("rival's", "a1", "a2", "a3");
  }
}
