package io.batonmq.server.config;

import java.util.Optional;

/// What the file says about queues and addresses that go by themselves. What is absent is left to a more general
/// setting. Delays are in milliseconds.
///
/// @param queues whether queues do that were made because they were used
/// @param createdQueues whether anycast queues do that were made by command
/// @param queuesDelay how long they are without consumers first
/// @param queuesMessageCount messages that may go with one; -1 for any number
/// @param queuesSkipUsageCheck whether those do that were never used
/// @param addresses whether addresses do that were made because they were used
/// @param addressesDelay how long they are without queues first
/// @param addressesSkipUsageCheck whether those do that never had a queue
public record AutoDeleteSettings(
    Optional<Boolean> queues,
    Optional<Boolean> createdQueues,
    Optional<Long> queuesDelay,
    Optional<Long> queuesMessageCount,
    Optional<Boolean> queuesSkipUsageCheck,
    Optional<Boolean> addresses,
    Optional<Long> addressesDelay,
    Optional<Boolean> addressesSkipUsageCheck) {

  /// Where the file says nothing.
  public static final AutoDeleteSettings DEFAULT =
      new AutoDeleteSettings(
          Optional.of(true),
          Optional.of(false),
          Optional.of(0L),
          Optional.of(0L),
          Optional.of(false),
          Optional.of(true),
          Optional.of(0L),
          Optional.of(false));

  /// These settings where they say something, `general` where not.
  AutoDeleteSettings over(AutoDeleteSettings general) {
    return new AutoDeleteSettings(
        queues.or(general::queues),
        createdQueues.or(general::createdQueues),
        queuesDelay.or(general::queuesDelay),
        queuesMessageCount.or(general::queuesMessageCount),
        queuesSkipUsageCheck.or(general::queuesSkipUsageCheck),
        addresses.or(general::addresses),
        addressesDelay.or(general::addressesDelay),
        addressesSkipUsageCheck.or(general::addressesSkipUsageCheck));
  }
}
