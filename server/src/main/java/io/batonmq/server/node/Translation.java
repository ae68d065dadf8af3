package io.batonmq.server.node;

import io.batonmq.broker.AddressSettings;
import io.batonmq.broker.AutoDelete;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Divert;
import io.batonmq.broker.FullPolicy;
import io.batonmq.broker.Lifetime;
import io.batonmq.broker.Limits;
import io.batonmq.broker.OwnQueues;
import io.batonmq.broker.QueueKeeping;
import io.batonmq.broker.QueueSettings;
import io.batonmq.broker.Recovery;
import io.batonmq.broker.Redelivery;
import io.batonmq.broker.SlowConsumers;
import io.batonmq.ha.HaSettings;
import io.batonmq.log.LogSettings;
import io.batonmq.message.ContentReader;
import io.batonmq.message.Format;
import io.batonmq.node.NodeSettings;
import io.batonmq.server.config.AddressConfig;
import io.batonmq.server.config.AddressSetting;
import io.batonmq.server.config.AutoDeleteSettings;
import io.batonmq.server.config.BrokerConfig;
import io.batonmq.server.config.DivertConfig;
import io.batonmq.server.config.HaPolicy;
import io.batonmq.server.config.QueueOptions;
import io.batonmq.server.config.RecoverySettings;
import io.batonmq.server.config.SecuritySetting;
import io.batonmq.server.config.SlowConsumerSettings;
import io.batonmq.server.config.TimeSettings;
import io.batonmq.session.AccessRules;
import io.batonmq.session.Permission;
import io.batonmq.wire.amqp.AmqpContent;
import io.batonmq.wire.amqp.AmqpFields;
import io.batonmq.wire.openwire.OpenWireContent;
import io.batonmq.wire.openwire.OpenWireFields;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// From what a configuration file says to what the rooms are set to.
final class Translation {
  private Translation() {}

  static LogSettings log(BrokerConfig config) {
    LogSettings defaults = LogSettings.DEFAULTS;
    return new LogSettings(
        (int) config.journal().fileSize(),
        defaults.batchBytesMax(),
        defaults.sparesMin(),
        defaults.markIdleNanos(),
        defaults.heartNanos(),
        config.journal().datasync());
  }

  static HaSettings ha(BrokerConfig config, String version) {
    List<String> connectors = Places.of(config);
    String process = Whereabouts.own(config).toString();
    return switch (config.ha()) {
      case HaPolicy.Single _ ->
          new HaSettings(
              config.name(),
              HaSettings.Configured.PRIMARY,
              false,
              false,
              HaSettings.STALL_NANOS_DEFAULT,
              connectors,
              version,
              process);
      case HaPolicy.Replicated copied ->
          new HaSettings(
              config.name(),
              configured(copied.role()),
              true,
              copied.allowFailback(),
              copied.failoverStallTimeout().toNanos(),
              connectors,
              version);
      case HaPolicy.SharedStore shared ->
          new HaSettings(
              config.name(),
              configured(shared.role()),
              shared.failoverOnShutdown(),
              shared.allowFailback(),
              shared.failoverStallTimeout().toNanos(),
              connectors,
              version,
              process);
    };
  }

  private static HaSettings.Configured configured(HaPolicy.Role role) {
    return switch (role) {
      case PRIMARY -> HaSettings.Configured.PRIMARY;
      case BACKUP -> HaSettings.Configured.BACKUP;
    };
  }

  /// Who reads the messages of each protocol for those who speak another.
  static final Map<Format, ContentReader> READERS =
      Map.of(Format.AMQP, AmqpContent.INSTANCE, Format.OPENWIRE, OpenWireContent.INSTANCE);

  static NodeSettings node(BrokerConfig config) {
    return new NodeSettings(
        broker(config),
        access(config),
        Map.of(Format.AMQP, AmqpFields.INSTANCE, Format.OPENWIRE, OpenWireFields.INSTANCE));
  }

  private static BrokerSettings broker(BrokerConfig config) {
    BrokerSettings defaults = BrokerSettings.DEFAULTS;
    return new BrokerSettings(
        limits(config),
        config.addressSettings().stream().map(Translation::rule).toList(),
        config.addresses().stream().map(Translation::predefined).toList(),
        config.diverts().stream().map(Translation::divert).toList(),
        config.wildcards(),
        defaults.producerRetentionNanos(),
        defaults.expiryScanNanos(),
        defaults.snapshotLogBytes(),
        TimeUnit.MILLISECONDS.toNanos(config.queueScanPeriod()));
  }

  /// `global-max-size`, or half of the heap: one half of it for messages that are in memory only, the
  /// other for bodies that are in the log as well.
  private static Limits limits(BrokerConfig config) {
    long configured = config.limits().globalMaxSize();
    long bytes = configured >= 0 ? configured : Runtime.getRuntime().maxMemory() / 2;
    return Limits.DEFAULTS.withMemory(bytes / 2, bytes / 2);
  }

