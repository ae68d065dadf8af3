package io.batonmq.session;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.FullPolicy;
import io.batonmq.broker.Lifetime;
import io.batonmq.broker.Limits;
import io.batonmq.broker.OwnQueues;
import io.batonmq.broker.Redelivery;
import io.batonmq.message.AddressPattern;
import java.util.List;

/// Settings that differ from the defaults in what a test is about.
final class TestSettings {
  private TestSettings() {}

  /// Dead letters to `DLQ` after three attempts, expired messages to `Expired`.
  static BrokerSettings deadEnds() {
    return rule(dead());
  }

  private static AddressSettings.Overrides dead() {
    return new AddressSettings.Overrides(
        "DLQ", "Expired", 3, null, null, null, null, null, null, null);
  }

  /// The same with delays between the attempts.
  static BrokerSettings retries(Redelivery.Overrides redelivery) {
    return rule(dead().with(redelivery));
  }

  /// The same with lifetimes.
  static BrokerSettings lives(Lifetime.Overrides lifetime) {
    return rule(dead().with(lifetime));
  }

  /// The same with own queues at the dead ends, their names as if nobody had said anything.
  static BrokerSettings ownQueues() {
    var own = new OwnQueues.Overrides(true, null, null);
    return rule(dead().with(own, own));
  }

  static BrokerSettings full(FullPolicy policy, long messages) {
    return rule(
        new AddressSettings.Overrides(
            null, null, null, null, messages, policy, null, null, null, null));
  }

  static BrokerSettings rule(AddressSettings.Overrides overrides) {
    BrokerSettings defaults = BrokerSettings.DEFAULTS;
    return new BrokerSettings(
        defaults.limits(),
        List.of(new AddressSettings.Rule(new AddressPattern("#"), overrides)),
        List.of(),
        defaults.producerRetentionNanos(),
        defaults.expiryScanNanos(),
        defaults.snapshotLogBytes());
  }

  static BrokerSettings snapshots(long logBytes, long cacheBytes) {
    BrokerSettings defaults = BrokerSettings.DEFAULTS;
    return new BrokerSettings(
        DeliveryTest.limits(cacheBytes, 10_000),
        List.of(),
        List.of(),
        defaults.producerRetentionNanos(),
        defaults.expiryScanNanos(),
        logBytes);
  }

  /// So much memory for bodies that the log has, and for those that it has not.
  static BrokerSettings memory(long bytes) {
    return BrokerSettings.DEFAULTS.withLimits(Limits.DEFAULTS.withMemory(bytes, bytes));
  }

  /// Small limits everywhere.
  static BrokerSettings small() {
    return BrokerSettings.DEFAULTS.withLimits(
        new Limits(2, 2, 5, 2, 100, 20, 3, 4, 5, 6, 3, 1_000, 1_000));
  }
}
