package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.Refusal.Reason;
import io.batonmq.message.RoutingType;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Addresses that end with the link that they were made for.
class TemporaryTest {
  private final TestBroker broker = new TestBroker();
  private final TestPeer owner = broker.connect();
  private final TestPeer other = broker.connect();

  private static final int LINK = 77;

  private String make(TestPeer by, int link, RoutingType routing) {
    return make(broker, by, link, routing);
  }

  private static String make(TestBroker on, TestPeer by, int link, RoutingType routing) {
    on.on(new Command.MakeTemporary(by.connection, link, routing));
    return by.last(Output.TemporaryMade.class).address();
  }

  @Test
  void anybodySendsToATemporaryQueueAndItsOwnerReceives() {
    String name = make(owner, LINK, RoutingType.ANYCAST);
    int consumer = owner.consumer(name, 10);
    int producer = other.producer(name, RoutingType.ANYCAST, null);
    assertThat(other.accepted(other.send(producer, "reply"))).isTrue();
    assertThat(owner.bodies(consumer)).containsExactly("reply");
  }

  @Test
  void nobodyElseConsumesFromIt() {
    String name = make(owner, LINK, RoutingType.ANYCAST);
    other.consumer(name);
    assertThat(other.last(Output.LinkRefused.class).refusal().reason())
        .isEqualTo(Reason.NOT_ALLOWED);
    other.consumer(new Source(name + "::" + name, new Source.Kind.Queue(), false, null, false));
    assertThat(other.last(Output.LinkRefused.class).refusal().reason())
        .isEqualTo(Reason.NOT_ALLOWED);
    other.browser(name, 1);
    assertThat(other.heard(Output.LinkRefused.class)).hasSize(3);
  }

  @Test
  void aTemporaryQueueOutlivesItsConsumers() {
    String name = make(owner, LINK, RoutingType.ANYCAST);
    int consumer = owner.consumer(name, 10);
    owner.close(consumer);
    int producer = other.producer(name);
    other.send(producer, "waits");
    assertThat(owner.bodies(owner.consumer(name, 10))).containsExactly("waits");
  }

  @Test
  void aTemporaryTopicServesTheSubscriptionsOfItsOwner() {
    String name = make(owner, LINK, RoutingType.MULTICAST);
    Source source = new Source(name, new Source.Kind.Volatile(), false, null, false);
    int consumer = owner.consumer(source);
    owner.credit(consumer, 10);
    int producer = other.producer(name, RoutingType.MULTICAST, null);
    other.send(producer, "news");
    assertThat(owner.bodies(consumer)).containsExactly("news");
    owner.consumer(
        new Source(name, new Source.Kind.Subscription("s", "c", false, true), false, null, false));
    assertThat(owner.last(Output.LinkRefused.class).refusal().reason())
        .isEqualTo(Reason.NOT_ALLOWED);
  }

  @Test
  void theLogNeverHearsOfIt() {
    int records = broker.log.records().size();
    String name = make(owner, LINK, RoutingType.ANYCAST);
    int producer = other.producer(name);
    other.send(producer, "durable, but for nobody who lasts");
    assertThat(broker.log.records()).hasSize(records);
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
    assertThat(broker.takeOver().sessions.addressStats()).isEmpty();
  }

  @Test
  void itEndsWithItsLinkAndWithItsConnection() {
    String first = make(owner, LINK, RoutingType.ANYCAST);
    String second = make(owner, LINK + 1, RoutingType.MULTICAST);
    int consumer = owner.consumer(first, 10);
    int producer = other.producer(first);
    other.send(producer, "held");
    owner.close(LINK);
    assertThat(owner.heard(Output.LinkClosed.class))
        .extracting(Output.LinkClosed::link)
        .contains(LINK, consumer);
    assertThat(broker.sessions.addressStats())
        .extracting(AddressStat::name)
        .containsExactly(second);
    broker.on(new Command.Disconnect(owner.connection, false));
    assertThat(broker.sessions.addressStats()).isEmpty();
    assertThat(broker.sessions.queueStats()).isEmpty();
    assertThat(broker.sessions.bodyBytes()).isZero();
  }

