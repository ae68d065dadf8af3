package io.batonmq.server.config;

import java.time.Duration;

/// Binds what an `address-setting` says about times and dead ends.
final class TimeBinder {
  private static final Kind<Integer> MILLIS_OR_NONE = Values.number(-1, Integer.MAX_VALUE);

  private static final Setting<Integer> EXPIRY_DELAY =
      Setting.of(
          "expiry-delay",
          MILLIS_OR_NONE,
          "-1",
          "Milliseconds to live for messages that come without an expiry; -1 for ever. Where it is"
              + " given, `min-expiry-delay` and `max-expiry-delay` are not looked at.");
  private static final Setting<Integer> MIN_EXPIRY_DELAY =
      Setting.of(
          "min-expiry-delay",
          MILLIS_OR_NONE,
          "-1",
          "Milliseconds that a message lives at least; -1 for no minimum.");
  private static final Setting<Integer> MAX_EXPIRY_DELAY =
      Setting.of(
          "max-expiry-delay",
          MILLIS_OR_NONE,
          "-1",
          "Milliseconds that a message lives at most, one that comes without an expiry too (where"
              + " only the minimum is given, it gets that); -1 for no maximum.");
  private static final Setting<Boolean> NO_EXPIRY =
      Setting.of(
          "no-expiry", Values.FLAG, "false", "Whether nothing expires, whatever senders say.");
  private static final Setting<Duration> REDELIVERY_DELAY =
      Setting.of(
          "redelivery-delay",
          Values.MILLIS,
          "0",
          "How long a message waits after a failed delivery; others go on.");
  private static final Setting<Double> REDELIVERY_DELAY_MULTIPLIER =
      Setting.of(
          "redelivery-delay-multiplier",
          Values.FACTOR,
          "1.0",
          "What each further failure multiplies the delay with.");
  private static final Setting<Double> REDELIVERY_COLLISION_AVOIDANCE_FACTOR =
      Setting.of(
          "redelivery-collision-avoidance-factor",
          Values.PART,
          "0.0",
          "By what part of itself a delay may be longer or shorter, so that what failed together is"
              + " not tried together again.");
  private static final Setting<Integer> MAX_REDELIVERY_DELAY =
      Setting.of(
          "max-redelivery-delay",
          MILLIS_OR_NONE,
          "-1",
          "The longest delay, in milliseconds; -1 for ten times `redelivery-delay`.");

  private static final Setting<Boolean> AUTO_CREATE_DEAD_LETTER_RESOURCES =
      Setting.of(
          "auto-create-dead-letter-resources",
          Values.FLAG,
          "false",
          "Whether the dead letters of each address get a queue of their own at the dead-letter"
              + " address, made when it is needed.");
  private static final Setting<String> DEAD_LETTER_QUEUE_PREFIX =
      Setting.of(
          "dead-letter-queue-prefix",
          Values.TEXT_OR_NOTHING,
          "DLQ.",
          "What such a queue's name begins with.");
  private static final Setting<String> DEAD_LETTER_QUEUE_SUFFIX =
      Setting.of(
          "dead-letter-queue-suffix",
          Values.TEXT_OR_NOTHING,
          "What it ends with, behind the address.");
  private static final Setting<Boolean> AUTO_CREATE_EXPIRY_RESOURCES =
      Setting.of(
          "auto-create-expiry-resources",
          Values.FLAG,
          "false",
          "The same for expired messages at the expiry address.");
  private static final Setting<String> EXPIRY_QUEUE_PREFIX =
      Setting.of(
          "expiry-queue-prefix",
          Values.TEXT_OR_NOTHING,
          "EXP.",
          "What such a queue's name begins with.");
  private static final Setting<String> EXPIRY_QUEUE_SUFFIX =
      Setting.of(
          "expiry-queue-suffix", Values.TEXT_OR_NOTHING, "What it ends with, behind the address.");

  private TimeBinder() {}

  static Vocabulary words(Vocabulary vocabulary) {
    return vocabulary.honouring(
        EXPIRY_DELAY,
        MIN_EXPIRY_DELAY,
        MAX_EXPIRY_DELAY,
        NO_EXPIRY,
        REDELIVERY_DELAY,
        REDELIVERY_DELAY_MULTIPLIER,
        REDELIVERY_COLLISION_AVOIDANCE_FACTOR,
        MAX_REDELIVERY_DELAY,
        AUTO_CREATE_DEAD_LETTER_RESOURCES,
        DEAD_LETTER_QUEUE_PREFIX,
        DEAD_LETTER_QUEUE_SUFFIX,
        AUTO_CREATE_EXPIRY_RESOURCES,
        EXPIRY_QUEUE_PREFIX,
        EXPIRY_QUEUE_SUFFIX);
  }

  static TimeSettings read(Binding element) {
    return new TimeSettings(
        element.optional(EXPIRY_DELAY),
        element.optional(MIN_EXPIRY_DELAY),
        element.optional(MAX_EXPIRY_DELAY),
        element.optional(NO_EXPIRY),
        element.optional(REDELIVERY_DELAY),
        element.optional(REDELIVERY_DELAY_MULTIPLIER),
        element.optional(REDELIVERY_COLLISION_AVOIDANCE_FACTOR),
        element.optional(MAX_REDELIVERY_DELAY),
        new TimeSettings.OwnQueues(
            element.optional(AUTO_CREATE_DEAD_LETTER_RESOURCES),
            element.optional(DEAD_LETTER_QUEUE_PREFIX),
            element.optional(DEAD_LETTER_QUEUE_SUFFIX)),
        new TimeSettings.OwnQueues(
            element.optional(AUTO_CREATE_EXPIRY_RESOURCES),
            element.optional(EXPIRY_QUEUE_PREFIX),
            element.optional(EXPIRY_QUEUE_SUFFIX)));
  }
}
