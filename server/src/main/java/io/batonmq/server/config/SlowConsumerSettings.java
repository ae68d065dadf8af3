package io.batonmq.server.config;

import java.util.Optional;

/// What the file says about consumers that settle too few messages. What is absent is left to a more general
/// setting.
///
/// @param threshold messages in a unit that are enough; -1 for any number
/// @param unit what they are counted in
/// @param checkPeriod seconds between two looks
/// @param policy what becomes of those that settle fewer
public record SlowConsumerSettings(
    Optional<Long> threshold,
    Optional<Unit> unit,
    Optional<Long> checkPeriod,
    Optional<Policy> policy) {

  /// What messages are counted in.
  public enum Unit {
    /// The usual one.
    MESSAGES_PER_SECOND,
    /// For work that takes seconds.
    MESSAGES_PER_MINUTE,
    /// For work that takes minutes.
    MESSAGES_PER_HOUR,
    /// For work that takes hours.
    MESSAGES_PER_DAY
  }

  /// What becomes of a slow consumer.
  public enum Policy {
    /// Its connection is closed.
    KILL,
    /// The log of the node says so.
    NOTIFY
  }

  /// Where the file says nothing.
  public static final SlowConsumerSettings DEFAULT =
      new SlowConsumerSettings(
          Optional.of(-1L),
          Optional.of(Unit.MESSAGES_PER_SECOND),
          Optional.of(5L),
          Optional.of(Policy.NOTIFY));

  /// These settings where they say something, `general` where not.
  SlowConsumerSettings over(SlowConsumerSettings general) {
    return new SlowConsumerSettings(
        threshold.or(general::threshold),
        unit.or(general::unit),
        checkPeriod.or(general::checkPeriod),
        policy.or(general::policy));
  }
}
