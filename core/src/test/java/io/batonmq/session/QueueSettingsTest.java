package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.BrokerState;
import io.batonmq.broker.QueueSettings;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.broker.StateBytes;
import io.batonmq.log.ListLog;
import io.batonmq.message.AddressPattern;
import io.batonmq.message.RoutingType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Where a queue has its settings from, and that it keeps them.
class QueueSettingsTest {
  private static final QueueSettings.Overrides SOME =
      new QueueSettings.Overrides(3, true, 7, true, true, "first", 2, 5_000L);
  private static final QueueSettings WHOLE = QueueSettings.DEFAULTS.with(SOME);

  private static BrokerSettings with(
      QueueSettings.Overrides address, BrokerSettings.Predefined.Queue... queues) {
    BrokerSettings defaults = BrokerSettings.DEFAULTS;
    return new BrokerSettings(
        defaults.limits(),
        List.of(
            new AddressSettings.Rule(
                new AddressPattern("#"), AddressSettings.Overrides.NONE.with(address))),
        List.of(new BrokerSettings.Predefined("a", List.of(queues))),
        defaults.producerRetentionNanos(),
        defaults.expiryScanNanos(),
        defaults.snapshotLogBytes());
  }

  private static BrokerSettings.Predefined.Queue queue(QueueSettings.Overrides settings) {
    return new BrokerSettings.Predefined.Queue("q", RoutingType.ANYCAST, null, settings);
  }

  private static TestBroker next(TestBroker broker, BrokerSettings settings) {
    return new TestBroker(
        new ListLog(broker.log), settings, AccessRules.OPEN, broker.state.epoch() + 1);
  }

  @Test
  void aQueueThatIsMadeByItsUseHasThoseOfItsAddressAndKeepsThem() {
    TestBroker broker = new TestBroker(with(SOME));
    broker.connect().producer("made");
    assertThat(broker.stat("made").settings()).isEqualTo(WHOLE);
    assertThat(next(broker, BrokerSettings.DEFAULTS).stat("made").settings()).isEqualTo(WHOLE);
    BrokerState restored = BrokerState.restore(StateBytes.blocks(broker.state.freeze()).iterator());
    assertThat(Objects.requireNonNull(restored.queue("made")).settings()).isEqualTo(WHOLE);
  }

  @Test
  void subscriptionsHaveThemTooButForTheirConsumers() {
    TestBroker broker = new TestBroker(with(SOME));
    TestPeer peer = broker.connect("me");
    peer.consumer(
        new Source("t", new Source.Kind.Subscription("s", "me", false, true), false, null, false));
    QueueSettings settings = broker.sessions.queueStats().getFirst().settings();
    assertThat(settings.consumersMax()).isEqualTo(1);
    assertThat(settings.groupBuckets()).isEqualTo(7);
  }

  @Test
  void whatIsSaidOfAQueueGoesBeforeWhatIsSaidOfItsAddress() {
    var own = new QueueSettings.Overrides(0, false, null, null, null, "own", null, null);
    TestBroker broker = new TestBroker(with(SOME, queue(own)));
    assertThat(broker.stat("q").settings())
        .isEqualTo(new QueueSettings(0, false, 7, true, true, "own", 2, 5_000));
  }

  @Test
  void whatChangedInTheConfigurationHoldsForAPredefinedQueueFromTheNextNodeOn() {
    TestBroker broker = new TestBroker(with(QueueSettings.Overrides.NONE, queue(SOME)));
    TestBroker second =
        next(broker, with(QueueSettings.Overrides.NONE, queue(QueueSettings.Overrides.NONE)));
    assertThat(second.stat("q").settings()).isEqualTo(QueueSettings.DEFAULTS);
    long end = second.log.end();
    TestBroker third =
        next(second, with(QueueSettings.Overrides.NONE, queue(QueueSettings.Overrides.NONE)));
    assertThat(third.bytes()).isEqualTo(third.foldedBytes());
    assertThat(third.log.end()).as("nothing but its activation").isLessThan(end + 100);
    assertThat(next(third, BrokerSettings.DEFAULTS).stat("q").settings())
        .isEqualTo(QueueSettings.DEFAULTS);
  }

  @Test
  void operatorsMaySayThem() {
    TestBroker broker = new TestBroker(with(SOME));
    List<Output> said = new ArrayList<>();
    broker.sessions.manage(
        new Management.CreateQueue(
            "o",
            "o",
            RoutingType.ANYCAST,
            new QueueSettings.Overrides(9, false, null, null, null, null, null, null),
            true,
            ""),
        said::add);
    broker.settle();
    assertThat(broker.stat("o").settings())
        .isEqualTo(new QueueSettings(9, false, 7, true, true, "first", 2, 5_000));
    for (var wrong :
        List.of(
            new QueueSettings.Overrides(-1, null, null, null, null, null, null, null),
            new QueueSettings.Overrides(null, null, -2, null, null, null, null, null),
            new QueueSettings.Overrides(null, null, null, null, null, "a b", null, null),
            new QueueSettings.Overrides(null, null, null, null, null, "", null, null),
            new QueueSettings.Overrides(null, null, null, null, null, null, -1, null),
            new QueueSettings.Overrides(null, null, null, null, null, null, null, -2L))) {
      said.clear();
      broker.sessions.manage(
          new Management.CreateQueue("w", "w", RoutingType.ANYCAST, wrong, true, ""), said::add);
      broker.settle();
      assertThat(said)
          .singleElement()
          .satisfies(output ->
              assertThat(Objects.requireNonNull(((Output.Managed) output).refusal()).reason())
                  .isEqualTo(Reason.INVALID));
    }
  }
}
