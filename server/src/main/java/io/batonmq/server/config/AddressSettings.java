package io.batonmq.server.config;

import io.batonmq.message.RoutingType;
import java.time.Duration;
import java.util.Optional;

/// What holds for one address when everything the file says about it is put together.
///
/// @param expiryDelay time to live of messages that come without one
/// @param maxDeliveryAttempts failed deliveries before a message goes to the dead-letter address;
///   -1 for never
/// @param redeliveryDelayMultiplier what each further failure multiplies `redeliveryDelay` with, up
///   to `maxRedeliveryDelay`, or ten times `redeliveryDelay` where that is absent
/// @param maxSizeBytes bytes of messages before `fullPolicy` applies; -1 for no limit
public record AddressSettings(
    Optional<String> deadLetterAddress,
    Optional<String> expiryAddress,
    Optional<Duration> expiryDelay,
    int maxDeliveryAttempts,
    Duration redeliveryDelay,
    double redeliveryDelayMultiplier,
    Optional<Duration> maxRedeliveryDelay,
    long maxSizeBytes,
    FullPolicy fullPolicy,
    boolean autoCreateQueues,
    boolean autoCreateAddresses,
    boolean autoDeleteQueues,
    boolean autoDeleteAddresses,
    RoutingType defaultQueueRoutingType,
    RoutingType defaultAddressRoutingType,
    int defaultMaxConsumers) {

  /// Where the file says nothing.
  public static final AddressSettings DEFAULT =
      new AddressSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          10,
          Duration.ZERO,
          1.0,
          Optional.empty(),
          -1,
          FullPolicy.PAGE,
          true,
          true,
          true,
          true,
          RoutingType.MULTICAST,
          RoutingType.MULTICAST,
          -1);

  /// What happens to producers of an address that is full.
  public enum FullPolicy {
    /// They go on; the messages are in the log, not in memory.
    PAGE,
    /// They get no more credit.
    BLOCK,
    /// They are refused.
    FAIL,
    /// Their messages are thrown away.
    DROP
  }
}
