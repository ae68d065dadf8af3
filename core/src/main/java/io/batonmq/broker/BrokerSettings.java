package io.batonmq.broker;

import io.batonmq.message.RoutingType;
import io.batonmq.message.Wildcards;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How the broker was configured. Looked at by the active node only.
///
/// @param addressRules settings by pattern; where several match, the more specific one wins in each
///     single setting
/// @param addresses what must exist
/// @param diverts what is sent to one address and goes to another too, in the order of the file
/// @param wildcards how names of addresses are read
/// @param producerRetentionNanos how long a producer's identities are kept after its connection was lost
/// @param expiryScanNanos how often expired messages that nobody asks for are looked for
/// @param snapshotLogBytes by how much the log grows between two snapshots, at least
/// @param queueScanNanos how often unused queues and addresses are looked for; 0 or less for never
public record BrokerSettings(
    Limits limits,
    List<AddressSettings.Rule> addressRules,
    List<Predefined> addresses,
    List<Divert> diverts,
    Wildcards wildcards,
    long producerRetentionNanos,
    long expiryScanNanos,
    long snapshotLogBytes,
    long queueScanNanos) {

  /// How often unused queues are looked for where nothing was configured: 30 s.
  public static final long QUEUE_SCAN_NANOS = 30_000_000_000L;

  /// What holds where nothing was configured: ten minutes, one second, 64 MiB.
  public static final BrokerSettings DEFAULTS =
      new BrokerSettings(
          Limits.DEFAULTS, List.of(), List.of(), 600_000_000_000L, 1_000_000_000L, 64L << 20);

  /// An address that exists from the start, with its queues.
  public record Predefined(String address, List<Queue> queues) {
    public Predefined {
      queues = List.copyOf(queues);
    }

    /// A queue that exists from the start.
    ///
    /// @param filter the selector that what comes in has to fulfil; null for none
    /// @param settings where it differs from the settings of its address
    public record Queue(
        String name,
        RoutingType routing,
        @Nullable String filter,
        QueueSettings.Overrides settings) {
      /// One about which nothing else is said.
      public Queue(String name, RoutingType routing, @Nullable String filter) {
        this(name, routing, filter, QueueSettings.Overrides.NONE);
      }

      /// One that takes in everything.
      public Queue(String name, RoutingType routing) {
        this(name, routing, null);
      }
    }
  }

  public BrokerSettings {
    // The least specific first, so that what is applied later wins.
    addressRules =
        addressRules.stream()
            .sorted(Comparator.comparing(AddressSettings.Rule::match).reversed())
            .toList();
    addresses = List.copyOf(addresses);
    diverts = List.copyOf(diverts);
  }

  /// Settings without diverts, and with the usual wildcards.
  public BrokerSettings(
      Limits limits,
      List<AddressSettings.Rule> addressRules,
      List<Predefined> addresses,
      long producerRetentionNanos,
      long expiryScanNanos,
      long snapshotLogBytes) {
    this(
        limits,
        addressRules,
        addresses,
        List.of(),
        Wildcards.DEFAULTS,
        producerRetentionNanos,
        expiryScanNanos,
        snapshotLogBytes,
        QUEUE_SCAN_NANOS);
  }

  /// The diverts at one address, in the order of the file.
  List<Divert> diverts(String name) {
    return diverts.stream().filter(divert -> divert.at().matches(name)).toList();
  }

  /// What holds for one address.
  public AddressSettings address(String name) {
    AddressSettings settings = AddressSettings.DEFAULTS;
    for (AddressSettings.Rule rule : addressRules) {
      if (rule.match().matches(name)) {
        settings = settings.with(rule.overrides());
      }
    }
    return settings;
  }

  /// The same with other diverts.
  public BrokerSettings withDiverts(List<Divert> newDiverts) {
    return new BrokerSettings(
        limits,
        addressRules,
        addresses,
        newDiverts,
        wildcards,
        producerRetentionNanos,
        expiryScanNanos,
        snapshotLogBytes,
        queueScanNanos);
  }

  /// The same with other wildcards.
  public BrokerSettings withWildcards(Wildcards newWildcards) {
    return new BrokerSettings(
        limits,
        addressRules,
        addresses,
        diverts,
        newWildcards,
        producerRetentionNanos,
        expiryScanNanos,
        snapshotLogBytes,
        queueScanNanos);
  }

  /// The same with other limits.
  public BrokerSettings withLimits(Limits newLimits) {
    return new BrokerSettings(
        newLimits,
        addressRules,
        addresses,
        diverts,
        wildcards,
        producerRetentionNanos,
        expiryScanNanos,
        snapshotLogBytes,
        queueScanNanos);
  }

  /// The same with unused queues looked for at other times.
  public BrokerSettings withQueueScan(long newQueueScanNanos) {
    return new BrokerSettings(
        limits,
        addressRules,
        addresses,
        diverts,
        wildcards,
        producerRetentionNanos,
        expiryScanNanos,
        snapshotLogBytes,
        newQueueScanNanos);
  }
}
