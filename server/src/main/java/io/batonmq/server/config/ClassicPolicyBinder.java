package io.batonmq.server.config;

import io.batonmq.message.AddressPattern;
import io.batonmq.server.config.AddressSettings.FullPolicy;
import io.batonmq.server.config.ClassicPolicy.Full;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Binds `destinationPolicy` to address settings.
final class ClassicPolicyBinder {
  private static final String EVERYTHING = ">";
  private static final String PREFETCH = "clients ask for as much as they like";
  private static final String LOG = "messages are in the log, not in memory";
  private static final String RETROACTIVE =
      "a consumer says itself that it wants what its topic has kept: ?consumer.retroactive=true";

  private static final Setting<AddressPattern> QUEUE =
      Setting.of("queue", ClassicValues.PATTERN, "The queues that it is for.").asAttribute();
  private static final Setting<AddressPattern> TOPIC =
      Setting.of("topic", ClassicValues.PATTERN, "The topics that it is for.").asAttribute();
  private static final Setting<Boolean> EXCLUSIVE =
      Setting.of(
              "allConsumersExclusiveByDefault",
              Values.FLAG,
              "false",
              "Whether one of a queue's consumers gets everything.")
          .asAttribute();
  private static final Setting<Integer> CONSUMERS_BEFORE =
      Setting.of(
              "consumersBeforeDispatchStarts",
              Values.number(0, Integer.MAX_VALUE),
              "0",
              "Consumers that a queue waits for before it gives anything, for"
                  + " `timeBeforeDispatchStarts` or a second at most.")
          .asAttribute();
  private static final Setting<Long> TIME_BEFORE =
      Setting.of(
              "timeBeforeDispatchStarts",
              Values.whole(0),
              "0",
              "Milliseconds that a queue waits after the first consumer came.")
          .asAttribute();
  private static final Setting<Boolean> GC =
      Setting.of(
              "gcInactiveDestinations",
              Values.FLAG,
              "false",
              "Whether a destination goes that nobody uses and that is empty; looked for every"
                  + " `schedulePeriodForDestinationPurge`.")
          .asAttribute();
  private static final Setting<Long> GC_AFTER =
      Setting.of(
              "inactiveTimeoutBeforeGC",
              Values.whole(0),
              "60000",
              "Milliseconds that it has been so before it goes.")
          .asAttribute();
  private static final Setting<Long> GC_AFTER_OLDER =
      Setting.of(
              "inactiveTimoutBeforeGC", Values.whole(0), "60000", "The same as it was once spelt.")
          .asAttribute();
  private static final Setting<Long> MEMORY =
      Setting.of(
              "memoryLimit",
              Values.bytesOrUnlimited(1),
              "With a `vmQueueCursor`: bytes in a queue before it is full; producers then wait, or"
                  + " fail with `sendFailIfNoSpace`. With any other cursor Classic pages beyond"
                  + " it, and so does Baton, always.")
          .asAttribute();
  private static final Setting<Boolean> FLOW_CONTROL =
      Setting.of(
              "producerFlowControl",
              Values.FLAG,
              "true",
              "`false`: no queue is ever full, whatever `memoryLimit` says.")
          .asAttribute();

