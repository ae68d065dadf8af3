package io.batonmq.server.config;

import io.batonmq.message.AddressPattern;
import io.batonmq.message.RoutingType;
import io.batonmq.server.config.AddressSettings.FullPolicy;
import java.util.Optional;

/// What the file says about the addresses that `match` fits. What is absent is left to a more
/// general setting, and at last to [AddressSettings#DEFAULT].
public record AddressSetting(
    AddressPattern match,
    Optional<String> deadLetterAddress,
    Optional<String> expiryAddress,
    Optional<Integer> maxDeliveryAttempts,
    Optional<Long> maxSizeBytes,
    Optional<Long> maxSizeMessages,
    Optional<FullPolicy> fullPolicy,
    Optional<Boolean> autoCreateQueues,
    Optional<Boolean> autoCreateAddresses,
    Optional<RoutingType> defaultQueueRoutingType,
    Optional<RoutingType> defaultAddressRoutingType,
    QueueOptions queues,
    TimeSettings times,
    AutoDeleteSettings autoDelete,
    Optional<Boolean> sendToDlaOnNoRoute,
    SlowConsumerSettings slowConsumers,
    Optional<RecoverySettings> recovery) {

  /// This setting where it says something, `general` where not.
  AddressSettings over(AddressSettings general) {
    return new AddressSettings(
        deadLetterAddress.or(general::deadLetterAddress),
        expiryAddress.or(general::expiryAddress),
        maxDeliveryAttempts.orElse(general.maxDeliveryAttempts()),
        maxSizeBytes.orElse(general.maxSizeBytes()),
        maxSizeMessages.orElse(general.maxSizeMessages()),
        fullPolicy.orElse(general.fullPolicy()),
        autoCreateQueues.orElse(general.autoCreateQueues()),
        autoCreateAddresses.orElse(general.autoCreateAddresses()),
        defaultQueueRoutingType.orElse(general.defaultQueueRoutingType()),
        defaultAddressRoutingType.orElse(general.defaultAddressRoutingType()),
        queues.over(general.queues()),
        times.over(general.times()),
        autoDelete.over(general.autoDelete()),
        sendToDlaOnNoRoute.orElse(general.sendToDlaOnNoRoute()),
        slowConsumers.over(general.slowConsumers()),
        recovery.orElse(general.recovery()));
  }
}
