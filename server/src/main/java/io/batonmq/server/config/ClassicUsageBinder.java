package io.batonmq.server.config;

import java.util.List;
import java.util.Optional;

/// Binds `systemUsage`.
final class ClassicUsageBinder {
  private static final String DISK = "producers wait when the disk is full, not before";

  private static final Setting<Long> LIMIT =
      Setting.of(
              "limit",
              Values.bytesOrUnlimited(1 << 20),
              "Bytes of messages held in memory, `64 mb`; the backlog is in the log.")
          .asAttribute();
  private static final Setting<Integer> PERCENT =
      Setting.of(
              "percentOfJvmHeap",
              Values.number(1, 100),
              "The same in percent of the heap, where there is no `limit`.")
          .asAttribute();
  private static final Setting<Boolean> FAIL =
      Setting.of(
              "sendFailIfNoSpace",
              Values.FLAG,
              "false",
              "`true`: a send to a destination that is full (`memoryLimit` with a"
                  + " `vmQueueCursor`) fails, instead of waiting.")
          .asAttribute();
  private static final Setting<Long> FAIL_AFTER =
      Setting.of(
              "sendFailIfNoSpaceAfterTimeout",
              Values.whole(0),
              "0",
              "The same after a wait; 0 for waiting.")
          .asAttribute()
          .only("0", new Vocabulary.Fate.Missing("a send waits, or fails at once"));

  private static final Vocabulary USAGE =
      new Vocabulary()
          .honouring(FAIL, FAIL_AFTER)
          .harmless("delayed messages are in the log", "jobSchedulerUsage")
          .harmless("there is nothing to check", "checkLimitsLogLevel");
  private static final Vocabulary MEMORY =
      new Vocabulary()
          .honouring(LIMIT, PERCENT)
          .harmless(
              "it is watched all the time", "percentUsageMinDelta", "pollingTime", "usagePortion");
  private static final Vocabulary DISK_USAGE =
      new Vocabulary()
          .harmless(
              DISK,
              "limit",
              "percentLimit",
              "percentUsageMinDelta",
              "pollingTime",
              "store",
              "total",
              "usagePortion");
  private static final Vocabulary NOTHING = new Vocabulary();

  static final List<Section> SECTIONS =
      List.of(
          new Section("broker/systemUsage/systemUsage", "", USAGE),
          new Section("broker/systemUsage/systemUsage/memoryUsage/memoryUsage", "", MEMORY),
          new Section(
              "broker/systemUsage/systemUsage/storeUsage/storeUsage, and tempUsage",
              "",
              DISK_USAGE));

  /// What is limited, and what becomes of sends beyond a limit.
  record Usage(Limits limits, boolean failIfFull) {}

  private static final Usage USUAL = new Usage(new Limits(90, -1), false);

  private ClassicUsageBinder() {}

  static Usage bind(Binding broker) {
    return broker
        .child("systemUsage")
        .flatMap(outer -> {
          var inner = outer.child("systemUsage");
          outer.rest(NOTHING);
          return inner;
        })
        .map(ClassicUsageBinder::usage)
        .orElse(USUAL);
  }

  private static Usage usage(Binding element) {
    boolean fail = element.value(FAIL);
    element.value(FAIL_AFTER);
    var memory = inner(element, "memoryUsage").map(ClassicUsageBinder::memory).orElse(-1L);
    for (var name : List.of("storeUsage", "tempUsage")) {
      inner(element, name).ifPresent(disk -> disk.rest(DISK_USAGE));
    }
    element.rest(USAGE);
    return new Usage(new Limits(USUAL.limits.maxDiskUsage(), memory), fail);
  }

  private static long memory(Binding element) {
    var limit = element.optional(LIMIT);
    var percent =
        element.optional(PERCENT).map(part -> Runtime.getRuntime().maxMemory() / 100 * part);
    element.rest(MEMORY);
    return limit.or(() -> percent).orElse(-1L);
  }

  private static Optional<Binding> inner(Binding element, String name) {
    return element
        .child(name)
        .flatMap(outer -> {
          var inner = outer.child(name);
          outer.rest(NOTHING);
          return inner;
        });
  }
}
