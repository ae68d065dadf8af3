package io.batonmq.server.config;

import io.batonmq.message.RoutingType;
import java.util.Optional;

/// What holds for one address when everything the file says about it is put together.
///
/// @param maxDeliveryAttempts failed deliveries before a message goes to the dead-letter address;
///   -1 for never
/// @param maxSizeBytes bytes of messages before `fullPolicy` applies; -1 for no limit
/// @param maxSizeMessages messages before it does; -1 for no limit
/// @param sendToDlaOnNoRoute whether a message that no queue takes goes to the dead-letter address
public record AddressSettings(
    Optional<String> deadLetterAddress,
    Optional<String> expiryAddress,
    int maxDeliveryAttempts,
    long maxSizeBytes,
    long maxSizeMessages,
    FullPolicy fullPolicy,
    boolean autoCreateQueues,
    boolean autoCreateAddresses,
    RoutingType defaultQueueRoutingType,
    RoutingType defaultAddressRoutingType,
    QueueOptions queues,
    TimeSettings times,
    AutoDeleteSettings autoDelete,
    boolean sendToDlaOnNoRoute,
    SlowConsumerSettings slowConsumers,
    RecoverySettings recovery) {

  /// Where the file says nothing.
  public static final AddressSettings DEFAULT =
      new AddressSettings(
          Optional.empty(),
          Optional.empty(),
          10,
          -1,
          -1,
          FullPolicy.PAGE,
          true,
          true,
          RoutingType.MULTICAST,
          RoutingType.MULTICAST,
          QueueOptions.DEFAULT,
          TimeSettings.DEFAULT,
          AutoDeleteSettings.DEFAULT,
          false,
          SlowConsumerSettings.DEFAULT,
          RecoverySettings.NONE);

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
