package io.batonmq.server.config;

import java.util.Optional;

/// Binds what decides who gets a queue's messages and what stays in it: the attributes of a `queue`, and what
/// an `address-setting` says for the queues that say nothing themselves.
final class QueueBinder {
  private static final Kind<Integer> CONSUMERS = consumers();
  private static final Kind<Integer> BUCKETS = Values.number(-1, Integer.MAX_VALUE);
  private static final Kind<Integer> COUNT = Values.number(0, Integer.MAX_VALUE);
  private static final Kind<Long> MILLIS = Values.millisOrNone();
  private static final Kind<String> KEY = Values.symbol();
  private static final Kind<Long> LIMIT = Values.limit();

  private static final Of QUEUE =
      new Of(
          Setting.of("max-consumers", CONSUMERS, "Consumers at a time; -1 for any number.")
              .asAttribute(),
          Setting.of(
                  "exclusive",
                  Values.FLAG,
                  "Whether one of its consumers gets everything; the next one takes over when it"
                      + " leaves.")
              .asAttribute(),
          Setting.of(
                  "group-buckets",
                  BUCKETS,
                  "Owners of message groups, by hash of the group; -1: each group has its own; 0:"
                      + " groups mean nothing.")
              .asAttribute(),
          Setting.of(
                  "group-rebalance",
                  Values.FLAG,
                  "Whether all groups are given anew when a consumer comes.")
              .asAttribute(),
          Setting.of(
                  "group-rebalance-pause-dispatch",
                  Values.FLAG,
                  "Whether the queue gives nothing then until what is out of its groups is"
                      + " settled.")
              .asAttribute(),
          Setting.of(
                  "group-first-key",
                  KEY,
                  "Message annotation (`true`) of the first message of a group that a consumer"
                      + " gets.")
              .asAttribute(),
          Setting.of(
                  "consumers-before-dispatch",
                  COUNT,
                  "Consumers that have to be there before the queue gives anything.")
              .asAttribute(),
          Setting.of(
                  "delay-before-dispatch",
                  MILLIS,
                  "Milliseconds after the first consumer came that it waits for them; -1 for ever.")
              .asAttribute(),
          Setting.of(
                  "ring-size",
                  LIMIT,
                  "Messages that nobody has and that it keeps: the newest; -1 for all.")
              .asAttribute(),
          Setting.of(
                  "last-value",
                  Values.FLAG,
                  "Whether a message replaces an earlier one with the same value that nobody has.")
              .asAttribute(),
          Setting.of(
                  "last-value-key",
                  KEY,
                  "The property that has the value; without it `_AMQ_LVQ_NAME`. Who names one means"
                      + " `last-value` too.")
              .asAttribute(),
          Setting.of("non-destructive", Values.FLAG, "Whether messages stay whoever consumes them.")
              .asAttribute(),
          Setting.of(
                  "purge-on-no-consumers",
                  Values.FLAG,
                  "Whether its messages go with the last consumer, and none come in while there is"
                      + " none.")
              .asAttribute());

  private static final Of DEFAULTS =
      new Of(
          Setting.of(
              "default-max-consumers",
              CONSUMERS,
              "-1",
              "`max-consumers` of a queue that does not say it; as all of these, when it is made."),
          Setting.of(
              "default-exclusive-queue",
              Values.FLAG,
              "false",
              "`exclusive` of a queue that does not say it."),
          Setting.of(
              "default-group-buckets",
              BUCKETS,
              "-1",
              "`group-buckets` of a queue that does not say it."),
          Setting.of(
              "default-group-rebalance",
              Values.FLAG,
              "false",
              "`group-rebalance` of a queue that does not say it."),
          Setting.of(
              "default-group-rebalance-pause-dispatch",
              Values.FLAG,
              "false",
              "`group-rebalance-pause-dispatch` of a queue that does not say it."),
          Setting.of(
              "default-group-first-key", KEY, "`group-first-key` of a queue that does not say it."),
          Setting.of(
              "default-consumers-before-dispatch",
              COUNT,
              "0",
              "`consumers-before-dispatch` of a queue that does not say it."),
          Setting.of(
              "default-delay-before-dispatch",
              MILLIS,
              "-1",
              "`delay-before-dispatch` of a queue that does not say it."),
          Setting.of(
              "default-ring-size", LIMIT, "-1", "`ring-size` of a queue that does not say it."),
          Setting.of(
              "default-last-value-queue",
              Values.FLAG,
              "false",
              "`last-value` of a queue that does not say it."),
          Setting.of(
              "default-last-value-key", KEY, "`last-value-key` of a queue that does not say it."),
          Setting.of(
              "default-non-destructive",
              Values.FLAG,
              "false",
              "`non-destructive` of a queue that does not say it."),
          Setting.of(
              "default-purge-on-no-consumers",
              Values.FLAG,
              "false",
              "`purge-on-no-consumers` of a queue that does not say it; not of subscriptions, nor"
                  + " of dead-letter and expiry queues that are made when they are needed."));

