package io.batonmq.session;

import static io.batonmq.session.TestDiverts.broker;
import static io.batonmq.session.TestDiverts.copy;
import static io.batonmq.session.TestDiverts.count;
import static io.batonmq.session.TestDiverts.counts;
import static io.batonmq.session.TestDiverts.divert;
import static io.batonmq.session.TestDiverts.drain;
import static io.batonmq.session.TestDiverts.only;
import static io.batonmq.session.TestDiverts.origins;
import static io.batonmq.session.TestDiverts.sent;
import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Divert;
import io.batonmq.broker.Divert.Kind;
import io.batonmq.broker.FullPolicy;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.message.AddressPattern;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Where diverts lead: to addresses that are there or not, full or not, and what dies on the way.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DivertTargetTest {
  private static @Nullable Refusal refusal(TestPeer peer, long delivery) {
    return Objects.requireNonNull(peer.answer(delivery)).refusal();
  }

  @Test
  void twoWaysToOneAddressBringItToOneOfItsQueues() {
    BrokerSettings settings =
        there(RoutingType.ANYCAST, RoutingType.ANYCAST)
            .withDiverts(
                List.of(
                    copy("a", "b"), copy("a", "c"), divert("c", "b", false, null, Kind.ANYCAST)));
    TestBroker broker = new TestBroker(settings);
    TestPeer peer = broker.connect();
    sent(peer, peer.producer("a"), "m");
    assertThat(count(broker, "b.0") + count(broker, "b.1")).isEqualTo(1);
  }

  /// The address `b` with a queue of each kind, `b.0` and so on.
  private static BrokerSettings there(RoutingType... kinds) {
    BrokerSettings defaults = BrokerSettings.DEFAULTS;
    List<BrokerSettings.Predefined.Queue> queues = new ArrayList<>();
    for (RoutingType kind : kinds) {
      queues.add(new BrokerSettings.Predefined.Queue("b." + queues.size(), kind));
    }
    return new BrokerSettings(
        defaults.limits(),
        List.of(),
        List.of(new BrokerSettings.Predefined("b", queues)),
        defaults.producerRetentionNanos(),
        defaults.expiryScanNanos(),
        defaults.snapshotLogBytes());
  }

  @ParameterizedTest
  @CsvSource({"ANYCAST,1,0", "MULTICAST,0,1", "STRIP,1,1", "PASS,1,0"})
  void itGoesToQueuesOfTheKindThatTheFileSays(Kind kind, long anycast, long multicast) {
    TestBroker broker =
        new TestBroker(
            there(RoutingType.ANYCAST, RoutingType.MULTICAST)
                .withDiverts(List.of(divert("a", "b", true, null, kind))));
    TestPeer peer = broker.connect();
    sent(peer, peer.producer("a"), "m");
    assertThat(count(broker, "b.0")).isEqualTo(anycast);
    assertThat(count(broker, "b.1")).isEqualTo(multicast);
  }

  @Test
  void anAddressWithoutAQueueGetsOne() {
    TestBroker broker = new TestBroker(there().withDiverts(List.of(only("a", "b"))));
    TestPeer peer = broker.connect();
    sent(peer, peer.producer("a"), "m");
    assertThat(count(broker, "b")).isEqualTo(1);
  }

  @Test
  void whereNothingMayBeMadeItIsRefused() {
    TestBroker broker =
        new TestBroker(
            rule(
                    "b",
                    new AddressSettings.Overrides(
                        null, null, null, null, null, null, false, null, null, null))
                .withDiverts(List.of(copy("a", "b"))));
    TestPeer peer = broker.connect();
    long delivery = peer.send(peer.producer("a"), "m");
    Refusal refusal = Objects.requireNonNull(refusal(peer, delivery));
    assertThat(refusal.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(refusal.text())
        .isEqualTo(
            "the divert a>b leads to the address b, which is not there, and is not created by"
                + " itself");
    assertThat(count(broker, "a")).isZero();
  }

  @Test
  void whereTheAddressIsOfTheOtherKindItIsRefused() {
    TestBroker broker =
        new TestBroker(
            there(RoutingType.MULTICAST)
                .withDiverts(List.of(divert("a", "b", true, null, Kind.ANYCAST))));
    TestPeer peer = broker.connect();
    long delivery = peer.send(peer.producer("a"), "m");
    assertThat(peer.refused(delivery)).isEqualTo(Reason.NOT_ALLOWED);
    assertThat(count(broker, "a")).isZero();
  }

  private static BrokerSettings rule(String match, AddressSettings.Overrides overrides) {
    BrokerSettings defaults = BrokerSettings.DEFAULTS;
    return new BrokerSettings(
        defaults.limits(),
        List.of(new AddressSettings.Rule(new AddressPattern(match), overrides)),
        List.of(),
        defaults.producerRetentionNanos(),
        defaults.expiryScanNanos(),
        defaults.snapshotLogBytes());
  }

  private static TestBroker full(String match, FullPolicy policy, Divert... diverts) {
    var one =
        new AddressSettings.Overrides(null, null, null, null, 1L, policy, null, null, null, null);
    return new TestBroker(rule(match, one).withDiverts(List.of(diverts)));
  }

  @Test
  void aFullTargetThatFailsRefusesTheWhole() {
    TestBroker broker = full("b", FullPolicy.FAIL, copy("a", "b"));
    TestPeer peer = broker.connect();
    int producer = peer.producer("a");
    sent(peer, producer, "m");
    assertThat(peer.refused(peer.send(producer, "n"))).isEqualTo(Reason.LIMIT_REACHED);
    assertThat(counts(broker)).containsExactly(1L, 1L, 0L, 0L);
    drain(broker, "b");
    sent(peer, producer, "n");
    assertThat(counts(broker)).containsExactly(2L, 1L, 0L, 0L);
  }

  @ParameterizedTest
  @CsvSource({"DROP,1", "BLOCK,2", "PAGE,2"})
  void aFullTargetThatDoesNotFailHoldsNobodyBack(FullPolicy policy, long there) {
    TestBroker broker = full("b", policy, copy("a", "b"));
    TestPeer peer = broker.connect();
    int producer = peer.producer("a");
    sent(peer, producer, "m");
    sent(peer, producer, "n");
    assertThat(counts(broker)).containsExactly(2L, there, 0L, 0L);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void whatAFullAddressDropsIsDivertedAllTheSame() {
    TestBroker broker = full("a", FullPolicy.DROP, copy("a", "b"));
    TestPeer peer = broker.connect();
    int producer = peer.producer("a");
    sent(peer, producer, "m");
    sent(peer, producer, "n");
    assertThat(counts(broker)).containsExactly(1L, 2L, 0L, 0L);
  }

  @Test
  void aFullAddressIsNoMatterForWhatDoesNotStay() {
    TestBroker broker = full("a", FullPolicy.FAIL, divert("a", "b", true, "n = 1", Kind.STRIP));
    TestPeer peer = broker.connect();
    int producer = peer.producer("a");
    sent(peer, producer, "n=0");
    sent(peer, producer, "n=1");
    assertThat(peer.refused(peer.send(producer, "n=0"))).isEqualTo(Reason.LIMIT_REACHED);
    assertThat(counts(broker)).containsExactly(1L, 1L, 0L, 0L);
  }

  @Test
  void aDeadCopySaysWhereItDied() {
    TestBroker broker =
        new TestBroker(TestSettings.ownQueues().withDiverts(List.of(copy("a", "b"))));
    TestPeer peer = broker.connect();
    int there = peer.consumer("b", 10);
    sent(peer, peer.producer("a"), "m");
    peer.settle(there, 0, 0, Disposition.REJECTED, 0);
    int dead = peer.consumer("DLQ::DLQ.b", 10);
    assertThat(origins(peer, dead)).containsExactly(new Output.Origin("b", "b", false));
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void deadLettersAreDivertedToo() {
    BrokerSettings settings =
        TestSettings.deadEnds()
            .withLimits(DeliveryTest.limits(1, 10_000))
            .withDiverts(
                List.of(
                    divert("DLQ", "b", true, "n = 1", Kind.STRIP),
                    divert("DLQ", "c", false, "n = 2", Kind.STRIP)));
    TestBroker broker = new TestBroker(settings);
    TestPeer peer = broker.connect();
    int consumer = peer.consumer("a", 10);
    int producer = peer.producer("a");
    for (int i = 1; i <= 3; i++) {
      sent(peer, producer, "n=" + i);
    }
    peer.settle(consumer, 0, 2, Disposition.REJECTED, 0);
    assertThat(counts(broker)).containsExactly(0L, 1L, 1L, 0L);
    assertThat(count(broker, "DLQ")).isEqualTo(2);
    int graves = peer.consumer("b", 10);
    assertThat(peer.bodies(graves)).containsExactly("n=1");
    assertThat(origins(peer, graves)).containsExactly(new Output.Origin("a", "a", false));
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void aDeadLetterIsNotLostWhereADivertLeadsNowhere() {
    BrokerSettings settings =
        TestSettings.deadEnds()
            .withDiverts(List.of(divert("DLQ", "b", true, null, Kind.ANYCAST), copy("DLQ", "c")));
    TestBroker broker = new TestBroker(settings);
    broker.sessions.manage(new Management.CreateAddress("b", false, true), _ -> {});
    broker.settle();
    TestPeer peer = broker.connect();
    int consumer = peer.consumer("a", 10);
    sent(peer, peer.producer("a"), "m");
    peer.settle(consumer, 0, 0, Disposition.REJECTED, 0);
    assertThat(count(broker, "DLQ")).isEqualTo(1);
    assertThat(count(broker, "c")).isEqualTo(1);
  }

  @Test
  void aMessageWhoseDivertsDoNotFitTheLogIsRefused() {
    String name = "x".repeat(400_000);
    TestBroker broker =
        broker(new Divert(name, new AddressPattern("a"), "b", name, false, null, Kind.STRIP));
    TestPeer peer = broker.connect();
    int producer = peer.producer("a");
    assertThat(peer.refused(peer.send(producer, "m"))).isEqualTo(Reason.LIMIT_REACHED);
    assertThat(count(broker, "a")).isZero();
  }
}
