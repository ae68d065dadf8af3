package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Limits;
import io.batonmq.broker.Recovery;
import io.batonmq.broker.Xid;
import io.batonmq.message.AddressPattern;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import io.batonmq.session.Command.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Subscriptions that begin with what their topic has kept.
class RetroactiveTest {
  private static final long EVER = Long.MAX_VALUE;

  /// What a message of two bytes counts for.
  private static final int COST = 202;

  private TestBroker broker = keeping(3, EVER, EVER);
  private TestPeer peer = broker.connect("c");

  private static TestBroker keeping(int messages, long bytes, long millis) {
    return new TestBroker(settings(messages, bytes, millis));
  }

  private static BrokerSettings settings(int messages, long bytes, long millis) {
    return TestSettings.rule(
        AddressSettings.Overrides.NONE.with(new Recovery(messages, bytes, millis)));
  }

  private void use(TestBroker other) {
    broker = other;
    peer = broker.connect("c");
  }

  private int subscribe(
      String topic, boolean retroactive, @Nullable String filter, boolean noLocal) {
    int link =
        peer.consumer(
            new Source(topic, new Source.Kind.Volatile(retroactive), false, filter, noLocal));
    peer.credit(link, 100);
    return link;
  }

  private int late() {
    return subscribe("news", true, null, false);
  }

  private int topic(String name) {
    return peer.producer(name, RoutingType.MULTICAST, null);
  }

  private int send(String... bodies) {
    int producer = topic("news");
    for (String body : bodies) {
      assertThat(peer.accepted(peer.send(producer, body))).isTrue();
    }
    return producer;
  }

  private static Message named(String body) {
    return TestPeer.message(body, true, 4, 0, new Identity.Named(body));
  }