  /// The older name of `default-last-value-queue`.
  private static final Setting<Boolean> LAST_VALUE_QUEUE =
      Setting.of(
          "last-value-queue", Values.FLAG, "false", "The same as `default-last-value-queue`.");

  /// The same options by the names of one place.
  private record Of(
      Setting<Integer> maxConsumers,
      Setting<Boolean> exclusive,
      Setting<Integer> groupBuckets,
      Setting<Boolean> groupRebalance,
      Setting<Boolean> groupRebalancePauseDispatch,
      Setting<String> groupFirstKey,
      Setting<Integer> consumersBeforeDispatch,
      Setting<Long> delayBeforeDispatch,
      Setting<Long> ringSize,
      Setting<Boolean> lastValue,
      Setting<String> lastValueKey,
      Setting<Boolean> nonDestructive,
      Setting<Boolean> purgeOnNoConsumers) {

    Vocabulary words(Vocabulary vocabulary) {
      return vocabulary.honouring(
          maxConsumers,
          exclusive,
          groupBuckets,
          groupRebalance,
          groupRebalancePauseDispatch,
          groupFirstKey,
          consumersBeforeDispatch,
          delayBeforeDispatch,
          ringSize,
          lastValue,
          lastValueKey,
          nonDestructive,
          purgeOnNoConsumers);
    }

    QueueOptions read(Binding element, Optional<Boolean> olderLastValue) {
      return new QueueOptions(
          element.optional(maxConsumers),
          element.optional(exclusive),
          element.optional(groupBuckets),
          element.optional(groupRebalance),
          element.optional(groupRebalancePauseDispatch),
          element.optional(groupFirstKey),
          element.optional(consumersBeforeDispatch),
          element.optional(delayBeforeDispatch),
          new QueueOptions.Keeping(
              element.optional(ringSize),
              element.optional(lastValue).or(() -> olderLastValue),
              element.optional(lastValueKey),
              element.optional(nonDestructive),
              element.optional(purgeOnNoConsumers)));
    }
  }

  private QueueBinder() {}

  private static Kind<Integer> consumers() {
    var words = "-1 or a whole number from 1";
    var number = Values.number(-1, Integer.MAX_VALUE);
    return new Kind<>(
        words,
        text -> {
          int count = number.read(text);
          if (count == 0) {
            throw new IllegalArgumentException("\"0\" is not " + words);
          }
          return count;
        });
  }

  static Vocabulary queueWords(Vocabulary vocabulary) {
    return QUEUE.words(vocabulary);
  }

  static Vocabulary settingWords(Vocabulary vocabulary) {
    return DEFAULTS.words(vocabulary).honouring(LAST_VALUE_QUEUE);
  }

  /// What a `queue` says.
  static QueueOptions ofQueue(Binding element) {
    return QUEUE.read(element, Optional.empty());
  }

  /// What an `address-setting` says for queues that say nothing.
  static QueueOptions ofSetting(Binding element) {
    return DEFAULTS.read(element, element.optional(LAST_VALUE_QUEUE));
  }
}
