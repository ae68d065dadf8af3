package io.batonmq.broker;

import org.jspecify.annotations.Nullable;

/// Which queues and addresses go by themselves when nobody uses them any more. Those that the configuration asks
/// for never do.
///
/// @param queues whether queues do that were made because somebody used them
/// @param createdQueues whether anycast queues do that an operator made
/// @param queuesDelayMillis how long a queue has been without consumers then, at least
/// @param queuesMessageCount with how many messages in it, at most; -1 for any number
/// @param queuesNeverUsed whether those too that never had a consumer, and that nothing ever left
/// @param addresses whether addresses do that were made because somebody used them, once they have no queues
/// @param addressesDelayMillis how long an address has had no queues then, at least
/// @param addressesNeverUsed whether those too that never had a queue
public record AutoDelete(
    boolean queues,
    boolean createdQueues,
    long queuesDelayMillis,
    long queuesMessageCount,
    boolean queuesNeverUsed,
    boolean addresses,
    long addressesDelayMillis,
    boolean addressesNeverUsed) {

  /// Whatever is in it.
  public static final long ANY_COUNT = -1;

  /// What holds where nothing was configured: what was made by its use goes, empty and at once.
  public static final AutoDelete DEFAULTS =
      new AutoDelete(true, false, 0, 0, false, true, 0, false);

  /// What one configured entry says; null where it says nothing.
  public record Overrides(
      @Nullable Boolean queues,
      @Nullable Boolean createdQueues,
      @Nullable Long queuesDelayMillis,
      @Nullable Long queuesMessageCount,
      @Nullable Boolean queuesNeverUsed,
      @Nullable Boolean addresses,
      @Nullable Long addressesDelayMillis,
      @Nullable Boolean addressesNeverUsed) {

    /// An entry that says nothing.
    public static final Overrides NONE =
        new Overrides(null, null, null, null, null, null, null, null);

    /// An entry by which everything stays.
    public static final Overrides NEVER =
        new Overrides(false, false, null, null, null, false, null, null);
  }

  AutoDelete with(Overrides overrides) {
    return new AutoDelete(
        overrides.queues != null ? overrides.queues : queues,
        overrides.createdQueues != null ? overrides.createdQueues : createdQueues,
        overrides.queuesDelayMillis != null ? overrides.queuesDelayMillis : queuesDelayMillis,
        overrides.queuesMessageCount != null ? overrides.queuesMessageCount : queuesMessageCount,
        overrides.queuesNeverUsed != null ? overrides.queuesNeverUsed : queuesNeverUsed,
        overrides.addresses != null ? overrides.addresses : addresses,
        overrides.addressesDelayMillis != null
            ? overrides.addressesDelayMillis
            : addressesDelayMillis,
        overrides.addressesNeverUsed != null ? overrides.addressesNeverUsed : addressesNeverUsed);
  }

  /// Whether it is about so many messages.
  boolean allows(int messages) {
    return queuesMessageCount == ANY_COUNT || messages <= queuesMessageCount;
  }
}