  @Test
  void theLastOnesComeFirstInTheirOrder() {
    int early = subscribe("news", false, null, false);
    int producer = send("m0", "m1", "m2", "m3", "m4");
    int late = late();
    int usual = subscribe("news", false, null, false);
    assertThat(peer.bodies(late)).containsExactly("m2", "m3", "m4");
    peer.send(producer, "m5");
    assertThat(peer.bodies(late)).containsExactly("m2", "m3", "m4", "m5");
    assertThat(peer.bodies(usual)).containsExactly("m5");
    assertThat(peer.bodies(early)).containsExactly("m0", "m1", "m2", "m3", "m4", "m5");
    peer.settle(late, 0, 3, Disposition.ACCEPTED, 0);
    assertThat(peer.bodies(late())).containsExactly("m3", "m4", "m5");
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void withoutASettingNothingIsKept() {
    use(new TestBroker());
    int producer = send("m0");
    int late = late();
    peer.send(producer, "m1");
    assertThat(peer.bodies(late)).containsExactly("m1");
  }

  @Test
  void theyAreKeptBesideADurableSubscriptionAndTheLogHasThemOnce() {
    int durable =
        peer.consumer(
            new Source(
                "news", new Source.Kind.Subscription("s", "c", false, true), false, null, false));
    peer.credit(durable, 100);
    send("m0");
    int records = broker.log.records().size();
    assertThat(peer.bodies(late())).containsExactly("m0");
    assertThat(peer.bodies(durable)).containsExactly("m0");
    assertThat(broker.log.records()).hasSize(records);
  }

  @Test
  void selectorsAndNoLocalHold() {
    send("n=1", "n=2");
    assertThat(peer.bodies(subscribe("news", true, "n = 2", false))).containsExactly("n=2");
    assertThat(peer.bodies(subscribe("news", true, null, true))).isEmpty();
    TestPeer other = broker.connect("other");
    other.send(other.producer("news", RoutingType.MULTICAST, null), "n=3");
    assertThat(peer.bodies(subscribe("news", true, null, true))).containsExactly("n=3");
  }

  @Test
  void bytesAreABound() {
    use(keeping(10, 2 * COST, EVER));
    send("m0", "m1", "m2");
    assertThat(peer.bodies(late())).containsExactly("m1", "m2");
    send("larger than that ".repeat(100));
    assertThat(peer.bodies(late())).isEmpty();
  }

  @Test
  void timeIsABound() {
    use(keeping(10, EVER, 1_000));
    send("m0");
    broker.pass(600);
    send("m1");
    broker.pass(600);
    assertThat(peer.bodies(late())).containsExactly("m1");
    broker.pass(600);
    assertThat(peer.bodies(late())).isEmpty();
  }

  @Test
  void ofAllTopicsTheOldestGoFirst() {
    long recent = 3 * COST;
    use(
        new TestBroker(
            settings(10, EVER, EVER).withLimits(Limits.DEFAULTS.withMemory(1, 4 * recent))));
    send("m0", "m1");
    int other = topic("other");
    peer.send(other, "o0");
    peer.send(other, "o1");
    assertThat(peer.bodies(late())).containsExactly("m1");
    assertThat(peer.bodies(subscribe("other", true, null, false))).containsExactly("o0", "o1");
    long transaction = peer.begin();
    peer.send(other, TestPeer.message("o2"), transaction);
    assertThat(peer.bodies(late())).isEmpty();
    peer.end(transaction, false);
    assertThat(peer.bodies(subscribe("other", true, null, false))).containsExactly("o0", "o1");
  }

  @Test
  void whatIsExpiredIsNotGiven() {
    int producer = topic("news");
    peer.send(producer, TestPeer.message("m0", true, 4, broker.wall + 100, null), 0);
    peer.send(producer, "m1");
    broker.pass(200);
    assertThat(peer.bodies(late())).containsExactly("m1");
  }

  @Test
  void whatIsSentToTheQueueOfThatNameIsNotKept() {
    BrokerSettings defaults = settings(3, EVER, EVER);
    use(
        new TestBroker(
            new BrokerSettings(
                defaults.limits(),
                List.of(
                    new AddressSettings.Rule(
                        new AddressPattern("#"),
                        AddressSettings.Overrides.NONE.with(new Recovery(3, EVER, EVER)))),
                List.of(new BrokerSettings.Predefined("news", List.of())),
                defaults.producerRetentionNanos(),
                defaults.expiryScanNanos(),
                defaults.snapshotLogBytes())));
    peer.send(peer.producer("news", RoutingType.ANYCAST, null), "queue");
    send("topic");
    assertThat(peer.bodies(late())).containsExactly("topic");
  }

  @Test
  void aTransactionsAreKeptFromItsCommitOn() {
    int producer = topic("news");
    long transaction = peer.begin();
    peer.send(producer, TestPeer.message("t0"), transaction);
    peer.send(producer, TestPeer.message("t1"), transaction);
    peer.send(producer, "m0");
    assertThat(peer.bodies(late())).containsExactly("m0");
    peer.end(transaction, true);
    assertThat(peer.bodies(late())).containsExactly("m0", "t0", "t1");
    long other = peer.begin();
    peer.send(producer, TestPeer.message("t2"), other);
    peer.end(other, false);
    assertThat(peer.bodies(late())).containsExactly("m0", "t0", "t1");
  }

  @Test
  void aPreparedOneIsKeptFromItsCommitOnThoughNobodyElseHasIt() {
    Xid xid = new Xid(1, new byte[] {1}, new byte[] {1});
    long transaction = peer.begin(xid);
    peer.send(topic("news"), named("t0"), transaction);
    peer.end(xid, Step.PREPARE);
    assertThat(peer.bodies(late())).isEmpty();
    peer.end(xid, Step.COMMIT);
    assertThat(peer.bodies(late())).containsExactly("t0");
  }

  @Test
  void sentAgainItIsKeptOnce() {
    int producer = topic("news");
    peer.send(producer, named("m0"), 0);
    peer.send(producer, named("m0"), 0);
    long one = peer.begin();
    long two = peer.begin();
    for (long transaction : new long[] {one, two, two}) {
      peer.send(producer, named("t0"), transaction);
    }
    peer.end(one, true);
    peer.end(two, true);
    assertThat(peer.bodies(late())).containsExactly("m0", "t0");
  }

  @Test
  void aTakeOverForgetsThem() {
    send("m0");
    use(broker.takeOver());
    send("m1");
    assertThat(peer.bodies(late())).containsExactly("m1");
  }
}
