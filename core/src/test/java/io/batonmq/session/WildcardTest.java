package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Divert;
import io.batonmq.broker.FullPolicy;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.broker.StateBytes;
import io.batonmq.message.AddressPattern;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.message.Wildcards;
import io.batonmq.queue.Disposition;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Queues and subscriptions at addresses whose names are patterns.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WildcardTest {
  private final TestBroker broker = new TestBroker();
  private final TestPeer peer = broker.connect("me");

  private static Source fleeting(String address, @Nullable String selector) {
    return new Source(address, new Source.Kind.Volatile(), false, selector, false);
  }

  private static Source durable(String address, String name, boolean shared) {
    return new Source(
        address,
        new Source.Kind.Subscription(name, shared ? "" : "me", shared, true),
        false,
        null,
        false);
  }

  private static int subscribe(TestPeer by, Source source) {
    int link = by.consumer(source);
    by.credit(link, 100);
    return link;
  }

  private static void publish(TestPeer by, String topic, String... bodies) {
    send(by, topic, RoutingType.MULTICAST, bodies);
  }

  private static void send(TestPeer by, String address, RoutingType routing, String... bodies) {
    int producer = by.producer(address, routing, null);
    for (String body : bodies) {
      assertThat(by.accepted(by.send(producer, body))).as(body).isTrue();
    }
    by.close(producer);
  }

  @Test
  void subscribersGetWhatIsSentToTopicsThatMatch() {
    int one = subscribe(peer, fleeting("news.*", null));
    int all = subscribe(peer, fleeting("news.#", null));
    int some = subscribe(peer, fleeting("news.#", "n = 1"));
    // None of these topics is there before.
    publish(peer, "news.uk", "n=1", "n=2");
    publish(peer, "news.uk.sport", "n=1;x=3");
    publish(peer, "news", "n=4");
    publish(peer, "olds.uk", "n=5");
    assertThat(peer.bodies(one)).containsExactly("n=1", "n=2");
    assertThat(peer.bodies(all)).containsExactly("n=1", "n=2", "n=1;x=3", "n=4");
    assertThat(peer.bodies(some)).containsExactly("n=1", "n=1;x=3");
  }

  @Test
  void aTopicThatIsThereIsMatchedByAPatternThatComesLater() {
    int own = subscribe(peer, fleeting("news.uk", null));
    publish(peer, "news.uk", "before");
    int all = subscribe(peer, fleeting("news.*", null));
    publish(peer, "news.uk", "after");
    assertThat(peer.bodies(own)).containsExactly("before", "after");
    assertThat(peer.bodies(all)).containsExactly("after");
    peer.close(all);
    publish(peer, "news.uk", "late");
    assertThat(peer.bodies(all)).containsExactly("after");
  }

  @Test
  void durableSubscriptionsAreKeptByTheNextNode() {
    peer.close(subscribe(peer, durable("news.#", "s", false)));
    subscribe(peer, durable("news.*", "t", true));
    publish(peer, "news.uk", "before");
    TestBroker next = broker.takeOver();
    TestPeer again = next.connect("me");
    publish(again, "news.uk", "known");
    publish(again, "news.fr", "new");
    int alone = subscribe(again, durable("news.#", "s", false));
    int shared = subscribe(again, durable("news.*", "t", true));
    assertThat(again.bodies(alone)).containsExactly("before", "known", "new");
    assertThat(again.bodies(shared)).containsExactly("before", "known", "new");
    assertThat(next.bytes()).isEqualTo(next.foldedBytes());
  }

  @Test
  void aQueueForManyGetsWhatIsSentToQueues() {
    int all = peer.consumer("orders.#", 10);
    send(peer, "orders.eu", RoutingType.ANYCAST, "m");
    publish(peer, "orders.news", "not for queues");
    assertThat(peer.bodies(all)).containsExactly("m");
    // The queue of the address itself has it too.
    int own = peer.consumer("orders.eu", 10);
    assertThat(peer.bodies(own)).containsExactly("m");
    peer.accept(all, 0);
    peer.accept(own, 0);
    assertThat(StateBytes.extents(broker.state)).isEmpty();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void whatIsSentToAPatternGoesToItsOwnQueuesOnly() {
    int some = subscribe(peer, fleeting("news.*", null));
    int all = subscribe(peer, fleeting("#", null));
    publish(peer, "news.*", "m");
    assertThat(peer.bodies(some)).containsExactly("m");
    assertThat(peer.bodies(all)).isEmpty();
  }

  @Test
  void aResendComesOnce() {
    int all = peer.consumer("orders.#", 10);
    int producer = peer.producer("orders.eu", RoutingType.ANYCAST, "p");
    Message message = TestPeer.message("m", true, 4, 0, new Identity.Sequenced("p", 1));
    assertThat(peer.accepted(peer.send(producer, message, 0))).isTrue();
    assertThat(peer.accepted(peer.send(producer, message, 0))).isTrue();
    assertThat(peer.bodies(all)).containsExactly("m");
  }

  @Test
  void aTransactionComesWhole() {
    int all = subscribe(peer, fleeting("#", null));
    int durable = peer.consumer("orders.#", 10);
    int producer = peer.producer("orders.eu");
    long transaction = peer.begin();
    peer.send(producer, TestPeer.message("m"), transaction);
    peer.send(producer, TestPeer.message("n", false, 4, 0, null), transaction);
    assertThat(peer.bodies(durable)).isEmpty();
    peer.end(transaction, true);
    assertThat(peer.bodies(durable)).containsExactlyInAnyOrder("m", "n");
    assertThat(peer.bodies(all)).as("it is for topics").isEmpty();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void noLocalHoldsToo() {
    int link = subscribe(peer, new Source("news.*", new Source.Kind.Volatile(), false, null, true));
    publish(peer, "news.uk", "own");
    publish(broker.connect("other"), "news.uk", "foreign");
    assertThat(peer.bodies(link)).containsExactly("foreign");
  }

  @Test
  void aTemporaryQueueIsItsConnectionsOwn() {
    int all = peer.consumer("#", 10);
    broker.on(new Command.MakeTemporary(peer.connection, 90, RoutingType.ANYCAST));
    String reply = peer.last(Output.TemporaryMade.class).address();
    TestPeer other = broker.connect("other");
    int producer = other.producer(reply);
    assertThat(other.accepted(other.send(producer, "reply"))).isTrue();
    assertThat(peer.bodies(all)).isEmpty();
  }

  @Test
  void whatDiesInAQueueForAllDoesNotComeBackToIt() {
    TestBroker own = new TestBroker(TestSettings.deadEnds());
    TestPeer by = own.connect();
    int all = by.consumer("#", 10);
    send(by, "orders", RoutingType.ANYCAST, "m");
    by.settle(all, 0, 0, Disposition.REJECTED, 0);
    assertThat(by.bodies(all)).containsExactly("m");
    assertThat(own.stat("DLQ").messageCount()).isEqualTo(1);
    assertThat(own.stat("#").messageCount()).isZero();
  }

  private static TestBroker full(FullPolicy policy) {
    BrokerSettings defaults = BrokerSettings.DEFAULTS;
    var one =
        new AddressSettings.Overrides(null, null, null, null, 1L, policy, null, null, null, null);
    return new TestBroker(
        new BrokerSettings(
            defaults.limits(),
            // The address of that name, and those that it matches, of which `a.b` is an exception.
            List.of(
                new AddressSettings.Rule(new AddressPattern("a.*"), one),
                new AddressSettings.Rule(
                    new AddressPattern("a.b"),
                    new AddressSettings.Overrides(
                        null, null, null, null, -1L, null, null, null, null, null))),
            List.of(),
            defaults.producerRetentionNanos(),
            defaults.expiryScanNanos(),
            defaults.snapshotLogBytes()));
  }

  @ParameterizedTest
  @EnumSource(FullPolicy.class)
  void itsOwnLimitHoldsForAQueueForMany(FullPolicy policy) {
    TestBroker own = full(policy);
    TestPeer by = own.connect();
    by.consumer("a.*");
    int producer = by.producer("a.b");
    by.send(producer, "m");
    long second = by.send(producer, "n");
    assertThat(by.refused(second))
        .isEqualTo(policy == FullPolicy.FAIL ? Reason.LIMIT_REACHED : null);
    assertThat(own.stat("a.*").messageCount())
        .isEqualTo(policy == FullPolicy.FAIL || policy == FullPolicy.DROP ? 1 : 2);
    assertThat(own.stat("a.b").messageCount()).isEqualTo(policy == FullPolicy.FAIL ? 1 : 2);
  }

  @Test
  void divertsAndPatternsTogetherBringItOnce() {
    TestBroker own =
        new TestBroker(
            BrokerSettings.DEFAULTS.withDiverts(
                List.of(
                    new Divert(
                        "d", new AddressPattern("a.b"), "a.c", "d", false, null, Divert.Kind.STRIP),
                    new Divert(
                        "e",
                        new AddressPattern("a.x"),
                        "a.y",
                        "e",
                        true,
                        null,
                        Divert.Kind.STRIP))));
    TestPeer by = own.connect();
    int all = by.consumer("a.*", 10);
    send(by, "a.b", RoutingType.ANYCAST, "m");
    assertThat(by.bodies(all)).containsExactly("m");
    assertThat(by.delivered(all).getFirst().origin()).isNull();
    assertThat(own.stat("a.c").messageCount()).isEqualTo(1);
    send(by, "a.x", RoutingType.ANYCAST, "n");
    assertThat(by.bodies(all)).containsExactly("m", "n");
    assertThat(by.delivered(all).getLast().origin())
        .isEqualTo(new Output.Origin("a.x", "e", false));
    assertThat(own.bytes()).isEqualTo(own.foldedBytes());
  }

  @Test
  void anAddressThatWasDeletedGetsNothing() {
    subscribe(peer, fleeting("news.*", null));
    broker.sessions.manage(new Management.DeleteAddress("news.*", true), _ -> {});
    broker.settle();
    broker.rest();
    publish(peer, "news.uk", "m");
    assertThat(broker.sessions.queueStats()).isEmpty();
  }

  @Test
  void otherCharactersHoldWhereTheFileSaysSo() {
    TestBroker own =
        new TestBroker(BrokerSettings.DEFAULTS.withWildcards(new Wildcards(true, '/', '>', '+')));
    TestPeer by = own.connect();
    int one = subscribe(by, fleeting("news/+", null));
    int all = subscribe(by, fleeting("news/>", null));
    int plain = subscribe(by, fleeting("news.*", null));
    publish(by, "news/uk", "m");
    publish(by, "news/uk/sport", "n");
    publish(by, "news.uk", "o");
    assertThat(by.bodies(one)).containsExactly("m");
    assertThat(by.bodies(all)).containsExactly("m", "n");
    assertThat(by.bodies(plain)).isEmpty();
  }

  @Test
  void whereItIsSwitchedOffAPatternIsANameLikeAnother() {
    TestBroker own =
        new TestBroker(BrokerSettings.DEFAULTS.withWildcards(new Wildcards(false, '.', '#', '*')));
    TestPeer by = own.connect();
    int all = subscribe(by, fleeting("news.#", null));
    publish(by, "news.uk", "m");
    publish(by, "news.#", "n");
    assertThat(by.bodies(all)).containsExactly("n");
  }
}
