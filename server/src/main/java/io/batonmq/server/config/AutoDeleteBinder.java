package io.batonmq.server.config;

/// Binds what an `address-setting` says about queues and addresses that go by themselves.
final class AutoDeleteBinder {
  private static final Kind<Long> DELAY = Values.whole(0);

  private static final Setting<Boolean> QUEUES =
      Setting.of(
          "auto-delete-queues",
          Values.FLAG,
          "true",
          "Whether a queue that was made because it was used goes when nobody consumes and nothing"
              + " is in it. It is looked for every `address-queue-scan-period`, and goes if it was"
              + " so the time before too.");
  private static final Setting<Boolean> CREATED_QUEUES =
      Setting.of(
          "auto-delete-created-queues",
          Values.FLAG,
          "false",
          "The same of an anycast queue that was made by command. What stands in `addresses` never"
              + " goes.");
  private static final Setting<Long> QUEUES_DELAY =
      Setting.of(
          "auto-delete-queues-delay",
          DELAY,
          "0",
          "Milliseconds that it has been so before it goes.");
  private static final Setting<Long> QUEUES_MESSAGE_COUNT =
      Setting.of(
          "auto-delete-queues-message-count",
          Values.whole(-1),
          "0",
          "Messages that may be in it and go with it; -1 for any number.");
  private static final Setting<Boolean> QUEUES_SKIP_USAGE_CHECK =
      Setting.of(
          "auto-delete-queues-skip-usage-check",
          Values.FLAG,
          "false",
          "Whether it goes although nobody ever consumed and nothing ever left it.");
  private static final Setting<Boolean> ADDRESSES =
      Setting.of(
          "auto-delete-addresses",
          Values.FLAG,
          "true",
          "Whether an address that was made because it was used goes when it has no queues any"
              + " more; not while it remembers duplicate ids (`_AMQ_DUPL_ID`).");
  private static final Setting<Long> ADDRESSES_DELAY =
      Setting.of(
          "auto-delete-addresses-delay",
          DELAY,
          "0",
          "Milliseconds that it has been so before it goes.");
  private static final Setting<Boolean> ADDRESSES_SKIP_USAGE_CHECK =
      Setting.of(
          "auto-delete-addresses-skip-usage-check",
          Values.FLAG,
          "false",
          "Whether it goes although it never had a queue.");

  private AutoDeleteBinder() {}

  static Vocabulary words(Vocabulary vocabulary) {
    return vocabulary.honouring(
        QUEUES,
        CREATED_QUEUES,
        QUEUES_DELAY,
        QUEUES_MESSAGE_COUNT,
        QUEUES_SKIP_USAGE_CHECK,
        ADDRESSES,
        ADDRESSES_DELAY,
        ADDRESSES_SKIP_USAGE_CHECK);
  }

  static AutoDeleteSettings read(Binding element) {
    return new AutoDeleteSettings(
        element.optional(QUEUES),
        element.optional(CREATED_QUEUES),
        element.optional(QUEUES_DELAY),
        element.optional(QUEUES_MESSAGE_COUNT),
        element.optional(QUEUES_SKIP_USAGE_CHECK),
        element.optional(ADDRESSES),
        element.optional(ADDRESSES_DELAY),
        element.optional(ADDRESSES_SKIP_USAGE_CHECK));
  }
}
