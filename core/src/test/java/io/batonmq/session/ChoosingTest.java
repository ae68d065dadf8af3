package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Consumers and browsers with a selector.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChoosingTest {
  /// More than is looked at in some turns.
  private static final int DEEP = 40_000;

  /// What one turn may look at, see `Looks`.
  private static final int TURN = 2_000;

  /// A command of these tests is a turn, and the commit that follows it another.
  private static final int COMMAND = 2 * TURN;

  private final TestBroker broker = new TestBroker();
  private final TestPeer peer = broker.connect();

  private static Source queue(String selector, boolean browse) {
    return new Source("q", new Source.Kind.Queue(), browse, selector, false);
  }

  private int chooser(String selector, long credit) {
    return chooser(peer, selector, credit);
  }

  private static int chooser(TestPeer by, String selector, long credit) {
    int link = by.consumer(queue(selector, false));
    by.credit(link, credit);
    return link;
  }

  private void fill(TestPeer by, int count) {
    int producer = by.producer("q");
    for (int i = 0; i < count; i++) {
      by.send(producer, "colour=green;n=" + i);
    }
  }

  @Test
  void takesWhatMatchesInOrderAndLeavesTheRest() {
    int producer = peer.producer("q");
    for (int i = 0; i < 6; i++) {
      peer.send(producer, "colour=" + (i % 2 == 0 ? "red" : "blue") + ";n=" + i);
    }
    int red = chooser("colour = 'red'", 10);
    int anything = peer.consumer("q", 10);
    assertThat(peer.bodies(red))
        .containsExactly("colour=red;n=0", "colour=red;n=2", "colour=red;n=4");
    assertThat(peer.bodies(anything))
        .containsExactly("colour=blue;n=1", "colour=blue;n=3", "colour=blue;n=5");
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void whatWaitedForItsTimeIsSeenByThoseWhoLookedFurtherMeanwhile() {
    int producer = peer.producer("q");
    peer.send(producer, TestPeer.message("colour=red;n=0").deliveredFrom(broker.wall + 500), 0);
    peer.send(producer, "colour=red;n=1");
    int red = chooser("colour = 'red'", 10);
    assertThat(peer.bodies(red)).containsExactly("colour=red;n=1");
    broker.pass(500);
    assertThat(peer.bodies(red)).containsExactly("colour=red;n=1", "colour=red;n=0");
  }

  @Test
  void aBrowserThatSettlesTakesNothing() {
    fill(peer, 3);
    int link = peer.browser("q", 10);
    peer.settle(link, 0, 2, Disposition.ACCEPTED, 0);
    assertThat(peer.bodies(link)).hasSize(3);
    assertThat(broker.stat("q").deliveringCount()).isZero();
    assertThat(peer.bodies(peer.consumer("q", 10))).hasSize(3);
  }

  @Test
  void higherPrioritiesComeFirstForThemToo() {
    int producer = peer.producer("q");
    for (int priority : new int[] {4, 0, 9, 4}) {
      peer.send(producer, TestPeer.message("n=" + priority, true, priority, 0, null), 0);
    }
    int link = chooser("n >= 4", 10);
    assertThat(peer.bodies(link)).containsExactly("n=9", "n=4", "n=4");
  }

  @Test
  void creditIsNeverExceeded() {
    fill(peer, 5);
    int link = chooser("colour = 'green'", 2);
    assertThat(peer.bodies(link)).hasSize(2);
    peer.credit(link, 3);
    assertThat(peer.bodies(link)).hasSize(3);
  }

  @Test
  void oneTurnLooksAtSoManyMessagesAndNoMore() {
    fill(peer, DEEP);
    chooser("colour = 'red'", 10);
    assertThat(broker.looks).isPositive().isLessThanOrEqualTo(COMMAND);
    assertThat(broker.sessions.nextDeadlineNanos()).isEqualTo(broker.nanos);

    int turns = 0;
    while (broker.looks < DEEP && turns < DEEP) {
      int before = broker.looks;
      broker.sessions.dispatch(broker.now());
      assertThat(broker.looks - before).isLessThanOrEqualTo(TURN);
      turns++;
    }
    assertThat(turns).isGreaterThanOrEqualTo(DEEP / TURN - 2);
    assertThat(broker.looks).isEqualTo(DEEP);
  }

  @Test
  void largeMessagesCountForMore() {
    int producer = peer.producer("q");
    String large = "colour=green;x=" + "y".repeat(100 << 10);
    for (int i = 0; i < 100; i++) {
      peer.send(producer, large);
    }
    chooser("colour = 'red'", 10);
    assertThat(broker.looks).isPositive().isLessThan(50);
    broker.rest();
    assertThat(broker.looks).isEqualTo(100);
  }

  @Test
  void longSelectorsCountForMore() {
    fill(peer, DEEP);
    chooser("colour = 'red'" + " OR colour = 'blue'".repeat(400), 10);
    assertThat(broker.looks).isPositive().isLessThan(COMMAND / 20);
  }

  @Test
  void whileItLooksOthersAreServed() {
    fill(peer, DEEP);
    int producer = peer.producer("other");
    peer.send(producer, "there");
    chooser("colour = 'red'", 10);
    int other = peer.consumer("other", 10);
    int same = peer.consumer("q", 10);
    assertThat(broker.looks).isLessThan(DEEP);
    assertThat(peer.bodies(other)).containsExactly("there");
    assertThat(peer.bodies(same)).hasSize(10);
  }

  @Test
  void whatItPassedItDoesNotLookAtAgain() {
    fill(peer, DEEP);
    int link = chooser("colour = 'red'", 10);
    broker.rest();
    broker.looks = 0;
    int producer = peer.producer("q");
    peer.send(producer, "colour=red");
    peer.send(producer, "colour=green");
    // Before all that was passed.
    peer.send(producer, TestPeer.message("colour=red;n=9", true, 9, 0, null), 0);
    broker.rest();
    assertThat(peer.bodies(link)).containsExactly("colour=red", "colour=red;n=9");
    assertThat(broker.looks).isEqualTo(3);
  }

  @Test
  void whatComesBackIsLookedAtAgain() {
    int producer = peer.producer("q");
    TestPeer first = broker.connect();
    int has = first.consumer("q", 1);
    peer.send(producer, "colour=red;n=1");
    peer.send(producer, "colour=red;n=2");
    int link = chooser("colour = 'red'", 10);
    assertThat(peer.bodies(link)).containsExactly("colour=red;n=2");

    first.settle(has, 0, 0, Disposition.RELEASED, 0);
    assertThat(peer.bodies(link)).containsExactly("colour=red;n=2", "colour=red;n=1");
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void whatAnotherLostComesBackToo() {
    int producer = peer.producer("q");
    TestPeer first = broker.connect();
    chooser(first, "colour = 'red'", 5);
    peer.send(producer, TestPeer.message("colour=red;n=1", false, 4, 0, null), 0);
    peer.send(producer, "colour=red;n=2");
    int link = chooser("colour = 'red' AND JMSXDeliveryCount = 2 AND JMSRedelivered", 10);
    assertThat(peer.bodies(link)).isEmpty();
    first.disconnect(false);
    assertThat(peer.bodies(link)).containsExactly("colour=red;n=1", "colour=red;n=2");
  }

  @Test
  void thoseWhoWantTheSameTakeTurns() {
    int first = chooser("colour = 'green'", 100);
    int second = chooser("colour = 'green'", 100);
    fill(peer, 10);
    assertThat(peer.bodies(first)).hasSize(5);
    assertThat(peer.bodies(second)).hasSize(5);
  }

  @Test
  void thoseWhoChooseAndThoseWhoDoNotTakeTurns() {
    int any = peer.consumer("q", 100);
    int chooses = chooser("colour = 'green'", 100);
    fill(peer, 10);
    assertThat(peer.bodies(any)).hasSize(5);
    assertThat(peer.bodies(chooses)).hasSize(5);
  }

  @Test
  void drainWaitsUntilEverythingWasLookedAt() {
    fill(peer, DEEP);
    int producer = peer.producer("q");
    peer.send(producer, "colour=red");
    int link = peer.consumer(queue("colour = 'red'", false));
    peer.drain(link, 10);
    assertThat(peer.heard(Output.Drained.class)).isEmpty();
    broker.rest();
    assertThat(peer.bodies(link)).containsExactly("colour=red");
    assertThat(peer.heard.getLast()).isEqualTo(new Output.Drained(link));

    peer.send(producer, "colour=red;n=2");
    assertThat(peer.bodies(link)).hasSize(1);
  }

  @Test
  void bodiesThatAreNotInMemoryAreAskedForAFewAtATime() {
    TestBroker small =
        new TestBroker(BrokerSettings.DEFAULTS.withLimits(DeliveryTest.limits(20_000, 10_000)));
    TestPeer other = small.connect();
    fill(other, 500);
    int producer = other.producer("q");
    other.send(producer, "colour=red");
    small.holdLoads = true;
    int link = chooser(other, "colour = 'red'", 10);
    assertThat(small.loads).hasSizeBetween(1, 32);
    small.holdLoads = false;
    small.settle();
    small.rest();
    assertThat(other.bodies(link)).containsExactly("colour=red");
    assertThat(small.sessions.bodyBytes()).isLessThanOrEqualTo(30_000);
  }

  @Test
  void whileItWaitsForABodyOthersGoOn() {
    TestBroker small =
        new TestBroker(BrokerSettings.DEFAULTS.withLimits(DeliveryTest.limits(1, 10_000)));
    TestPeer other = small.connect();
    int producer = other.producer("q");
    int has = other.consumer("q", 1);
    other.send(producer, "colour=green;n=0");
    other.send(producer, "colour=green;n=1");
    other.send(producer, "colour=green;n=2");
    small.holdLoads = true;
    chooser(other, "colour = 'red'", 10);
    assertThat(small.loads).hasSize(1);
    // The newest is in memory still; it is its turn once the others are gone.
    int prompt = other.consumer("q2", 10);
    other.send(other.producer("q2"), "here");
    assertThat(other.bodies(prompt)).containsExactly("here");
    small.holdLoads = false;
    small.settle();
    other.credit(has, 3);
    assertThat(other.bodies(has)).hasSize(3);
  }

  @Test
  void browsersChooseToo() {
    int producer = peer.producer("q");
    for (int i = 0; i < 6; i++) {
      peer.send(producer, "n=" + i);
    }
    int browser = peer.consumer(queue("n > 3", true));
    peer.drain(browser, 10);
    assertThat(peer.bodies(browser)).containsExactly("n=4", "n=5");
    assertThat(peer.heard.getLast()).isEqualTo(new Output.Drained(browser));
    assertThat(broker.stat("q").messageCount()).isEqualTo(6);
  }

  @Test
  void aBrowserOfADeepQueueLooksAtABoundedNumberATurn() {
    fill(peer, DEEP);
    int browser = peer.consumer(queue("n = " + (DEEP - 1), true));
    peer.drain(browser, 10);
    assertThat(broker.looks).isPositive().isLessThanOrEqualTo(COMMAND);
    assertThat(peer.heard(Output.Drained.class)).isEmpty();
    broker.rest();
    assertThat(peer.bodies(browser)).containsExactly("colour=green;n=" + (DEEP - 1));
    assertThat(peer.heard.getLast()).isEqualTo(new Output.Drained(browser));
  }

  @Test
  void whatIsDueExpiresInsteadOfBeingLookedAt() {
    int producer = peer.producer("q");
    peer.send(producer, TestPeer.message("colour=red", true, 4, broker.wall + 1_000, null), 0);
    broker.nanos += 2_000_000_000L;
    broker.wall += 2_000;
    int link = chooser("colour = 'red'", 10);
    assertThat(peer.bodies(link)).isEmpty();
    assertThat(broker.stat("q").messageCount()).isZero();
  }

  @Test
  void headersAreFieldsWhateverTheFormatIs() {
    int producer = peer.producer("q");
    peer.send(producer, TestPeer.message("n=1", false, 7, broker.wall + 60_000, null), 0);
    peer.send(producer, TestPeer.message("n=2", true, 4, 0, null), 0);
    assertThat(chosen("JMSPriority = 7")).containsExactly("n=1");
    assertThat(chosen("JMSDeliveryMode = 'PERSISTENT'")).containsExactly("n=2");
    assertThat(chosen("JMSDeliveryMode = 'NON_PERSISTENT' AND AMQDurable = 'NON_DURABLE'"))
        .containsExactly("n=1");
    assertThat(chosen("AMQExpiration > 0 AND JMSExpiration = " + (broker.wall + 60_000)))
        .containsExactly("n=1");
    assertThat(chosen("AMQSize = 3 AND AMQAddress = 'q' AND JMSXGroupID IS NULL"))
        .containsExactly("n=1", "n=2");
  }

  private List<String> chosen(String selector) {
    int browser = peer.consumer(queue(selector, true));
    peer.drain(browser, 10);
    return peer.bodies(browser);
  }

  @Test
  void aWrongSelectorIsRefusedWithPositionAndReasonAndNothingIsMade() {
    peer.consumer(queue("colour = ", false));
    var refusal = peer.last(Output.LinkRefused.class).refusal();
    assertThat(refusal.reason()).isEqualTo(Reason.INVALID);
    assertThat(refusal.text()).contains("character 10");
    assertThat(broker.sessions.queueStats()).isEmpty();

    peer.consumer(queue("(".repeat(1_000) + "a = 1", false));
    assertThat(peer.last(Output.LinkRefused.class).refusal().text()).contains("64 levels");
    String long9000 =
        String.join(" OR ", IntStream.range(0, 1_200).mapToObj(i -> "a=" + i).toList());
    peer.consumer(queue(long9000, false));
    assertThat(peer.last(Output.LinkRefused.class).refusal().text()).contains("8192 characters");
  }

  @Test
  void aBlankSelectorIsNone() {
    fill(peer, 1);
    int link = chooser(" ", 10);
    assertThat(peer.bodies(link)).hasSize(1);
    assertThat(broker.looks).isZero();
  }

  @Test
  void noLocalMeansNothingForAQueue() {
    int producer = peer.producer("q");
    peer.send(producer, "own");
    int link = peer.consumer(new Source("q", new Source.Kind.Queue(), false, null, true));
    peer.credit(link, 10);
    assertThat(peer.bodies(link)).containsExactly("own");
  }

  @Test
  void anotherNodeChoosesOn() {
    fill(peer, 3);
    int producer = peer.producer("q", RoutingType.ANYCAST, null);
    peer.send(producer, "colour=red");
    chooser("colour = 'red'", 10);
    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    int link = chooser(again, "colour = 'red'", 10);
    assertThat(again.bodies(link)).containsExactly("colour=red");
    assertThat(again.delivered(link).getFirst().deliveryCount()).isEqualTo(1);
  }

  @Test
  void aConsumerThatIsGoneLeavesNothingBehind() {
    fill(peer, DEEP);
    int link = chooser("colour = 'red'", 10);
    peer.close(link);
    broker.looks = 0;
    broker.rest();
    assertThat(broker.looks).isZero();
    assertThat(broker.stat("q").consumerCount()).isZero();
  }
}
