package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.BrokerState;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.broker.StateBytes;
import io.batonmq.log.ListLog;
import io.batonmq.message.AddressPattern;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Queues that take in what fits: subscriptions with a selector or no-local, and configured ones.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FilterTest {
  private final TestBroker broker = new TestBroker();
  private final TestPeer peer = broker.connect("me");

  private static Source durable(@Nullable String selector, boolean noLocal) {
    return new Source(
        "news", new Source.Kind.Subscription("s", "me", false, true), false, selector, noLocal);
  }

  private static Source shared(@Nullable String selector, boolean durable) {
    return new Source(
        "news", new Source.Kind.Subscription("s", "", true, durable), false, selector, false);
  }

  private static Source fleeting(@Nullable String selector, boolean noLocal) {
    return new Source("news", new Source.Kind.Volatile(), false, selector, noLocal);
  }

  private static int subscribe(TestPeer by, Source source) {
    int link = by.consumer(source);
    by.credit(link, 100);
    return link;
  }

  private static void publish(TestPeer by, String... bodies) {
    int producer = by.producer("news", RoutingType.MULTICAST, null);
    for (String body : bodies) {
      assertThat(by.accepted(by.send(producer, body))).isTrue();
    }
    by.close(producer);
  }

  @Test
  void whatDoesNotFitNeverEntersASubscription() {
    peer.close(subscribe(peer, durable("n > 1", false)));
    publish(peer, "n=1", "n=2", "n=3");
    assertThat(broker.stat("me.s").messageCount()).isEqualTo(2);
    assertThat(broker.stat("me.s").messagesAdded()).isEqualTo(2);
    int link = subscribe(peer, durable("n > 1", false));
    assertThat(peer.bodies(link)).containsExactly("n=2", "n=3");
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void eachSubscriptionHasItsOwn() {
    int all = subscribe(peer, fleeting(null, false));
    int one = subscribe(peer, fleeting("n = 1", false));
    int two = subscribe(peer, shared("n = 2", false));
    publish(peer, "n=1", "n=2");
    assertThat(peer.bodies(all)).containsExactly("n=1", "n=2");
    assertThat(peer.bodies(one)).containsExactly("n=1");
    assertThat(peer.bodies(two)).containsExactly("n=2");
  }

  @Test
  void theFilterSurvivesTheNode() {
    peer.close(subscribe(peer, durable("n > 1", true)));
    TestBroker next = broker.takeOver();
    TestPeer back = next.connect("me");
    publish(back, "n=7");
    TestPeer other = next.connect("other");
    publish(other, "n=1", "n=2");
    assertThat(next.stat("me.s").messageCount()).isEqualTo(1);
    int link = subscribe(back, durable("n > 1", true));
    assertThat(back.bodies(link)).containsExactly("n=2");
  }

  @Test
  void theFilterIsInTheSnapshot() {
    peer.close(subscribe(peer, durable("n > 1", true)));
    var restored = BrokerState.restore(StateBytes.blocks(broker.state.freeze()).iterator());
    assertThat(StateBytes.of(restored)).isEqualTo(broker.bytes());
    var queue = restored.queue("me.s");
    assertThat(queue).isNotNull();
    assertThat(queue.filter().selector()).isEqualTo("n > 1");
    assertThat(queue.filter().notFrom()).isEqualTo("me");
  }

  @Test
  void anotherSelectorIsAnotherSubscription() {
    peer.close(subscribe(peer, durable("n > 1", false)));
    publish(peer, "n=2");
    int link = subscribe(peer, durable("n > 0", false));
    assertThat(peer.bodies(link)).isEmpty();
    publish(peer, "n=1");
    assertThat(peer.bodies(link)).containsExactly("n=1");
    peer.close(link);
    publish(peer, "n=3");
    link = subscribe(peer, durable(null, false));
    assertThat(peer.bodies(link)).isEmpty();
    peer.close(link);
    publish(peer, "n=0");
    assertThat(peer.bodies(subscribe(peer, durable(" ", false)))).containsExactly("n=0");
    assertThat(broker.sessions.queueStats()).hasSize(1);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void noLocalMakesAnotherSubscriptionToo() {
    peer.close(subscribe(peer, durable(null, false)));
    publish(peer, "old");
    int link = subscribe(peer, durable(null, true));
    publish(peer, "own");
    publish(broker.connect("other"), "foreign");
    assertThat(peer.bodies(link)).containsExactly("foreign");
  }

  @Test
  void whileItIsInUseItKeepsItsSelector() {
    subscribe(peer, durable("n = 1", false));
    subscribe(peer, durable("n = 2", false));
    var refusal = peer.last(Output.LinkRefused.class).refusal();
    assertThat(refusal.reason()).isEqualTo(Reason.IN_USE);
    assertThat(refusal.text()).contains("another selector");
    publish(peer, "n=1");
    assertThat(broker.stat("me.s").messageCount()).isEqualTo(1);
  }

  @Test
  void aSharedOneIsSharedByThoseWithTheSameSelector() {
    for (boolean durable : new boolean[] {true, false}) {
      TestBroker own = new TestBroker();
      TestPeer by = own.connect();
      int first = subscribe(by, shared("n > 0", durable));
      int second = subscribe(by, shared("n > 0", durable));
      by.consumer(shared("n > 1", durable));
      assertThat(by.last(Output.LinkRefused.class).refusal().reason()).isEqualTo(Reason.IN_USE);
      by.consumer(shared(null, durable));
      assertThat(by.heard(Output.LinkRefused.class)).hasSize(2);
      publish(by, "n=0", "n=1", "n=2");
      assertThat(by.bodies(first)).containsExactly("n=1");
      assertThat(by.bodies(second)).containsExactly("n=2");
    }
  }

  @Test
  void noLocalLeavesOutWhatTheSameClientSends() {
    int link = subscribe(peer, fleeting(null, true));
    publish(peer, "own");
    publish(broker.connect("other"), "foreign");
    assertThat(peer.bodies(link)).containsExactly("foreign");
  }

  @Test
  void noLocalIsRefusedWhereItMeansNothing() {
    peer.consumer(
        new Source("news", new Source.Kind.Subscription("s", "", true, true), false, null, true));
    assertThat(peer.last(Output.LinkRefused.class).refusal().reason())
        .isEqualTo(Reason.NOT_ALLOWED);
    TestPeer nobody = broker.connect("");
    nobody.consumer(fleeting(null, true));
    assertThat(nobody.last(Output.LinkRefused.class).refusal().reason()).isEqualTo(Reason.INVALID);
  }

  @Test
  void aTransactionIsRoutedByTheSameFilter() {
    int link = subscribe(peer, durable("n = 1", false));
    int producer = peer.producer("news", RoutingType.MULTICAST, null);
    long transaction = peer.begin();
    peer.send(producer, TestPeer.message("n=0"), transaction);
    peer.send(producer, TestPeer.message("n=1"), transaction);
    peer.end(transaction, true);
    assertThat(peer.bodies(link)).containsExactly("n=1");
  }

  private static BrokerSettings predefined(BrokerSettings.Predefined.Queue... queues) {
    BrokerSettings defaults = BrokerSettings.DEFAULTS;
    return new BrokerSettings(
        DeliveryTest.limits(1, 10_000),
        List.of(
            new AddressSettings.Rule(
                new AddressPattern("#"),
                new AddressSettings.Overrides(
                    "dead", "late", 3, null, null, null, null, null, null, null))),
        List.of(
            new BrokerSettings.Predefined("a", List.of(queues)),
            new BrokerSettings.Predefined(
                "dead",
                List.of(
                    new BrokerSettings.Predefined.Queue("dead.red", RoutingType.MULTICAST, "n = 1"),
                    new BrokerSettings.Predefined.Queue("dead.all", RoutingType.MULTICAST))),
            new BrokerSettings.Predefined(
                "late",
                List.of(
                    new BrokerSettings.Predefined.Queue(
                        "late.one", RoutingType.ANYCAST, "n = 1")))),
        defaults.producerRetentionNanos(),
        defaults.expiryScanNanos(),
        defaults.snapshotLogBytes());
  }

  private static BrokerSettings.Predefined.Queue anycast(String name, @Nullable String filter) {
    return new BrokerSettings.Predefined.Queue(name, RoutingType.ANYCAST, filter);
  }

  @Test
  void configuredQueuesTakeInWhatFits() {
    TestBroker own = new TestBroker(predefined(anycast("a.1", "n = 1"), anycast("a.2", "n > 0")));
    TestPeer by = own.connect();
    int producer = by.producer("a");
    for (int i = 0; i < 4; i++) {
      assertThat(by.accepted(by.send(producer, "n=1"))).isTrue();
    }
    by.send(producer, "n=2");
    by.send(producer, "n=0");
    // In turn where both would, else the one that does, else none.
    assertThat(own.stat("a.1").messageCount()).isEqualTo(2);
    assertThat(own.stat("a.2").messageCount()).isEqualTo(3);
    int direct = by.producer("a::a.1");
    assertThat(by.accepted(by.send(direct, "n=2"))).isTrue();
    assertThat(own.stat("a.1").messageCount()).isEqualTo(2);
  }

  @Test
  void aChangedConfigurationHoldsFromTheNextStartOn() {
    TestBroker before = new TestBroker(predefined(anycast("a.1", "n = 1")));
    TestPeer by = before.connect();
    by.send(by.producer("a"), "n=1");
    TestBroker after =
        new TestBroker(
            new ListLog(before.log), predefined(anycast("a.1", null)), AccessRules.OPEN, 2);
    TestPeer again = after.connect();
    again.send(again.producer("a"), "n=2");
    assertThat(after.stat("a.1").messageCount()).isEqualTo(2);
    assertThat(after.bytes()).isEqualTo(after.foldedBytes());
  }

  @Test
  void deadLettersAreRoutedByFiltersEvenIfTheirBodiesHaveToBeReadFirst() {
    TestBroker own = new TestBroker(predefined(anycast("a.1", null)));
    TestPeer by = own.connect();
    int consumer = by.consumer("a::a.1", 10);
    int producer = by.producer("a");
    by.send(producer, "n=1");
    by.send(producer, "n=2");
    by.send(producer, "n=3");
    own.holdLoads = true;
    by.settle(consumer, 0, 1, Disposition.REJECTED, 0);
    assertThat(own.loads).hasSize(2);
    assertThat(own.stat("a.1").deliveringCount()).isEqualTo(3);
    assertThat(own.stat("dead.all").messageCount()).isZero();
    own.holdLoads = false;
    own.settle();
    assertThat(own.stat("a.1").messageCount()).isEqualTo(1);
    assertThat(own.stat("dead.all").messageCount()).isEqualTo(2);
    assertThat(own.stat("dead.red").messageCount()).isEqualTo(1);
    assertThat(own.bytes()).isEqualTo(own.foldedBytes());
  }

  @Test
  void ofManyDeadLettersAFewBodiesAreReadAtATime() {
    TestBroker own = new TestBroker(predefined(anycast("a.1", null)));
    TestPeer by = own.connect();
    int consumer = by.consumer("a::a.1", 200);
    int producer = by.producer("a");
    for (int i = 0; i < 200; i++) {
      by.send(producer, "n=" + i);
    }
    own.holdLoads = true;
    by.settle(consumer, 0, 149, Disposition.REJECTED, 0);
    assertThat(own.loads).hasSize(32);
    own.holdLoads = false;
    own.settle();
    assertThat(own.stat("dead.all").messageCount()).isEqualTo(150);
    assertThat(own.stat("a.1").messageCount()).isEqualTo(50);
    assertThat(own.bytes()).isEqualTo(own.foldedBytes());
  }

  @Test
  void whatExpiredWhileItWaitedHoldsUpNobodyElseUntilItsBodyWasRead() {
    TestBroker own = new TestBroker(predefined(anycast("a.1", null), anycast("a.2", null)));
    TestPeer by = own.connect();
    int first = by.producer("a::a.1");
    int second = by.producer("a::a.2");
    by.send(
        first,
        TestPeer.message("n=1", true, 4, own.wall + 256, null).deliveredFrom(own.wall + 5_000),
        0);
    for (int i = 0; i < 3; i++) {
      // So that the first body is in memory no more.
      by.send(second, TestPeer.message("n=2").deliveredFrom(own.wall + 600), 0);
    }
    int consumer = by.consumer("a::a.2", 10);
    own.holdLoads = true;
    own.pass(700);
    assertThat(own.stat("late.one").messageCount()).isZero();
    assertThat(own.sessions.nextDeadlineNanos()).as("it does not spin").isGreaterThan(own.nanos);
    assertThat(own.stat("a.2").scheduledCount()).isZero();
    own.holdLoads = false;
    own.settle();
    assertThat(by.bodies(consumer)).hasSize(3);
    assertThat(own.stat("a.1").messageCount()).isZero();
    assertThat(own.stat("late.one").messageCount()).isEqualTo(1);
    assertThat(own.bytes()).isEqualTo(own.foldedBytes());
  }

  @Test
  void whatExpiresIsRoutedByFiltersToo() {
    TestBroker own = new TestBroker(predefined(anycast("a.1", null)));
    TestPeer by = own.connect();
    int producer = by.producer("a");
    for (String body : List.of("n=1", "n=2", "n=1", "n=3")) {
      by.send(producer, TestPeer.message(body, true, 4, own.wall + 1_000, null), 0);
    }
    own.pass(5_000);
    own.pass(5_000);
    assertThat(own.stat("a.1").messageCount()).isZero();
    assertThat(own.stat("late.one").messageCount()).isEqualTo(2);
    assertThat(own.bytes()).isEqualTo(own.foldedBytes());
  }

  @Test
  void manyThatAreDueAndHaveToBeReadFirstDoNotHoldTheBrokerUp() {
    TestBroker own = new TestBroker(predefined(anycast("a.1", null)));
    TestPeer by = own.connect();
    int producer = by.producer("a");
    for (int i = 0; i < 1_000; i++) {
      by.send(producer, TestPeer.message("n=" + i % 2, true, 4, own.wall + 1_000, null), 0);
    }
    by.send(producer, "n=9");
    own.nanos += 5_000_000_000L;
    own.wall += 5_000;
    own.holdLoads = true;
    int consumer = by.consumer("a::a.1", 10);
    assertThat(own.loads).isNotEmpty();
    own.holdLoads = false;
    own.settle();
    own.rest();
    assertThat(by.bodies(consumer)).containsExactly("n=9");
    assertThat(own.stat("late.one").messageCount()).isEqualTo(500);
    assertThat(own.bytes()).isEqualTo(own.foldedBytes());
  }

  @Test
  void aQueueThatAnOperatorMakesHasAFilterOrIsRefused() {
    var said = new java.util.ArrayList<Output>();
    broker.sessions.manage(
        new Management.CreateQueue("q", "q", RoutingType.ANYCAST, 0, true, "n = "), said::add);
    broker.sessions.manage(
        new Management.CreateQueue("q", "q", RoutingType.ANYCAST, 0, true, "n = 1"), said::add);
    broker.settle();
    var refusal = ((Output.Managed) said.getFirst()).refusal();
    assertThat(refusal).isNotNull();
    assertThat(refusal.reason()).isEqualTo(Reason.INVALID);
    assertThat(((Output.Managed) said.get(1)).refusal()).isNull();
    int producer = peer.producer("q");
    peer.send(producer, "n=1");
    peer.send(producer, "n=2");
    assertThat(broker.stat("q").messageCount()).isEqualTo(1);
  }

  @Test
  void aMessageIsLookedIntoOnceForAllThatFilterIt() {
    for (int i = 0; i < 50; i++) {
      subscribe(peer, fleeting("n = 1 AND p" + i + " IS NULL AND JMSPriority = 4", false));
    }
    int all = subscribe(peer, fleeting("n = 1 AND late = 2", false));
    broker.looks = 0;
    publish(peer, "n=1");
    assertThat(broker.looks).isEqualTo(1);
    // Who came or went since is asked about what only it wants to know.
    int late = subscribe(peer, fleeting("later = 3", false));
    peer.close(all);
    broker.looks = 0;
    publish(peer, "n=1;later=3");
    assertThat(broker.looks).isEqualTo(1);
    assertThat(peer.bodies(late)).containsExactly("n=1;later=3");
  }

  @Test
  void manyFiltersAreEnoughForATurnUntilItDispatches() {
    String longest = "n = 0" + " OR n = 0".repeat(800);
    for (int i = 0; i < 100; i++) {
      subscribe(peer, fleeting(longest, false));
    }
    int producer = peer.producer("news", RoutingType.MULTICAST, null);
    int sends = 0;
    while (!broker.sessions.spent()) {
      var send =
          new Command.Send(
              peer.connection, producer, 1_000 + sends, null, TestPeer.message("n=1"), 0, false);
      broker.sessions.accept(send, broker.now());
      sends++;
      assertThat(sends).isLessThan(256);
    }
    // 100 filters of 7,200 characters, each of which counts for 29.
    assertThat(sends).isEqualTo(4);
    broker.sessions.dispatch(broker.now());
    assertThat(broker.sessions.spent()).isFalse();
  }
}
