package io.batonmq.server.config;

import io.batonmq.server.config.ClassicPolicy.DeadLetters;
import java.util.List;
import java.util.Optional;

/// Binds `deadLetterStrategy` of a policy.
final class ClassicDeadLetterBinder {
  private static final Setting<String> DLQ =
      Setting.of("physicalName", Values.TEXT, DeadLetters.SHARED, "The queue of dead messages.")
          .asAttribute();
  private static final Vocabulary DLQ_NAME = new Vocabulary().honouring(DLQ);
  private static final Setting<Boolean> EXPIRED =
      Setting.of(
              "processExpired",
              Values.FLAG,
              "true",
              "Whether expired messages go there too; else they are dropped.")
          .asAttribute();
  private static final Setting<Boolean> NON_PERSISTENT =
      Setting.of(
              "processNonPersistent",
              Values.FLAG,
              "false",
              "Baton keeps dead messages whether they are persistent or not.")
          .asAttribute()
          .only("true", new Vocabulary.Fate.Harmless("dead messages are kept, whatever they are"));
  private static final Setting<String> QUEUE_PREFIX =
      Setting.of(
              "queuePrefix",
              Values.TEXT_OR_NOTHING,
              "ActiveMQ.DLQ.Queue.",
              "What the name of a destination's own queue of dead messages begins with.")
          .asAttribute();
  private static final Setting<String> QUEUE_SUFFIX =
      Setting.of("queueSuffix", Values.TEXT_OR_NOTHING, "", "What it ends with.").asAttribute();
  private static final Setting<String> TOPIC_PREFIX =
      Setting.of(
              "topicPrefix",
              Values.TEXT_OR_NOTHING,
              "ActiveMQ.DLQ.Topic.",
              "The same for what was sent to a topic; in an entry for topics.")
          .asAttribute();

  private static final Vocabulary DEAD_LETTERS =
      new Vocabulary()
          .honouring(EXPIRED, NON_PERSISTENT, QUEUE_PREFIX, QUEUE_SUFFIX, TOPIC_PREFIX)
          .missingUnless(
              "false",
              "each queue of dead messages is of an address",
              "destinationPerDurableSubscriber")
          .missingUnless("true", "dead messages are in queues", "useQueueForQueueMessages")
          .missingUnless("true", "dead messages are in queues", "useQueueForTopicMessages")
          .missingUnless("0", "dead messages stay until they are taken", "expiration")
          .harmless("a message dies once", "enableAudit", "maxAuditDepth", "maxProducersToAudit")
          .harmless("dead messages are in queues", "topicSuffix");

  private static final Vocabulary STRATEGY =
      new Vocabulary().missing("no class is loaded by name", "bean", "ref");
  private static final Vocabulary NOTHING = new Vocabulary();

  static final List<Section> SECTIONS =
      List.of(
          new Section(
              "…/policyEntry/deadLetterStrategy",
              "Holds `<sharedDeadLetterStrategy>`, `<individualDeadLetterStrategy>` or"
                  + " `<discarding>`.",
              STRATEGY),
          new Section(
              "…/deadLetterStrategy/individualDeadLetterStrategy, and the others",
              "",
              DEAD_LETTERS),
          new Section("…/sharedDeadLetterStrategy/deadLetterQueue/queue", "", DLQ_NAME));

  private ClassicDeadLetterBinder() {}

  static DeadLetters bind(Binding element, boolean ofTopic) {
    var usual = ClassicPolicy.USUAL.deadLetters();
    var strategy = element.child("deadLetterStrategy");
    var found = usual;
    for (var holder : strategy.stream().toList()) {
      for (var shared : holder.children("sharedDeadLetterStrategy")) {
        var name = shared.child("deadLetterQueue").flatMap(ClassicDeadLetterBinder::queueName);
        found = strategy(shared, name.orElse(usual.address()), false, ofTopic);
      }
      for (var own : holder.children("individualDeadLetterStrategy")) {
        found = strategy(own, usual.address(), true, ofTopic);
      }
      for (var none : holder.children("discarding", "discardingDeadLetterStrategy")) {
        strategy(none, "", false, ofTopic);
        found = new DeadLetters("", Optional.empty(), "", false);
      }
      holder.rest(STRATEGY);
    }
    return found;
  }

  private static Optional<String> queueName(Binding holder) {
    var queue = holder.child("queue");
    var name = queue.flatMap(element -> element.optional(DLQ));
    queue.ifPresent(element -> element.rest(DLQ_NAME));
    holder.rest(NOTHING);
    return name;
  }

  private static DeadLetters strategy(
      Binding element, String address, boolean own, boolean ofTopic) {
    boolean expired = element.value(EXPIRED);
    var prefix = element.value(QUEUE_PREFIX);
    var topicPrefix = element.value(TOPIC_PREFIX);
    var suffix = element.value(QUEUE_SUFFIX);
    element.value(NON_PERSISTENT);
    element.rest(DEAD_LETTERS);
    return new DeadLetters(
        own ? addressOf(ofTopic ? topicPrefix : prefix) : address,
        own ? Optional.of(ofTopic ? topicPrefix : prefix) : Optional.empty(),
        own ? suffix : "",
        expired);
  }

  /// Where the queues with this prefix are. Not the address of the shared queue, which would get all of it too.
  private static String addressOf(String prefix) {
    var name = prefix.endsWith(".") ? prefix.substring(0, prefix.length() - 1) : prefix;
    return name.isEmpty() || name.equals(DeadLetters.SHARED)
        ? DeadLetters.SHARED + ".Individual"
        : name;
  }
}