  private static final Vocabulary ENTRY =
      new Vocabulary()
          .honouring(
              QUEUE,
              TOPIC,
              EXCLUSIVE,
              CONSUMERS_BEFORE,
              TIME_BEFORE,
              GC,
              GC_AFTER,
              GC_AFTER_OLDER,
              MEMORY,
              FLOW_CONTROL)
          .harmlessUnless(
              "true", "deliveries are always counted in the log", "persistJMSRedelivered")
          .harmlessUnless(
              "true", "messages always go in the order of their priority", "prioritizedMessages")
          .harmless(
              "messages expire when they are due", "expireMessagesPeriod", "maxExpirePageSize")
          .harmless(
              PREFETCH,
              "durableTopicPrefetch",
              "optimizeMessageStoreInFlightLimit",
              "queueBrowserPrefetch",
              "queuePrefetch",
              "topicPrefetch",
              "usePrefetchExtension")
          .harmless(
              LOG,
              "cursorMemoryHighWaterMark",
              "maxBrowsePageSize",
              "maxPageSize",
              "minimumMessageSize",
              "optimizeMessageStore",
              "pendingDurableSubscriberPolicy",
              "pendingSubscriberPolicy",
              "reduceMemoryFootprint",
              "storeUsageHighWaterMark",
              "useCache",
              "useCacheOnRecovery")
          .harmless(
              "nothing is thrown away: what a subscriber has not taken is in the log",
              "messageEvictionStrategy",
              "pendingMessageLimitStrategy")
          .harmless(
              "a slow consumer stays; address-setting has slow-consumer-policy in the other"
                  + " dialect",
              "slowConsumerStrategy")
          .harmless(
              "each queue and subscription has its messages in the order of the log",
              "dispatchPolicy",
              "lazyDispatch",
              "optimizedDispatch",
              "strictOrderDispatch",
              "useConsumerPriority")
          .harmless(
              "producers are recognised without it",
              "enableAudit",
              "maxAuditDepth",
              "maxProducersToAudit",
              "maxQueueAuditDepth",
              "sendDuplicateFromStoreToDLQ")
          .harmless(
              "messages do not move between brokers",
              "gcWithNetworkConsumers",
              "networkBridgeFilterFactory")
          .harmless(
              "there is no such report",
              "blockedProducerWarningInterval",
              "advancedMessageStatisticsEnabled",
              "advancedNetworkStatisticsEnabled",
              "includeBodyForAdvisory",
              "useTopicSubscriptionInflightStats")
          .harmless(
              "sends are not batched in memory",
              "doOptimzeMessageStorage",
              "doOptimizeMessageStorage",
              "concurrentSend")
          .missingUnless("false", RETROACTIVE, "alwaysRetroactive")
          .missingUnless("-1", "destinations are not counted", "maxDestinations")
          .missingUnless(
              "false",
              "there is no such advisory",
              "advisoryForConsumed",
              "advisoryForDelivery",
              "advisoryForDiscardingMessages",
              "advisoryForDispatched",
              "advisoryForFastProducers",
              "advisoryForSlowConsumers",
              "advisoryWhenFull",
              "sendAdvisoryIfNoConsumers")
          .missing(
              "no class is loaded by name",
              "messageInterceptorStrategy",
              "sharedDeadLetterStrategy")
          .missing("what is temporary is of a connection", "tempQueue", "tempTopic")
          .missing("write queue or topic", "destination");

  private static final Setting<Integer> BUCKETS =
      Setting.of(
              "bucketCount",
              Values.number(1, Integer.MAX_VALUE),
              "1024",
              "Owners of groups, by hash.")
          .asAttribute();
  private static final Vocabulary GROUPS =
      new Vocabulary().honouring(BUCKETS).harmless("groups are as many as they are", "cacheSize");
  private static final Vocabulary GROUP_FACTORY =
      new Vocabulary().missing("no class is loaded by name", "bean", "ref");
  private static final Vocabulary CURSOR =
      new Vocabulary().missing("no class is loaded by name", "bean", "ref");
  private static final Vocabulary NOTHING = new Vocabulary();

  static final List<Section> SECTIONS =
      List.of(
          new Section(
              "broker/destinationPolicy/policyMap/policyEntries/policyEntry",
              "What holds for destinations; the most special entry decides alone. Baton has one"
                  + " address for a queue and a topic of the same name, so what stands for one"
                  + " holds for the other; two entries that say different things of the same names"
                  + " are refused. `<defaultEntry>` holds one too.",
              ENTRY),
          new Section(
              "…/policyEntry/pendingQueuePolicy",
              "`<vmQueueCursor>` makes `memoryLimit` a limit; the others change nothing.",
              CURSOR),
          new Section(
              "…/policyEntry/messageGroupMapFactory",
              "Holds `<messageGroupHashBucketFactory>`, `<simpleMessageGroupMapFactory>` or"
                  + " `<cachedMessageGroupMapFactory>`.",
              GROUP_FACTORY),
          new Section(
              "…/messageGroupMapFactory/messageGroupHashBucketFactory, and the others",
              "",
              GROUPS));

  private record Said(ClassicPolicy policy, int line) {}

  private final boolean failIfFull;

  private ClassicPolicyBinder(boolean failIfFull) {
    this.failIfFull = failIfFull;
  }

  static List<AddressSetting> bind(
      Binding broker, boolean failIfFull, ClassicRedelivery redelivery) {
    Map<String, Said> entries = new LinkedHashMap<>();
    var binder = new ClassicPolicyBinder(failIfFull);
    for (var policy : broker.child("destinationPolicy").stream().toList()) {
      for (var map : policy.child("policyMap").stream().toList()) {
        for (var list : map.child("policyEntries").stream().toList()) {
          list.children("policyEntry").forEach(entry -> binder.entry(entry, entries));
          list.rest(NOTHING);
        }
        for (var usual : map.child("defaultEntry").stream().toList()) {
          usual
              .child("policyEntry")
              .ifPresent(entry -> {
                var said = new Said(binder.policy(entry), entry.line());
                entries.putIfAbsent(EVERYTHING, said);
              });
          usual.rest(NOTHING);
        }
        map.rest(NOTHING);
      }
      policy.rest(NOTHING);
    }
    entries.putIfAbsent(EVERYTHING, new Said(ClassicPolicy.USUAL, 0));
    return settings(entries, redelivery);
  }

