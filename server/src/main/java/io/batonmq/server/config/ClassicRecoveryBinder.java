package io.batonmq.server.config;

import java.util.List;

/// Binds `subscriptionRecoveryPolicy`: what a topic keeps for consumers with `?consumer.retroactive=true`.
final class ClassicRecoveryBinder {
  private static final String NONE = "noSubscriptionRecoveryPolicy";
  private static final String LAST = "lastImageSubscriptionRecoveryPolicy";
  private static final String COUNT = "fixedCountSubscriptionRecoveryPolicy";
  private static final String SIZE = "fixedSizedSubscriptionRecoveryPolicy";
  private static final String TIME = "timedSubscriptionRecoveryPolicy";

  private static final Setting<Integer> MESSAGES =
      Setting.of(
              "maximumSize",
              Values.number(1, RecoverySettings.MESSAGES_MAX),
              "100",
              "How many messages are kept, the newest.")
          .asAttribute();
  private static final Setting<Long> BYTES =
      Setting.of(
              "maximumSize",
              Values.whole(1),
              "6553600",
              "How many bytes of messages are kept, 200 more for each; the newest, "
                  + RecoverySettings.MESSAGES_MAX
                  + " at most.")
          .asAttribute();
  private static final Setting<Long> MILLIS =
      Setting.of(
              "recoverDuration",
              Values.whole(1),
              "60000",
              "For how many milliseconds messages are kept; the newest, "
                  + RecoverySettings.MESSAGES_MAX
                  + " at most.")
          .asAttribute();

  private static final Vocabulary RECOVERY =
      new Vocabulary()
          .missing(
              "a topic keeps messages by their number, their size or their age",
              "queryBasedSubscriptionRecoveryPolicy",
              "retainedMessageSubscriptionRecoveryPolicy")
          .missing("no class is loaded by name", "bean", "ref");
  private static final Vocabulary BY_COUNT = new Vocabulary().honouring(MESSAGES);
  private static final Vocabulary BY_SIZE =
      new Vocabulary()
          .honouring(BYTES)
          .harmless("all topics share one memory", "sharedBuffer", "useSharedBuffer");
  private static final Vocabulary BY_TIME = new Vocabulary().honouring(MILLIS);
  private static final Vocabulary NOTHING = new Vocabulary();

  static final List<Section> SECTIONS =
      List.of(
          new Section(
              "…/policyEntry/subscriptionRecoveryPolicy",
              "What a topic keeps in the memory of the active broker for consumers with"
                  + " `?consumer.retroactive=true`; a take-over forgets it. It holds"
                  + " `<lastImageSubscriptionRecoveryPolicy>` (the last message),"
                  + " `<noSubscriptionRecoveryPolicy>` or one of those that follow.",
              RECOVERY),
          new Section(
              "…/subscriptionRecoveryPolicy/fixedCountSubscriptionRecoveryPolicy", "", BY_COUNT),
          new Section(
              "…/subscriptionRecoveryPolicy/fixedSizedSubscriptionRecoveryPolicy", "", BY_SIZE),
          new Section("…/subscriptionRecoveryPolicy/timedSubscriptionRecoveryPolicy", "", BY_TIME));

  private ClassicRecoveryBinder() {}

  static RecoverySettings bind(Binding entry) {
    return entry
        .child("subscriptionRecoveryPolicy")
        .map(ClassicRecoveryBinder::read)
        .orElse(RecoverySettings.NONE);
  }

  private static RecoverySettings read(Binding element) {
    // Which of two would hold?
    element.child(NONE, LAST, COUNT, SIZE, TIME);
    var settings = RecoverySettings.NONE;
    for (var none : element.children(NONE)) {
      none.rest(NOTHING);
    }
    for (var last : element.children(LAST)) {
      settings = RecoverySettings.messages(1);
      last.rest(NOTHING);
    }
    for (var count : element.children(COUNT)) {
      settings = RecoverySettings.messages(count.value(MESSAGES));
      count.rest(BY_COUNT);
    }
    for (var size : element.children(SIZE)) {
      settings = RecoverySettings.bytes(size.value(BYTES));
      size.rest(BY_SIZE);
    }
    for (var time : element.children(TIME)) {
      settings = RecoverySettings.millis(time.value(MILLIS));
      time.rest(BY_TIME);
    }
    element.rest(RECOVERY);
    return settings;
  }
}
