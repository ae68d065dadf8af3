package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.ConsumerRank;
import io.batonmq.queue.Disposition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Consumers that want everything for themselves, and consumers that come before others.
class ConsumerRankTest {
  private final TestBroker broker = new TestBroker();
  private final TestPeer peer = broker.connect();

  private int consumer(boolean exclusive, int priority, @Nullable String selector, long credit) {
    int link =
        peer.consumer(
            new Source(
                "q",
                new Source.Kind.Queue(),
                false,
                selector,
                false,
                new ConsumerRank(exclusive, priority)));
    if (credit > 0) {
      peer.credit(link, credit);
    }
    return link;
  }

  private int exclusive(int priority) {
    return consumer(true, priority, null, 100);
  }

  private int usual(int priority, long credit) {
    return consumer(false, priority, null, credit);
  }

  private void send(String... bodies) {
    int producer = peer.producer("q");
    for (String body : bodies) {
      peer.send(producer, body);
    }
    peer.close(producer);
  }

  private void take(int link) {
    peer.settle(link, 0, 1_000, Disposition.ACCEPTED, 0);
  }

  @Test
  void oneThatWantsAllHasItFromNowOnAndTheOthersAgainWhenItIsGone() {
    int usual = usual(0, 100);
    send("m0");
    int exclusive = exclusive(0);
    send("m1", "m2");
    int later = usual(0, 100);
    send("m3");
    assertThat(peer.bodies(usual)).containsExactly("m0");
    assertThat(peer.bodies(exclusive)).containsExactly("m1", "m2", "m3");
    take(exclusive);
    peer.close(exclusive);
    send("m4", "m5");
    assertThat(peer.bodies(usual).size() + peer.bodies(later).size()).isEqualTo(3);
    assertThat(peer.bodies(later)).hasSize(1);
  }

  @Test
  void ofSeveralTheFirstHasItThenTheNextAndWhatItLeavesComesFirst() {
    int one = exclusive(0);
    int usual = usual(9, 100);
    int two = exclusive(0);
    send("m0", "m1");
    assertThat(peer.bodies(one)).containsExactly("m0", "m1");
    peer.close(one);
    send("m2");
    assertThat(peer.bodies(two)).containsExactly("m0", "m1", "m2");
    assertThat(peer.bodies(usual)).isEmpty();
    take(two);
    peer.close(two);
    send("m3");
    assertThat(peer.bodies(usual)).containsExactly("m3");
  }

  @Test
  void ofSeveralTheOneOfTheHighestPriorityHasItAsSoonAsItComes() {
    int low = exclusive(1);
    int middle = exclusive(2);
    send("m0");
    int high = exclusive(3);
    int last = exclusive(3);
    send("m1");
    assertThat(peer.bodies(low)).isEmpty();
    assertThat(peer.bodies(middle)).containsExactly("m0");
    assertThat(peer.bodies(high)).containsExactly("m1");
    take(high);
    peer.close(high);
    send("m2");
    assertThat(peer.bodies(last)).containsExactly("m2");
    peer.close(last);
    assertThat(peer.bodies(middle)).containsExactly("m0", "m2");
  }

  @Test
  void whoWaitsAndDrainsIsToldThatThereIsNothing() {
    exclusive(0);
    int usual = usual(0, 0);
    send("m0");
    peer.drain(usual, 5);
    assertThat(peer.last(Output.Drained.class).link()).isEqualTo(usual);
    assertThat(peer.bodies(usual)).isEmpty();
  }

  @Test
  void selectorsOfThoseWhoWaitCountAgainWhenTheyAreAlone() {
    int red = consumer(false, 0, "colour = 'red'", 100);
    int exclusive = exclusive(0);
    send("colour=red", "colour=blue");
    assertThat(peer.bodies(exclusive)).hasSize(2);
    peer.close(exclusive);
    assertThat(peer.bodies(red)).containsExactly("colour=red");
  }

  @Test
  void groupsGoToTheOneThatHasEverythingOnceNothingOfThemIsOut() {
    int one = usual(0, 100);
    int producer = peer.producer("q");
    peer.send(producer, GroupTest.message("g0", "g", 0), 0);
    int exclusive = exclusive(0);
    peer.send(producer, GroupTest.message("g1", "g", 0), 0);
    peer.send(producer, GroupTest.message("h0", "h", 0), 0);
    assertThat(peer.bodies(exclusive)).containsExactly("h0");
    take(one);
    assertThat(peer.bodies(exclusive)).containsExactly("h0", "g1");
    assertThat(peer.bodies(one)).containsExactly("g0");
  }

  @Test
  void aHigherPriorityIsServedFirstAsLongAsItHasCredit() {
    int low = usual(0, 100);
    int high = usual(10, 2);
    send("m0", "m1", "m2", "m3");
    assertThat(peer.bodies(high)).containsExactly("m0", "m1");
    assertThat(peer.bodies(low)).containsExactly("m2", "m3");
    peer.credit(high, 3);
    send("m4", "m5");
    assertThat(peer.bodies(high)).containsExactly("m0", "m1", "m4");
    assertThat(peer.bodies(low)).containsExactly("m2", "m3", "m5");
    peer.close(high);
    send("m6");
    assertThat(peer.bodies(low)).endsWith("m6");
  }

  @Test
  void thoseOfOnePriorityTakeTurns() {
    int low = usual(0, 100);
    int one = usual(5, 100);
    int two = usual(5, 100);
    send("m0", "m1", "m2", "m3");
    assertThat(peer.bodies(one)).hasSize(2);
    assertThat(peer.bodies(two)).hasSize(2);
    assertThat(peer.bodies(low)).isEmpty();
  }

  @Test
  void prioritiesHoldAmongThoseWhoChooseAndThoseWhoDoNot() {
    int low = consumer(false, 0, "colour = 'red'", 100);
    int middle = usual(5, 100);
    int high = consumer(false, 9, "colour = 'blue'", 1);
    send("colour=red", "colour=blue", "colour=blue", "colour=green");
    assertThat(peer.bodies(high)).containsExactly("colour=blue");
    assertThat(peer.bodies(middle)).containsExactly("colour=red", "colour=blue", "colour=green");
    assertThat(peer.bodies(low)).isEmpty();
    peer.close(middle);
    send("colour=red");
    assertThat(peer.bodies(low)).hasSize(2);
  }

  @Test
  void groupsAreGivenToWhoComesFirst() {
    int low = usual(0, 100);
    int high = usual(5, 1);
    int producer = peer.producer("q");
    for (String group : new String[] {"a", "b"}) {
      peer.send(producer, GroupTest.message(group + "0", group, 0), 0);
    }
    assertThat(peer.bodies(high)).containsExactly("a0");
    assertThat(peer.bodies(low)).containsExactly("b0");
  }
}
