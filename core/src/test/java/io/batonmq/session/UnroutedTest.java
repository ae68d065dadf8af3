package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.OwnQueues;
import io.batonmq.message.AddressPattern;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.Disposition;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Messages that no queue takes where they are sent to.
class UnroutedTest {
  private static final AddressSettings.Overrides DEAD =
      new AddressSettings.Overrides("DLQ", null, 2, null, null, null, null, null, null, null);

  private final TestBroker broker = sending(DEAD.withDeadLettersUnrouted(true));
  private final TestPeer peer = broker.connect();

  private static TestBroker sending(AddressSettings.Overrides overrides) {
    return new TestBroker(TestSettings.rule(overrides));
  }

  private static int topic(TestPeer of) {
    return of.producer("topic", RoutingType.MULTICAST, null);
  }

  private static int subscriber(TestPeer of, String selector) {
    int link = of.consumer(new Source("topic", new Source.Kind.Volatile(), false, selector, false));
    of.credit(link, 10);
    return link;
  }

  @Test
  void theyGoToTheDeadLetterAddressAndSayWhereTheyWereSentTo() {
    int producer = topic(peer);
    assertThat(peer.accepted(peer.send(producer, "nobody is there"))).isTrue();
    int link = subscriber(peer, "n = 1");
    peer.send(producer, "n=2");
    peer.send(producer, "n=1");
    assertThat(peer.bodies(link)).containsExactly("n=1");
    int dead = peer.consumer("DLQ", 10);
    assertThat(peer.bodies(dead)).containsExactly("nobody is there", "n=2");
    assertThat(peer.delivered(dead))
        .extracting(Output.Delivered::origin)
        .containsOnly(new Output.Origin("topic", "", false));
    assertThat(broker.bytes()).isEqualTo(broker.foldedBytes());
  }

  @Test
  void theyAreThereAfterATakeOverAndOnlyOnce() {
    int producer = peer.producer("topic", RoutingType.MULTICAST, "p");
    peer.send(producer, "m");
    TestBroker next = broker.takeOver();
    TestPeer again = next.connect();
    int dead = again.consumer("DLQ", 10);
    assertThat(again.bodies(dead)).containsExactly("m");
    assertThat(Objects.requireNonNull(again.delivered(dead).getFirst().origin()).address())
        .isEqualTo("topic");
    again.settle(dead, 0, 0, Disposition.FAILED, 0);
    assertThat(next.stat("DLQ").messageCount()).isEqualTo(1);
  }

  @Test
  void theyComeWithTheirTransaction() {
    int producer = topic(peer);
    long transaction = peer.begin();
    peer.send(producer, TestPeer.message("m"), transaction);
    assertThat(broker.stat("DLQ").messageCount()).isZero();
    peer.end(transaction, true);
    assertThat(broker.stat("DLQ").messageCount()).isEqualTo(1);
  }

  @Test
  void theyGoToTheOwnQueueOfTheirAddress() {
    TestBroker own =
        sending(
            DEAD.with(new OwnQueues.Overrides(true, null, null), OwnQueues.Overrides.NONE)
                .withDeadLettersUnrouted(true));
    TestPeer one = own.connect();
    one.send(topic(one), "m");
    assertThat(own.stat("DLQ.topic").messageCount()).isEqualTo(1);
    assertThat(own.bytes()).isEqualTo(own.foldedBytes());
  }

  @Test
  void theyAreDroppedWhereNothingIsSaid() {
    TestBroker silent = sending(DEAD);
    TestPeer one = silent.connect();
    assertThat(one.accepted(one.send(topic(one), "m"))).isTrue();
    assertThat(silent.sessions.queueStats()).isEmpty();
  }

  @Test
  void theyAreDroppedWhereTheDeadLetterAddressIsTheirOwn() {
    BrokerSettings defaults = BrokerSettings.DEFAULTS;
    TestBroker circle =
        new TestBroker(
            new BrokerSettings(
                defaults.limits(),
                List.of(
                    new AddressSettings.Rule(
                        new AddressPattern("#"),
                        new AddressSettings.Overrides(
                                "topic", null, null, null, null, null, null, null, null, null)
                            .with(
                                new OwnQueues.Overrides(true, null, null), OwnQueues.Overrides.NONE)
                            .withDeadLettersUnrouted(true))),
                List.of(),
                defaults.producerRetentionNanos(),
                defaults.expiryScanNanos(),
                defaults.snapshotLogBytes()));
    TestPeer one = circle.connect();
    assertThat(one.accepted(one.send(topic(one), "m"))).isTrue();
    assertThat(circle.sessions.queueStats()).isEmpty();
  }
}
