package io.batonmq.server.config;

import java.util.Optional;

/// What the file says about a queue beside its name and what it takes in, or about the queues of some addresses.
/// What is absent is left to a more general setting.
///
/// @param maxConsumers how many at a time; -1 for any number
/// @param exclusive whether one consumer gets everything
/// @param groupBuckets owners of groups, by hash; -1: each group has its own, 0: groups mean nothing
/// @param groupRebalance whether groups are given anew when a consumer comes
/// @param groupRebalancePauseDispatch whether nothing is given then until what is out is settled
/// @param groupFirstKey annotation of the first message of a group for its owner
/// @param consumersBeforeDispatch consumers that are waited for before anything is given
/// @param delayBeforeDispatch for how many milliseconds; -1 for ever
/// @param keeping what stays in it
public record QueueOptions(
    Optional<Integer> maxConsumers,
    Optional<Boolean> exclusive,
    Optional<Integer> groupBuckets,
    Optional<Boolean> groupRebalance,
    Optional<Boolean> groupRebalancePauseDispatch,
    Optional<String> groupFirstKey,
    Optional<Integer> consumersBeforeDispatch,
    Optional<Long> delayBeforeDispatch,
    Keeping keeping) {

  /// What stays in a queue.
  ///
  /// @param ringSize how many messages that nobody has; -1 for any number
  /// @param lastValue whether only the newest with the same value
  /// @param lastValueKey the property that has the value
  /// @param nonDestructive whether it stays whoever consumes it
  /// @param purgeOnNoConsumers whether nothing stays while nobody consumes
  public record Keeping(
      Optional<Long> ringSize,
      Optional<Boolean> lastValue,
      Optional<String> lastValueKey,
      Optional<Boolean> nonDestructive,
      Optional<Boolean> purgeOnNoConsumers) {
    /// Where the file says nothing.
    public static final Keeping DEFAULT =
        new Keeping(
            Optional.of(-1L),
            Optional.of(false),
            Optional.empty(),
            Optional.of(false),
            Optional.of(false));

    Keeping over(Keeping general) {
      return new Keeping(
          ringSize.or(general::ringSize),
          lastValue.or(general::lastValue),
          lastValueKey.or(general::lastValueKey),
          nonDestructive.or(general::nonDestructive),
          purgeOnNoConsumers.or(general::purgeOnNoConsumers));
    }
  }

  /// Where the file says nothing.
  public static final QueueOptions DEFAULT =
      new QueueOptions(
          Optional.of(-1),
          Optional.of(false),
          Optional.of(-1),
          Optional.of(false),
          Optional.of(false),
          Optional.empty(),
          Optional.of(0),
          Optional.of(-1L),
          Keeping.DEFAULT);

  /// These options where they say something, `general` where not.
  QueueOptions over(QueueOptions general) {
    return new QueueOptions(
        maxConsumers.or(general::maxConsumers),
        exclusive.or(general::exclusive),
        groupBuckets.or(general::groupBuckets),
        groupRebalance.or(general::groupRebalance),
        groupRebalancePauseDispatch.or(general::groupRebalancePauseDispatch),
        groupFirstKey.or(general::groupFirstKey),
        consumersBeforeDispatch.or(general::consumersBeforeDispatch),
        delayBeforeDispatch.or(general::delayBeforeDispatch),
        keeping.over(general.keeping()));
  }
}
