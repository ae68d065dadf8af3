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
/// @param queues what a queue of it is made with, as far as nothing is said about that queue
/// @param redelivery how long a message waits after an attempt that failed
/// @param lifetime how long its messages live
/// @param deadLetterQueues whether its dead letters get a queue of their own
/// @param expiryQueues whether its expired messages do
/// @param autoDelete whether it and its queues go when nobody uses them any more
/// @param deadLettersUnrouted whether a message that no queue takes goes to the dead-letter address
/// @param slowConsumers from when on a consumer is slow, and what follows
/// @param recovery what is kept for subscriptions that come later
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
    QueueSettings queues,
    Redelivery redelivery,
    Lifetime lifetime,
    OwnQueues deadLetterQueues,
    OwnQueues expiryQueues,
    AutoDelete autoDelete,
    boolean deadLettersUnrouted,
    SlowConsumers slowConsumers,
    Recovery recovery) {

  /// What holds where nothing was configured.
  public static final AddressSettings DEFAULTS =
      new AddressSettings(
          null,
          null,
          10,
          -1,
          -1,
          FullPolicy.PAGE,
          true,
          true,
          RoutingType.MULTICAST,
          QueueSettings.DEFAULTS,
          Redelivery.DEFAULTS,
          Lifetime.DEFAULTS,
          OwnQueues.DEAD_LETTER_DEFAULTS,
          OwnQueues.EXPIRY_DEFAULTS,
          AutoDelete.DEFAULTS,
          false,
          SlowConsumers.DEFAULTS,
          Recovery.NONE);

  /// What one configured entry says; null where it says nothing. An empty dead-letter or expiry address takes back
  /// what a more general entry says: messages are dropped.
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
      QueueSettings.Overrides queues,
      Redelivery.Overrides redelivery,
      Lifetime.Overrides lifetime,
      OwnQueues.Overrides deadLetterQueues,
      OwnQueues.Overrides expiryQueues,
      AutoDelete.Overrides autoDelete,
      @Nullable Boolean deadLettersUnrouted,
      SlowConsumers.Overrides slowConsumers,
      @Nullable Recovery recovery) {

    /// An entry that says nothing.
    public static final Overrides NONE =
        new Overrides(null, null, null, null, null, null, null, null, null, null);

    /// An entry that says nothing about times, own queues at dead ends, what goes by itself, unrouted messages and
    /// slow consumers, and of queues only how many consumers they may have.
    public Overrides(
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
      this(
          deadLetterAddress,
          expiryAddress,
          maxDeliveryAttempts,
          maxSizeBytes,
          maxSizeMessages,
          fullPolicy,
          autoCreateAddresses,
          autoCreateQueues,
          defaultAddressRouting,
          QueueSettings.Overrides.consumers(maxConsumers),
          Redelivery.Overrides.NONE,
          Lifetime.Overrides.NONE,
          OwnQueues.Overrides.NONE,
          OwnQueues.Overrides.NONE,
          AutoDelete.Overrides.NONE,
          null,
          SlowConsumers.Overrides.NONE,
          null);
    }

    /// The same with settings of queues.
    public Overrides with(QueueSettings.Overrides newQueues) {
      return with(
          newQueues,
          redelivery,
          lifetime,
          deadLetterQueues,
          expiryQueues,
          autoDelete,
          deadLettersUnrouted,
          slowConsumers);
    }

    /// The same with delays after failures.
    public Overrides with(Redelivery.Overrides newRedelivery) {
      return with(
          queues,
          newRedelivery,
          lifetime,
          deadLetterQueues,
          expiryQueues,
          autoDelete,
          deadLettersUnrouted,
          slowConsumers);
    }

    /// The same with lifetimes.
    public Overrides with(Lifetime.Overrides newLifetime) {
      return with(
          queues,
          redelivery,
          newLifetime,
          deadLetterQueues,
          expiryQueues,
          autoDelete,
          deadLettersUnrouted,
          slowConsumers);
    }

    /// The same with own queues at dead ends.
    public Overrides with(OwnQueues.Overrides newDeadLetters, OwnQueues.Overrides newExpired) {
      return with(
          queues,
          redelivery,
          lifetime,
          newDeadLetters,
          newExpired,
          autoDelete,
          deadLettersUnrouted,
          slowConsumers);
    }

    /// The same with what goes by itself.
    public Overrides with(AutoDelete.Overrides newAutoDelete) {
      return with(
          queues,
          redelivery,
          lifetime,
          deadLetterQueues,
          expiryQueues,
          newAutoDelete,
          deadLettersUnrouted,
          slowConsumers);
    }

    /// The same with what becomes of unrouted messages.
    public Overrides withDeadLettersUnrouted(boolean unrouted) {
      return with(
          queues,
          redelivery,
          lifetime,
          deadLetterQueues,
          expiryQueues,
          autoDelete,
          unrouted,
          slowConsumers);
    }

    /// The same about what is kept for subscriptions that come later.
    public Overrides with(Recovery newRecovery) {
      return new Overrides(
          deadLetterAddress,
          expiryAddress,
          maxDeliveryAttempts,
          maxSizeBytes,
          maxSizeMessages,
          fullPolicy,
          autoCreateAddresses,
          autoCreateQueues,
          defaultAddressRouting,
          queues,
          redelivery,
          lifetime,
          deadLetterQueues,
          expiryQueues,
          autoDelete,
          deadLettersUnrouted,
          slowConsumers,
          newRecovery);
    }

    /// The same about slow consumers.
    public Overrides with(SlowConsumers.Overrides newSlowConsumers) {
      return with(
          queues,
          redelivery,
          lifetime,
          deadLetterQueues,
          expiryQueues,
          autoDelete,
          deadLettersUnrouted,
          newSlowConsumers);
    }

    private Overrides with(
        QueueSettings.Overrides newQueues,
        Redelivery.Overrides newRedelivery,
        Lifetime.Overrides newLifetime,
        OwnQueues.Overrides newDeadLetters,
        OwnQueues.Overrides newExpired,
        AutoDelete.Overrides newAutoDelete,
        @Nullable Boolean newDeadLettersUnrouted,
        SlowConsumers.Overrides newSlowConsumers) {
      return new Overrides(
          deadLetterAddress,
          expiryAddress,
          maxDeliveryAttempts,
          maxSizeBytes,
          maxSizeMessages,
          fullPolicy,
          autoCreateAddresses,
          autoCreateQueues,
          defaultAddressRouting,
          newQueues,
          newRedelivery,
          newLifetime,
          newDeadLetters,
          newExpired,
          newAutoDelete,
          newDeadLettersUnrouted,
          newSlowConsumers,
          recovery);
    }
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
        queues.with(overrides.queues),
        redelivery.with(overrides.redelivery),
        lifetime.with(overrides.lifetime),
        deadLetterQueues.with(overrides.deadLetterQueues),
        expiryQueues.with(overrides.expiryQueues),
        autoDelete.with(overrides.autoDelete),
        overrides.deadLettersUnrouted != null ? overrides.deadLettersUnrouted : deadLettersUnrouted,
        slowConsumers.with(overrides.slowConsumers),
        overrides.recovery != null ? overrides.recovery : recovery);
  }

  private static @Nullable String either(@Nullable String first, @Nullable String second) {
    return first == null ? second : first.isEmpty() ? null : first;
  }
}