  private static AddressSettings.Rule rule(AddressSetting setting) {
    return new AddressSettings.Rule(
        setting.match(),
        new AddressSettings.Overrides(
            setting.deadLetterAddress().orElse(null),
            setting.expiryAddress().orElse(null),
            setting.maxDeliveryAttempts().orElse(null),
            setting.maxSizeBytes().orElse(null),
            setting.maxSizeMessages().orElse(null),
            setting.fullPolicy().map(policy -> FullPolicy.valueOf(policy.name())).orElse(null),
            setting.autoCreateAddresses().orElse(null),
            setting.autoCreateQueues().orElse(null),
            setting.defaultAddressRoutingType().orElse(null),
            queues(setting.queues()),
            redelivery(setting.times()),
            lifetime(setting.times()),
            own(setting.times().deadLetterQueues()),
            own(setting.times().expiryQueues()),
            autoDelete(setting.autoDelete()),
            setting.sendToDlaOnNoRoute().orElse(null),
            slowConsumers(setting.slowConsumers()),
            setting.recovery().map(Translation::recovery).orElse(null)));
  }

  private static Recovery recovery(RecoverySettings settings) {
    return new Recovery(settings.messages(), settings.bytes(), settings.millis());
  }

  private static SlowConsumers.Overrides slowConsumers(SlowConsumerSettings settings) {
    return new SlowConsumers.Overrides(
        settings.threshold().orElse(null),
        settings.unit().map(unit -> SlowConsumers.Unit.valueOf(unit.name())).orElse(null),
        settings.checkPeriod().orElse(null),
        settings.policy().map(policy -> SlowConsumers.Policy.valueOf(policy.name())).orElse(null));
  }

  private static AutoDelete.Overrides autoDelete(AutoDeleteSettings settings) {
    return new AutoDelete.Overrides(
        settings.queues().orElse(null),
        settings.createdQueues().orElse(null),
        settings.queuesDelay().orElse(null),
        settings.queuesMessageCount().orElse(null),
        settings.queuesSkipUsageCheck().orElse(null),
        settings.addresses().orElse(null),
        settings.addressesDelay().orElse(null),
        settings.addressesSkipUsageCheck().orElse(null));
  }

  private static QueueSettings.Overrides queues(QueueOptions options) {
    return new QueueSettings.Overrides(
        options.maxConsumers().map(max -> Math.max(max, 0)).orElse(null),
        options.exclusive().orElse(null),
        options.groupBuckets().orElse(null),
        options.groupRebalance().orElse(null),
        options.groupRebalancePauseDispatch().orElse(null),
        options.groupFirstKey().orElse(null),
        options.consumersBeforeDispatch().orElse(null),
        options.delayBeforeDispatch().orElse(null),
        new QueueKeeping.Overrides(
            options.keeping().ringSize().orElse(null),
            options.keeping().lastValue().orElse(null),
            options.keeping().lastValueKey().orElse(null),
            options.keeping().nonDestructive().orElse(null),
            options.keeping().purgeOnNoConsumers().orElse(null)));
  }

  private static Redelivery.Overrides redelivery(TimeSettings times) {
    return new Redelivery.Overrides(
        times.redeliveryDelay().map(Duration::toMillis).orElse(null),
        times.redeliveryDelayMultiplier().orElse(null),
        times.redeliveryCollisionAvoidanceFactor().orElse(null),
        times.maxRedeliveryDelay().map(Integer::longValue).orElse(null));
  }

  private static Lifetime.Overrides lifetime(TimeSettings times) {
    return new Lifetime.Overrides(
        times.expiryDelay().map(Integer::longValue).orElse(null),
        times.minExpiryDelay().map(Integer::longValue).orElse(null),
        times.maxExpiryDelay().map(Integer::longValue).orElse(null),
        times.noExpiry().orElse(null));
  }

  private static OwnQueues.Overrides own(TimeSettings.OwnQueues own) {
    return new OwnQueues.Overrides(
        own.autoCreate().orElse(null), own.prefix().orElse(null), own.suffix().orElse(null));
  }

  private static BrokerSettings.Predefined predefined(AddressConfig address) {
    return new BrokerSettings.Predefined(
        address.name(),
        address.queues().stream()
            .map(queue ->
                new BrokerSettings.Predefined.Queue(
                    queue.name(),
                    queue.routingType(),
                    queue.filter().orElse(null),
                    queues(queue.options())))
            .toList());
  }

  private static Divert divert(DivertConfig divert) {
    return new Divert(
        divert.name(),
        divert.address(),
        divert.forwardingAddress(),
        divert.routingName(),
        divert.exclusive(),
        divert.filter().orElse(null),
        Divert.Kind.valueOf(divert.kind().name()));
  }

  private static AccessRules access(BrokerConfig config) {
    if (!config.securityEnabled()) {
      return AccessRules.OPEN;
    }
    return new AccessRules(config.securitySettings().stream().map(Translation::rule).toList());
  }

  private static AccessRules.Rule rule(SecuritySetting setting) {
    Map<Permission, Set<String>> roles = new EnumMap<>(Permission.class);
    setting
        .roles()
        .forEach((permission, names) -> {
          switch (permission) {
            case VIEW, EDIT -> {
              // For the management of single resources, which is not there yet.
            }
            default -> roles.put(Permission.valueOf(permission.name()), names);
          }
        });
    return new AccessRules.Rule(setting.match(), roles);
  }
}
