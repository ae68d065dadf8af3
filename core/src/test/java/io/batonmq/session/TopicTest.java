package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.broker.StateBytes;
import io.batonmq.message.RoutingType;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TopicTest {
  private final TestBroker broker = new TestBroker();
  private final TestPeer peer = broker.connect();

  private static Source news() {
    return new Source("news", new Source.Kind.Volatile(), false, null, false);
  }

  private static Source named(String name, String client, boolean shared, boolean durable) {
    return new Source(
        "news", new Source.Kind.Subscription(name, client, shared, durable), false, null, false);
  }

  private int subscribe(TestPeer by, Source source) {
    int link = by.consumer(source);
    by.credit(link, 100);
    return link;
  }

  @Test
  void everySubscriptionGetsEachMessage() {
    int first = subscribe(peer, news());
    int second = subscribe(peer, news());
    int producer = peer.producer("news", RoutingType.MULTICAST, null);
    peer.send(producer, "1");
    assertThat(peer.bodies(first)).containsExactly("1");
    assertThat(peer.bodies(second)).containsExactly("1");
    peer.close(second);
    peer.send(producer, "2");
    assertThat(peer.bodies(first)).containsExactly("1", "2");
    assertThat(broker.sessions.queueStats()).hasSize(1);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void withoutASubscriptionAMessageIsAnsweredAndGone() {
    int producer = peer.producer("news", RoutingType.MULTICAST, null);
    assertThat(peer.accepted(peer.send(producer, "1"))).isTrue();
    int late = subscribe(peer, news());
    assertThat(peer.bodies(late)).isEmpty();
  }

  @Test
  void aVolatileSubscriptionIsNotInTheLog() {
    int before = broker.log.records().size();
    subscribe(peer, news());
    // The address alone.
    assertThat(broker.log.records()).hasSize(before + 1);
    int producer = peer.producer("news", RoutingType.MULTICAST, null);
    peer.send(producer, "durable, but for nobody who lasts");
    assertThat(broker.log.records()).hasSize(before + 1);
    TestBroker next = broker.takeOver();
    assertThat(next.sessions.queueStats()).isEmpty();
  }

  @Test
  void aBodyInTheLogIsHeldForAVolatileSubscriptionToo() {
    TestBroker small = new TestBroker(TestSettings.snapshots(1 << 30, 1));
    TestPeer other = small.connect();
    int durable = subscribe(other, named("s", "c", false, true));
    int fleeting = other.consumer(news());
    int producer = other.producer("news", RoutingType.MULTICAST, null);
    other.send(producer, "1");
    other.send(producer, "2");
    other.accept(durable, 0);
    other.accept(durable, 1);
    assertThat(StateBytes.extents(small.state)).isNotEmpty();
    other.credit(fleeting, 10);
    assertThat(other.bodies(fleeting)).containsExactly("1", "2");
    other.close(fleeting);
    assertThat(StateBytes.extents(small.state)).isEmpty();
    assertThat(small.bytes()).isEqualTo(small.foldedBytes());
  }

  @Test
  void aDurableSubscriptionOutlivesItsLinksAndTheNode() {
    int link = subscribe(peer, named("s", "c", false, true));
    peer.close(link);
    int producer = peer.producer("news", RoutingType.MULTICAST, null);
    peer.send(producer, "while away");

    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    int back = again.consumer(named("s", "c", false, true));
    again.credit(back, 10);
    assertThat(again.bodies(back)).containsExactly("while away");
  }

  @Test
  void aSubscriptionOfOneIsRefusedToASecond() {
    subscribe(peer, named("s", "c", false, true));
    subscribe(peer, named("s", "c", false, true));
    assertThat(peer.last(Output.LinkRefused.class).refusal().reason()).isEqualTo(Reason.IN_USE);
  }

  @Test
  void aSharedSubscriptionIsShared() {
    int first = subscribe(peer, named("s", "", true, true));
    int second = subscribe(peer, named("s", "", true, true));
    int producer = peer.producer("news", RoutingType.MULTICAST, null);
    peer.send(producer, "1");
    peer.send(producer, "2");
    assertThat(peer.bodies(first)).hasSize(1);
    assertThat(peer.bodies(second)).hasSize(1);
  }

  @Test
  void aSharedVolatileSubscriptionEndsWithItsLastLink() {
    int first = subscribe(peer, named("s", "", true, false));
    int second = subscribe(peer, named("s", "", true, false));
    peer.close(first);
    assertThat(broker.sessions.queueStats()).hasSize(1);
    peer.close(second);
    assertThat(broker.sessions.queueStats()).isEmpty();
  }

  @Test
  void unsubscribingEndsIt() {
    int link = subscribe(peer, named("s", "c", false, true));
    broker.on(new Command.CloseLink(peer.connection, link, true));
    assertThat(peer.last(Output.LinkClosed.class).refusal()).isNull();
    assertThat(broker.sessions.queueStats()).isEmpty();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void unsubscribingWithoutKnowingTheAddress() {
    peer.close(subscribe(peer, named("s", "c", false, true)));
    Source lookUp =
        new Source("", new Source.Kind.Subscription("s", "c", false, true), false, null, false);
    int link = peer.consumer(lookUp);
    assertThat(peer.last(Output.ConsumerOpened.class))
        .isEqualTo(new Output.ConsumerOpened(link, "news"));
    broker.on(new Command.CloseLink(peer.connection, link, true));
    assertThat(broker.sessions.queueStats()).isEmpty();
    peer.consumer(lookUp);
    assertThat(peer.last(Output.LinkRefused.class).refusal().reason()).isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void whileOthersUseItASubscriptionCannotBeEnded() {
    subscribe(peer, named("s", "", true, true));
    int link = subscribe(peer, named("s", "", true, true));
    broker.on(new Command.CloseLink(peer.connection, link, true));
    assertThat(Objects.requireNonNull(peer.last(Output.LinkClosed.class).refusal()).reason())
        .isEqualTo(Reason.IN_USE);
  }

  @Test
  void anotherTopicUnderTheSameNameIsAnotherSubscription() {
    peer.close(subscribe(peer, named("s", "c", false, true)));
    int producer = peer.producer("news", RoutingType.MULTICAST, null);
    peer.send(producer, "old");
    int link =
        peer.consumer(
            new Source(
                "sports", new Source.Kind.Subscription("s", "c", false, true), false, null, false));
    peer.credit(link, 10);
    assertThat(peer.bodies(link)).isEmpty();
    assertThat(broker.sessions.queueStats()).hasSize(1);
    assertThat(broker.stat("c.s").address()).isEqualTo("sports");
  }

  @Test
  void subscriptionsWithDotsInTheirNamesAreNotMixedUp() {
    subscribe(peer, named("c", "a.b", false, true));
    subscribe(peer, named("b.c", "a", false, true));
    assertThat(peer.heard(Output.LinkRefused.class)).isEmpty();
    assertThat(broker.sessions.queueStats()).hasSize(2);
  }

  @Test
  void aQueueIsNotATopic() {
    peer.producer("orders");
    peer.consumer(new Source("orders", new Source.Kind.Volatile(), false, null, false));
    assertThat(peer.last(Output.LinkRefused.class).refusal().reason())
        .isEqualTo(Reason.NOT_ALLOWED);
    subscribe(peer, news());
    peer.producer("news");
    assertThat(peer.last(Output.LinkRefused.class).refusal().reason())
        .isEqualTo(Reason.NOT_ALLOWED);
  }

  @Test
  void anAddressThatIsBothHasAQueueMadeForThoseWhoSendToOne() {
    TestBroker both =
        new TestBroker(
            new BrokerSettings(
                BrokerSettings.DEFAULTS.limits(),
                List.of(),
                List.of(new BrokerSettings.Predefined("news", List.of())),
                BrokerSettings.DEFAULTS.producerRetentionNanos(),
                BrokerSettings.DEFAULTS.expiryScanNanos(),
                BrokerSettings.DEFAULTS.snapshotLogBytes()));
    TestPeer other = both.connect();
    int topic = subscribe(other, news());
    int producer = other.producer("news", RoutingType.ANYCAST, null);
    other.send(producer, "for one");
    assertThat(other.bodies(topic)).isEmpty();
    assertThat(other.bodies(other.consumer("news", 10))).containsExactly("for one");
    assertThat(both.stat("news").messageCount()).isEqualTo(1);
  }
}
