package io.batonmq.server.config;

import io.batonmq.message.AddressPattern;
import io.batonmq.message.RoutingType;
import io.batonmq.server.config.AddressSettings.FullPolicy;
import java.time.Duration;
import java.util.Optional;

/// What one `policyEntry` comes to, with the defaults of Classic filled in: there the most special entry decides
/// alone, while address settings are laid over each other.
///
/// @param deadLetters where dead and expired messages go
/// @param full when a queue is full, and what then; absent: never
/// @param queues who gets a queue's messages
/// @param unusedMillis how long nobody uses a destination before it goes; absent: it stays
/// @param recovery what a topic keeps for subscriptions that come later
record ClassicPolicy(
    DeadLetters deadLetters,
    Optional<Full> full,
    QueueOptions queues,
    Optional<Long> unusedMillis,
    RecoverySettings recovery) {

  static final QueueOptions.Keeping NOTHING_KEPT =
      new QueueOptions.Keeping(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /// Of a queue of which the file says nothing.
  static final QueueOptions NO_OPTIONS =
      new QueueOptions(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          NOTHING_KEPT);

  /// Where the file says nothing.
  static final ClassicPolicy USUAL =
      new ClassicPolicy(
          new DeadLetters(DeadLetters.SHARED, Optional.empty(), "", true),
          Optional.empty(),
          QueueOptions.DEFAULT,
          Optional.empty(),
          RecoverySettings.NONE);

  /// Where dead messages go, and expired ones.
  ///
  /// @param address empty: they are dropped
  /// @param prefix of the queue that each destination has there; absent: they share one
  /// @param expired whether expired messages go there too; else they are dropped
  record DeadLetters(String address, Optional<String> prefix, String suffix, boolean expired) {
    static final String SHARED = "ActiveMQ.DLQ";
  }

  /// @param bytes of messages in a queue
  record Full(long bytes, FullPolicy policy) {}

  /// How often and when a message is tried again.
  ///
  /// @param attempts -1 for any number: Classic leaves it to the client, who gives messages up
  record Redelivery(int attempts, TimeSettings times) {
    static final Redelivery BY_CLIENT = new Redelivery(-1, TimeSettings.DEFAULT);
  }

  AddressSetting setting(AddressPattern match, Redelivery redelivery) {
    var own =
        new TimeSettings.OwnQueues(
            Optional.of(deadLetters.prefix().isPresent()),
            Optional.of(deadLetters.prefix().orElse("DLQ.")),
            Optional.of(deadLetters.suffix()));
    var times = redelivery.times();
    return new AddressSetting(
        match,
        Optional.of(deadLetters.address()),
        Optional.of(deadLetters.expired() ? deadLetters.address() : ""),
        Optional.of(redelivery.attempts()),
        Optional.of(full.map(Full::bytes).orElse(-1L)),
        Optional.of(-1L),
        Optional.of(full.map(Full::policy).orElse(FullPolicy.PAGE)),
        Optional.of(true),
        Optional.of(true),
        Optional.empty(),
        Optional.of(RoutingType.ANYCAST),
        queues,
        new TimeSettings(
            times.expiryDelay(),
            times.minExpiryDelay(),
            times.maxExpiryDelay(),
            times.noExpiry(),
            times.redeliveryDelay().or(() -> Optional.of(Duration.ZERO)),
            times.redeliveryDelayMultiplier(),
            times.redeliveryCollisionAvoidanceFactor(),
            times.maxRedeliveryDelay(),
            own,
            own),
        autoDelete(),
        Optional.of(false),
        SlowConsumerSettings.DEFAULT,
        Optional.of(recovery));
  }

  private AutoDeleteSettings autoDelete() {
    boolean goes = unusedMillis.isPresent();
    long delay = unusedMillis.orElse(0L);
    return new AutoDeleteSettings(
        Optional.of(goes),
        Optional.of(goes),
        Optional.of(delay),
        Optional.of(0L),
        Optional.of(true),
        Optional.of(goes),
        Optional.of(delay),
        Optional.of(true));
  }
}