  @Test
  void aLateReplyMakesNoAddressThatNobodyReads() {
    String name = make(owner, LINK, RoutingType.ANYCAST);
    int producer = other.producer(name);
    int relay = other.producer((String) null);
    owner.close(LINK);
    assertThat(other.refused(other.send(producer, "late"))).isEqualTo(Reason.NOT_FOUND);
    long relayed = 99;
    broker.on(
        new Command.Send(
            other.connection, relay, relayed, name, TestPeer.message("late"), 0, false));
    assertThat(other.refused(relayed)).isEqualTo(Reason.NOT_FOUND);
    other.consumer(name);
    assertThat(other.last(Output.LinkRefused.class).refusal().reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(broker.sessions.addressStats()).isEmpty();
  }

  @Test
  void noNameIsGivenOutTwiceNorByTheNextNode() {
    String first = make(owner, LINK, RoutingType.ANYCAST);
    owner.close(LINK);
    assertThat(make(owner, LINK, RoutingType.ANYCAST)).isNotEqualTo(first);
    TestBroker next = broker.takeOver();
    TestPeer peer = next.connect();
    next.on(new Command.MakeTemporary(peer.connection, 1, RoutingType.ANYCAST));
    assertThat(peer.last(Output.TemporaryMade.class).address()).isNotEqualTo(first);
  }

  @Test
  void anOperatorBindsNothingDurableToIt() {
    String name = make(owner, LINK, RoutingType.ANYCAST);
    broker.sessions.manage(
        new Management.CreateQueue("q", name, RoutingType.ANYCAST, 0, false), other);
    broker.settle();
    assertThat(other.last(Output.Managed.class).refusal().reason()).isEqualTo(Reason.NOT_ALLOWED);
  }

  @Test
  void whereAnOperatorDeletedTheQueueNobodyMakesAnother() {
    String name = make(owner, LINK, RoutingType.ANYCAST);
    int producer = other.producer(name);
    broker.sessions.manage(new Management.DeleteQueue(name, false, false), other);
    broker.settle();
    broker.pass(0);
    assertThat(other.last(Output.Managed.class).refusal()).isNull();
    assertThat(other.refused(other.send(producer, "late"))).isEqualTo(Reason.NOT_FOUND);
    owner.consumer(name);
    assertThat(owner.last(Output.LinkRefused.class).refusal().reason()).isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void noQueueOfItsOwnIsKeptForItsDeadLetters() {
    TestBroker dead = new TestBroker(TestSettings.ownQueues());
    TestPeer peer = dead.connect();
    String name = make(dead, peer, LINK, RoutingType.ANYCAST);
    peer.send(peer.producer(name), TestPeer.message("late", true, 4, dead.wall + 100, null), 0);
    dead.pass(2_000);
    dead.pass(2_000);
    assertThat(dead.sessions.queueStats())
        .extracting(QueueStat::name)
        .containsExactly(name, "Expired");
  }

  @Test
  void nothingIsRememberedOfWhatWaitedInIt() {
    String name = make(owner, LINK, RoutingType.ANYCAST);
    other.send(other.producer(name), TestPeer.message("x").deliveredFrom(broker.wall + 100), 0);
    broker.pass(0);
    long due = broker.nanos + 100_000_000;
    assertThat(broker.sessions.nextDeadlineNanos()).isEqualTo(due);
    owner.close(LINK);
    assertThat(broker.sessions.nextDeadlineNanos()).isGreaterThan(due);
  }

  @Test
  void thereIsALimit() {
    int max = broker.settings.limits().linksMax();
    for (int i = 0; i < max; i++) {
      make(owner, LINK + i, RoutingType.ANYCAST);
    }
    broker.on(new Command.MakeTemporary(owner.connection, LINK + max, RoutingType.ANYCAST));
    assertThat(owner.heard(Output.LinkRefused.class))
        .extracting(refused -> refused.refusal().reason())
        .isEqualTo(List.of(Reason.LIMIT_REACHED));
  }
}
