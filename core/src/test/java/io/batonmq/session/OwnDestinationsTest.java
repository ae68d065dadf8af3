package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.log.ListLog;
import io.batonmq.message.AddressPattern;
import io.batonmq.message.RoutingType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Queues and topics that a client makes and deletes by word.
class OwnDestinationsTest {
  private final TestBroker broker = new TestBroker();
  private final TestPeer peer = broker.connect();
  private final TestPeer other = broker.connect();
  private long lastRequest = 100;

  private @Nullable Refusal make(TestPeer by, String name, RoutingType routing) {
    by.broker.on(new Command.MakeDestination(by.connection, ++lastRequest, name, routing));
    return answer(by);
  }

  private @Nullable Refusal delete(TestPeer by, String name, RoutingType routing, boolean force) {
    by.broker.on(new Command.DeleteDestination(by.connection, ++lastRequest, name, routing, force));
    by.broker.rest();
    return answer(by);
  }

  private @Nullable Refusal answer(TestPeer by) {
    Output.Ended ended = by.last(Output.Ended.class);
    assertThat(ended.request()).isEqualTo(lastRequest);
    return ended.refusal();
  }

  private static @Nullable Reason reason(@Nullable Refusal refusal) {
    return refusal == null ? null : refusal.reason();
  }

  private boolean there(String queue) {
    return broker.sessions.queueStats().stream().anyMatch(stat -> stat.name().equals(queue));
  }

  @Test
  void aQueueIsMadeOnceAndOnEveryNode() {
    assertThat(make(peer, "q", RoutingType.ANYCAST)).isNull();
    assertThat(make(peer, "q", RoutingType.ANYCAST)).isNull();
    assertThat(there("q")).isTrue();
    assertThat(make(peer, "t", RoutingType.MULTICAST)).isNull();
    assertThat(reason(make(peer, "q", RoutingType.MULTICAST))).isEqualTo(Reason.IN_USE);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void aQueueGoesWithItsMessagesUnlessSomebodyConsumes() {
    int producer = peer.producer("q");
    for (int i = 0; i < 10; i++) {
      peer.send(producer, "m" + i);
    }
    int consumer = other.consumer("q");
    assertThat(reason(delete(peer, "q", RoutingType.ANYCAST, false))).isEqualTo(Reason.IN_USE);
    assertThat(there("q")).isTrue();
    other.close(consumer);
    assertThat(delete(peer, "q", RoutingType.ANYCAST, false)).isNull();
    assertThat(there("q")).isFalse();
    assertThat(broker.sessions.addressStats()).isEmpty();
    assertThat(delete(peer, "q", RoutingType.ANYCAST, false)).isNull();
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void byForceItsConsumersAreTold() {
    int consumer = other.consumer("q");
    assertThat(delete(peer, "q", RoutingType.ANYCAST, true)).isNull();
    assertThat(other.last(Output.LinkClosed.class).link()).isEqualTo(consumer);
  }

  @Test
  void aTopicGoesWithItsSubscriptionsWhenNobodyIsThere() {
    Source source =
        new Source("t", new Source.Kind.Subscription("s", "c", false, true), false, null, false);
    int consumer = other.consumer(source);
    assertThat(reason(delete(peer, "t", RoutingType.MULTICAST, false))).isEqualTo(Reason.IN_USE);
    other.close(consumer);
    assertThat(delete(peer, "t", RoutingType.MULTICAST, false)).isNull();
    assertThat(broker.sessions.queueStats()).isEmpty();
    assertThat(broker.sessions.addressStats()).isEmpty();
  }

  @Test
  void temporaryDestinationsAreTheirConnections() {
    broker.on(new Command.MakeTemporary(other.connection, 50, RoutingType.ANYCAST, "x"));
    assertThat(reason(delete(peer, "temporary.x", RoutingType.ANYCAST, true)))
        .isEqualTo(Reason.NOT_ALLOWED);
    assertThat(reason(make(peer, "temporary.y", RoutingType.ANYCAST))).isEqualTo(Reason.NOT_FOUND);
    assertThat(there("temporary.x")).isTrue();
  }

  @Test
  void theRightsToMakeAndDeleteAreNeeded() {
    AccessRules rules =
        new AccessRules(
            List.of(
                new AccessRules.Rule(
                    new AddressPattern("#"),
                    Map.of(
                        Permission.CREATE_ADDRESS,
                        Set.of("maker"),
                        Permission.CREATE_DURABLE_QUEUE,
                        Set.of("maker"),
                        Permission.DELETE_ADDRESS,
                        Set.of("breaker"),
                        Permission.DELETE_DURABLE_QUEUE,
                        Set.of("breaker")))));
    TestBroker guarded = new TestBroker(new ListLog(), BrokerSettings.DEFAULTS, rules, 1);
    TestPeer maker = guarded.connect(new Principal("m", Set.of("maker")));
    TestPeer breaker = guarded.connect(new Principal("b", Set.of("breaker")));
    for (RoutingType routing : RoutingType.values()) {
      String name = routing.name();
      assertThat(reason(make(breaker, name, routing))).isEqualTo(Reason.NOT_AUTHORIZED);
      assertThat(make(maker, name, routing)).isNull();
      assertThat(reason(delete(maker, name, routing, false))).isEqualTo(Reason.NOT_AUTHORIZED);
      assertThat(delete(breaker, name, routing, false)).isNull();
    }
  }
}
