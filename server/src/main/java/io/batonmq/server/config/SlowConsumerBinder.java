package io.batonmq.server.config;

import io.batonmq.server.config.SlowConsumerSettings.Policy;
import io.batonmq.server.config.SlowConsumerSettings.Unit;

/// Binds what an `address-setting` says about slow consumers.
final class SlowConsumerBinder {
  private static final Setting<Long> THRESHOLD =
      Setting.of(
          "slow-consumer-threshold",
          Values.whole(-1),
          "-1",
          "Messages that a consumer which has some settles at least; -1: it may take its time.");
  private static final Setting<Unit> UNIT =
      Setting.of(
          "slow-consumer-threshold-measurement-unit",
          Values.oneOf(Unit.class),
          "MESSAGES_PER_SECOND",
          "What `slow-consumer-threshold` counts in.");
  private static final Setting<Long> CHECK_PERIOD =
      Setting.of(
          "slow-consumer-check-period",
          Values.whole(1),
          "5",
          "Seconds between two looks at a consumer; where a threshold is less than one message in"
              + " that time, it is given the time of one message.");
  private static final Setting<Policy> POLICY =
      Setting.of(
          "slow-consumer-policy",
          Values.oneOf(Policy.class),
          "NOTIFY",
          "What becomes of a consumer that settles fewer: its connection is closed (`KILL`), or the"
              + " node's log says so (`NOTIFY`).");

  private SlowConsumerBinder() {}

  static Vocabulary words(Vocabulary vocabulary) {
    return vocabulary.honouring(THRESHOLD, UNIT, CHECK_PERIOD, POLICY);
  }

  static SlowConsumerSettings read(Binding element) {
    return new SlowConsumerSettings(
        element.optional(THRESHOLD),
        element.optional(UNIT),
        element.optional(CHECK_PERIOD),
        element.optional(POLICY));
  }
}
