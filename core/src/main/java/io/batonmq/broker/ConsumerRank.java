package io.batonmq.broker;

/// What a consumer is among those of its queue.
///
/// @param exclusive whether it wants everything for itself: of those that do, the one of the highest priority that
///     came first has it, and all others wait
/// @param priority consumers of a higher one are served first, as long as they have credit
public record ConsumerRank(boolean exclusive, int priority) {
  /// One like most others.
  public static final ConsumerRank USUAL = new ConsumerRank(false, 0);
}
