package io.batonmq.server.config;

import java.time.Duration;
import java.util.Optional;

/// What the file says about the times of an address's messages, and about where they go when these are over.
/// What is absent is left to a more general setting. Delays in milliseconds as numbers are -1 for none.
///
/// @param expiryDelay time to live of messages that come without one
/// @param minExpiryDelay shortest time to live
/// @param maxExpiryDelay longest time to live
/// @param noExpiry whether nothing expires
/// @param redeliveryDelay how long a message waits after a failed delivery
/// @param redeliveryDelayMultiplier what each further failure multiplies that with, up to `maxRedeliveryDelay`, or
///   ten times `redeliveryDelay` where that is absent or -1
/// @param redeliveryCollisionAvoidanceFactor by what part of itself a delay may be longer or shorter
public record TimeSettings(
    Optional<Integer> expiryDelay,
    Optional<Integer> minExpiryDelay,
    Optional<Integer> maxExpiryDelay,
    Optional<Boolean> noExpiry,
    Optional<Duration> redeliveryDelay,
    Optional<Double> redeliveryDelayMultiplier,
    Optional<Double> redeliveryCollisionAvoidanceFactor,
    Optional<Integer> maxRedeliveryDelay,
    OwnQueues deadLetterQueues,
    OwnQueues expiryQueues) {

  /// Queues at a dead-letter or expiry address for what comes from one address each.
  public record OwnQueues(
      Optional<Boolean> autoCreate, Optional<String> prefix, Optional<String> suffix) {
    private static OwnQueues none(String prefix) {
      return new OwnQueues(Optional.of(false), Optional.of(prefix), Optional.of(""));
    }

    OwnQueues over(OwnQueues general) {
      return new OwnQueues(
          autoCreate.or(general::autoCreate),
          prefix.or(general::prefix),
          suffix.or(general::suffix));
    }
  }

  /// Where the file says nothing.
  public static final TimeSettings DEFAULT =
      new TimeSettings(
          Optional.of(-1),
          Optional.of(-1),
          Optional.of(-1),
          Optional.of(false),
          Optional.of(Duration.ZERO),
          Optional.of(1.0),
          Optional.of(0.0),
          Optional.of(-1),
          OwnQueues.none("DLQ."),
          OwnQueues.none("EXP."));

  /// These settings where they say something, `general` where not.
  TimeSettings over(TimeSettings general) {
    return new TimeSettings(
        expiryDelay.or(general::expiryDelay),
        minExpiryDelay.or(general::minExpiryDelay),
        maxExpiryDelay.or(general::maxExpiryDelay),
        noExpiry.or(general::noExpiry),
        redeliveryDelay.or(general::redeliveryDelay),
        redeliveryDelayMultiplier.or(general::redeliveryDelayMultiplier),
        redeliveryCollisionAvoidanceFactor.or(general::redeliveryCollisionAvoidanceFactor),
        maxRedeliveryDelay.or(general::maxRedeliveryDelay),
        deadLetterQueues.over(general.deadLetterQueues),
        expiryQueues.over(general.expiryQueues));
  }
}