  /// Of each pattern that either of them names, with what both say of it.
  private static List<AddressSetting> settings(
      Map<String, Said> entries, ClassicRedelivery redelivery) {
    var settings = new ArrayList<AddressSetting>();
    entries.forEach((text, said) -> {
      var match = new AddressPattern(text, ClassicValues.WILDCARDS);
      settings.add(said.policy.setting(match, redelivery.of(match)));
    });
    redelivery.patterns().stream()
        .filter(match -> !entries.containsKey(match.text()))
        .forEach(match -> {
          var policy =
              entries.entrySet().stream()
                  .map(entry ->
                      Map.entry(
                          new AddressPattern(entry.getKey(), ClassicValues.WILDCARDS),
                          entry.getValue().policy))
                  .filter(entry -> entry.getKey().covers(match))
                  .min(Map.Entry.comparingByKey())
                  .map(Map.Entry::getValue)
                  .orElse(ClassicPolicy.USUAL);
          settings.add(policy.setting(match, redelivery.of(match)));
        });
    return List.copyOf(settings);
  }

  private void entry(Binding element, Map<String, Said> entries) {
    var policy = policy(element);
    var queue = element.optional(QUEUE);
    var topic = element.optional(TOPIC);
    if (queue.isEmpty() && topic.isEmpty()) {
      element.error("needs queue=\"…\" or topic=\"…\"");
    }
    for (var match : List.of(queue, topic)) {
      match.ifPresent(pattern -> {
        var before = entries.putIfAbsent(pattern.text(), new Said(policy, element.line()));
        if (before != null && !before.policy.equals(policy)) {
          element.error(
              "says other things of "
                  + pattern
                  + " than the entry in line "
                  + before.line
                  + ": Baton has one address for a queue and a topic of that name; let both say"
                  + " the same");
        }
      });
    }
    if (queue.isEmpty() && !policy.equals(ClassicPolicy.USUAL)) {
      topic.ifPresent(pattern ->
          element.info(
              "holds for queues of the names " + pattern + " too, as far as no entry does"));
    }
  }

  private ClassicPolicy policy(Binding element) {
    element.optional(QUEUE);
    boolean ofTopic = element.optional(TOPIC).isPresent();
    boolean gc = element.value(GC);
    var older = element.optional(GC_AFTER_OLDER);
    long after = element.optional(GC_AFTER).or(() -> older).orElseGet(GC_AFTER::usualValue);
    var policy =
        new ClassicPolicy(
            ClassicDeadLetterBinder.bind(element, ofTopic),
            full(element),
            queues(element),
            gc ? Optional.of(after) : Optional.empty(),
            ClassicRecoveryBinder.bind(element));
    element.rest(ENTRY);
    return policy;
  }

  private Optional<Full> full(Binding element) {
    var limit = element.optional(MEMORY).filter(bytes -> bytes > 0);
    boolean control = element.value(FLOW_CONTROL);
    boolean inMemory = false;
    for (var policy : element.child("pendingQueuePolicy").stream().toList()) {
      inMemory = !policy.children("vmQueueCursor").isEmpty();
      policy.children("vmQueueCursor", "fileQueueCursor", "storeCursor");
      policy.rest(CURSOR);
    }
    if (limit.isPresent() && !inMemory) {
      element.info(
          "memoryLimit: no limit of a queue, as in Classic without a vmQueueCursor: messages beyond"
              + " it are in the log");
    }
    return limit.isPresent() && inMemory && control
        ? Optional.of(
            new Full(limit.orElseThrow(), failIfFull ? FullPolicy.FAIL : FullPolicy.BLOCK))
        : Optional.empty();
  }

  private static QueueOptions queues(Binding element) {
    var usual = QueueOptions.DEFAULT;
    int consumers = element.value(CONSUMERS_BEFORE);
    long time = element.value(TIME_BEFORE);
    boolean waits = consumers > 0 || time > 0;
    return new QueueOptions(
        usual.maxConsumers(),
        Optional.of(element.value(EXCLUSIVE)),
        Optional.of(
            element.child("messageGroupMapFactory").map(ClassicPolicyBinder::buckets).orElse(-1)),
        usual.groupRebalance(),
        usual.groupRebalancePauseDispatch(),
        usual.groupFirstKey(),
        // Without a number of consumers it waits for all of the time.
        Optional.of(waits && consumers == 0 ? Integer.MAX_VALUE : consumers),
        Optional.of(waits ? (time > 0 ? time : 1000L) : -1L),
        usual.keeping());
  }

  private static int buckets(Binding element) {
    int buckets = -1;
    for (var hash : element.children("messageGroupHashBucketFactory")) {
      buckets = hash.value(BUCKETS);
      hash.rest(GROUPS);
    }
    for (var own :
        element.children("simpleMessageGroupMapFactory", "cachedMessageGroupMapFactory")) {
      own.rest(GROUPS);
    }
    element.rest(GROUP_FACTORY);
    return buckets;
  }
}
