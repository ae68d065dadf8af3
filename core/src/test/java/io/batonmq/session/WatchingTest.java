package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.log.ListLog;
import io.batonmq.message.AddressPattern;
import io.batonmq.message.RoutingType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Who asks is told what there is, and then of what comes and goes.
class WatchingTest {
  private static final int LINK = 90;

  private final TestBroker broker = new TestBroker();
  private final TestPeer watcher = broker.connect();
  private final TestPeer peer = broker.connect();

  private void watch(
      TestPeer by,
      int link,
      Notice.Kind kind,
      @Nullable RoutingType routing,
      String pattern,
      @Nullable String right) {
    by.broker.on(new Command.Watch(by.connection, link, kind, routing, pattern, right));
  }

  private void watch(Notice.Kind kind, @Nullable RoutingType routing, String pattern) {
    watch(watcher, LINK, kind, routing, pattern, null);
  }

  /// Such as `+q 1`: something is there at q now, and is the only one of its kind.
  private List<String> news() {
    return watcher.heard(Output.News.class).stream()
        .map(Output.News::notice)
        .map(notice -> (notice.there() ? "+" : "-") + notice.name() + " " + notice.count())
        .toList();
  }

  private static Source topic(String address) {
    return new Source(address, new Source.Kind.Volatile(), false, null, false);
  }

  @Test
  void consumersThatAreThereAreToldFirstAndThenWhoComesAndGoes() {
    int first = peer.consumer("q");
    peer.consumer("other");
    watch(Notice.Kind.CONSUMERS, RoutingType.ANYCAST, "q");
    assertThat(watcher.heard.getLast()).isInstanceOf(Output.ConsumerOpened.class);
    assertThat(news()).containsExactly("+q 1");
    peer.consumer("q");
    peer.consumer(topic("t"));
    peer.close(first);
    peer.disconnect(false);
    assertThat(news()).containsExactly("+q 1", "+q 2", "-q 1", "-q 0");
  }

  @Test
  void aNoticeSaysWhoItIs() {
    watch(Notice.Kind.CONSUMERS, null, "#");
    broker.on(new Command.OpenConsumer(peer.connection, 5, topic("t"), 0, "its own name"));
    Notice notice = watcher.last(Output.News.class).notice();
    assertThat(notice.routing()).isEqualTo(RoutingType.MULTICAST);
    assertThat(notice.subject())
        .isEqualTo(
            new Notice.Subject.Consumer(
                peer.connection, 5, "client-2", "client-2", "its own name", topic("t")));
  }

  @Test
  void patternsAndTheEndOfAWatchHold() {
    watch(Notice.Kind.CONSUMERS, RoutingType.ANYCAST, "a.#");
    peer.consumer("a.b");
    peer.consumer("b");
    watcher.close(LINK);
    peer.consumer("a.c");
    assertThat(news()).containsExactly("+a.b 1");
    assertThat(watcher.last(Output.LinkClosed.class).link()).isEqualTo(LINK);
  }

  @Test
  void whoGoesAwayIsToldNothingMore() {
    watch(Notice.Kind.CONSUMERS, null, "#");
    watcher.disconnect(true);
    peer.consumer("q");
    assertThat(news()).isEmpty();
  }

  @Test
  void aDeletedQueueHasNoConsumersAnyMore() {
    peer.consumer("q");
    watch(Notice.Kind.CONSUMERS, null, "q");
    broker.sessions.manage(new Management.DeleteQueue("q", true, true), peer);
    broker.rest();
    peer.disconnect(true);
    assertThat(news()).containsExactly("+q 1", "-q 0");
  }

  @Test
  void producersOfADestinationAreCountedAndThoseWithoutOneAreNot() {
    int named = peer.producer("q", RoutingType.ANYCAST, "producer");
    watch(Notice.Kind.PRODUCERS, null, "#");
    peer.producer(null);
    peer.producer("t", RoutingType.MULTICAST, null);
    peer.close(named);
    assertThat(news()).containsExactly("+q 1", "+t 1", "-q 0");
  }

  @Test
  void connectionsComeAndGo() {
    watch(Notice.Kind.CONNECTIONS, null, "#");
    assertThat(news()).containsExactly("+ 2", "+ 2");
    peer.disconnect(true);
    assertThat(news()).endsWith("- 1");
  }

  @Test
  void destinationsThatLastAndThoseThatDoNotAreApart() {
    peer.producer("q", RoutingType.ANYCAST, null);
    watch(Notice.Kind.DESTINATIONS, null, "#");
    watch(watcher, LINK + 1, Notice.Kind.TEMPORARIES, null, "#", null);
    peer.producer("t", RoutingType.MULTICAST, null);
    peer.consumer(topic("pattern.#"));
    broker.on(new Command.MakeTemporary(peer.connection, 50, RoutingType.ANYCAST, "x"));
    peer.close(50);
    broker.sessions.manage(new Management.DeleteQueue("q", true, true), peer);
    broker.rest();
    assertThat(news()).containsExactly("+q 1", "+t 1", "+temporary.x 1", "-temporary.x 0", "-q 1");
  }

  @Test
  void theRightToConsumeIsNeededForAllThatIsWatched() {
    AccessRules rules =
        new AccessRules(
            List.of(
                new AccessRules.Rule(
                    new AddressPattern("#"), Map.of(Permission.CONSUME, Set.of("amq"))),
                new AccessRules.Rule(new AddressPattern("news.secret"), Map.of())));
    TestBroker guarded = new TestBroker(new ListLog(), BrokerSettings.DEFAULTS, rules, 1);
    TestPeer by = guarded.connect();
    watch(by, 1, Notice.Kind.CONSUMERS, null, "a", "news.open");
    assertThat(by.last(Output.ConsumerOpened.class).link()).isEqualTo(1);
    watch(by, 2, Notice.Kind.CONSUMERS, null, "a", "news.#");
    assertThat(by.last(Output.LinkRefused.class).refusal().reason())
        .isEqualTo(Reason.NOT_AUTHORIZED);
    watch(by, 3, Notice.Kind.CONSUMERS, null, "a", null);
    assertThat(by.last(Output.ConsumerOpened.class).link()).isEqualTo(3);
    watch(by, 3, Notice.Kind.CONSUMERS, null, "a", null);
    assertThat(by.last(Output.LinkRefused.class).refusal().reason()).isEqualTo(Reason.INVALID);
  }
}
