package io.batonmq.broker;

import io.batonmq.message.AddressPattern;
import io.batonmq.message.RoutingType;
import org.jspecify.annotations.Nullable;

/// How the broker treats an address and its queues.
///
/// @param deadLetterAddress where messages go that could not be delivered; null: they are dropped
/// @param expiryAddress where messages go whose time is over; null: they are dropped
/// @param maxDeliveryAttempts after how many failed attempts a message is dead, -1 for never
/// @param maxSizeBytes how much its queues may hold, -1 for any amount
/// @param maxSizeMessages how many messages each of its queues may hold, -1 for any number
/// @param fullPolicy what happens beyond that
/// @param autoCreateAddresses whether it is made when it is used
/// @param autoCreateQueues whether its anycast queue is made when it is used
/// @param defaultAddressRouting what it is made as where the peer did not say
/// @param maxConsumers how many consumers a queue made for it may have, 0 for any number
public record AddressSettings(
    @Nullable String deadLetterAddress,
    @Nullable String expiryAddress,
    int maxDeliveryAttempts,
    long maxSizeBytes,
    long maxSizeMessages,
    FullPolicy fullPolicy,
    boolean autoCreateAddresses,
    boolean autoCreateQueues,
    RoutingType defaultAddressRouting,
    int maxConsumers) {

  /// What holds where nothing was configured.
  public static final AddressSettings DEFAULTS =
      new AddressSettings(
          null, null, 10, -1, -1, FullPolicy.PAGE, true, true, RoutingType.MULTICAST, 0);

  /// What one configured entry says; null where it says nothing.
  public record Overrides(
      @Nullable String deadLetterAddress,
      @Nullable String expiryAddress,
      @Nullable Integer maxDeliveryAttempts,
      @Nullable Long maxSizeBytes,
      @Nullable Long maxSizeMessages,
      @Nullable FullPolicy fullPolicy,
      @Nullable Boolean autoCreateAddresses,
      @Nullable Boolean autoCreateQueues,
      @Nullable RoutingType defaultAddressRouting,
      @Nullable Integer maxConsumers) {

    /// An entry that says nothing.
    public static final Overrides NONE =
        new Overrides(null, null, null, null, null, null, null, null, null, null);
  }

  /// An entry for the addresses that a pattern matches.
  ///
  /// @param match see [AddressPattern]
  public record Rule(AddressPattern match, Overrides overrides) {}

  /// These settings, changed by what an entry says.
  public AddressSettings with(Overrides overrides) {
    return new AddressSettings(
        either(overrides.deadLetterAddress, deadLetterAddress),
        either(overrides.expiryAddress, expiryAddress),
        overrides.maxDeliveryAttempts != null ? overrides.maxDeliveryAttempts : maxDeliveryAttempts,
        overrides.maxSizeBytes != null ? overrides.maxSizeBytes : maxSizeBytes,
        overrides.maxSizeMessages != null ? overrides.maxSizeMessages : maxSizeMessages,
        overrides.fullPolicy != null ? overrides.fullPolicy : fullPolicy,
        overrides.autoCreateAddresses != null ? overrides.autoCreateAddresses : autoCreateAddresses,
        overrides.autoCreateQueues != null ? overrides.autoCreateQueues : autoCreateQueues,
        overrides.defaultAddressRouting != null
            ? overrides.defaultAddressRouting
            : defaultAddressRouting,
        overrides.maxConsumers != null ? overrides.maxConsumers : maxConsumers);
  }

  private static @Nullable String either(@Nullable String first, @Nullable String second) {
    return first != null ? first : second;
  }
}
