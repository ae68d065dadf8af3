package io.batonmq.server.config;

import io.batonmq.message.AddressPattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Binds `redeliveryPlugin`: the broker's own tries, where the file asks for them.
final class ClassicRedelivery {
  private static final Setting<String> QUEUE =
      Setting.of("queue", Values.TEXT, "The queues that it is for.").asAttribute();
  private static final Setting<String> TOPIC =
      Setting.of("topic", Values.TEXT, "The topics that it is for.").asAttribute();
  private static final Setting<Integer> MAXIMUM =
      Setting.of(
              "maximumRedeliveries",
              Values.number(-1, Integer.MAX_VALUE - 1),
              "6",
              "Deliveries after the first one before a message is dead; -1 for any number.")
          .asAttribute();
  private static final Setting<Duration> INITIAL =
      Setting.of(
              "initialRedeliveryDelay",
              Values.MILLIS,
              "Milliseconds before the first of them; `redeliveryDelay` where it is missing.")
          .asAttribute();
  private static final Setting<Duration> DELAY =
      Setting.of("redeliveryDelay", Values.MILLIS, "1000", "Milliseconds before each of them.")
          .asAttribute();
  private static final Setting<Boolean> BACK_OFF =
      Setting.of(
              "useExponentialBackOff", Values.FLAG, "false", "Whether the delay grows each time.")
          .asAttribute();
  private static final Setting<Double> MULTIPLIER =
      Setting.of("backOffMultiplier", Values.FACTOR, "5", "By how much.").asAttribute();
  private static final Setting<Integer> DELAY_MAX =
      Setting.of(
              "maximumRedeliveryDelay",
              Values.number(-1, Integer.MAX_VALUE),
              "-1",
              "The longest delay.")
          .asAttribute();

  private static final Vocabulary POLICY =
      new Vocabulary()
          .honouring(QUEUE, TOPIC, MAXIMUM, INITIAL, DELAY, BACK_OFF, MULTIPLIER, DELAY_MAX)
          .missingUnless("false", "delays are as long as they are", "useCollisionAvoidance")
          .harmless("delays are as long as they are", "collisionAvoidancePercent")
          .harmless("the broker looks when it delivers", "preDispatchCheck");
  private static final Vocabulary PLUGIN =
      new Vocabulary()
          .missingUnless("true", "what was tried too often is dead", "fallbackToDeadLetter")
          .missingUnless(
              "true", "what was tried too often is dead", "sendToDlqIfMaxRetriesExceeded");
  private static final Vocabulary NOTHING = new Vocabulary();

  static final List<Section> SECTIONS =
      List.of(
          new Section("broker/plugins/redeliveryPlugin", "", PLUGIN),
          new Section(
              "…/redeliveryPolicyEntries/redeliveryPolicy, and defaultEntry",
              "How often the broker tries again, whatever the client does. Without the plug-in it"
                  + " is the client who gives a message up.",
              POLICY));

  private record Entry(AddressPattern match, ClassicPolicy.Redelivery redelivery) {}

  private final List<Entry> entries = new ArrayList<>();

  /// As it is without the plug-in, until [#bind].
  ClassicRedelivery() {}

  void bind(Binding plugin) {
    for (var outer : plugin.child("redeliveryPolicyMap").stream().toList()) {
      for (var map : outer.child("redeliveryPolicyMap").stream().toList()) {
        for (var list : map.child("redeliveryPolicyEntries").stream().toList()) {
          list.children("redeliveryPolicy").forEach(policy -> entry(policy, Optional.empty()));
          list.rest(NOTHING);
        }
        for (var usual : map.child("defaultEntry").stream().toList()) {
          usual.child("redeliveryPolicy").ifPresent(policy -> entry(policy, Optional.of(">")));
          usual.rest(NOTHING);
        }
        map.rest(NOTHING);
      }
      outer.rest(NOTHING);
    }
    plugin.rest(PLUGIN);
  }

  private void entry(Binding element, Optional<String> of) {
    var queue = element.optional(QUEUE);
    var topic = element.optional(TOPIC);
    int maximum = element.value(MAXIMUM);
    var initial = element.optional(INITIAL);
    var delay = element.value(DELAY);
    boolean backOff = element.value(BACK_OFF);
    double multiplier = element.value(MULTIPLIER);
    int longest = element.value(DELAY_MAX);
    element.rest(POLICY);
    if (initial.isPresent() && !backOff && !initial.get().equals(delay)) {
      element.info("initialRedeliveryDelay: each delay is redeliveryDelay, the first one too");
    }
    var first = backOff ? initial.orElse(delay) : delay;
    var usual = TimeSettings.DEFAULT;
    var redelivery =
        new ClassicPolicy.Redelivery(
            maximum < 0 ? -1 : maximum + 1,
            new TimeSettings(
                usual.expiryDelay(),
                usual.minExpiryDelay(),
                usual.maxExpiryDelay(),
                usual.noExpiry(),
                Optional.of(first),
                Optional.of(backOff ? multiplier : 1.0),
                usual.redeliveryCollisionAvoidanceFactor(),
                Optional.of(longest < 0 && backOff ? Integer.MAX_VALUE : longest),
                usual.deadLetterQueues(),
                usual.expiryQueues()));
    queue
        .or(() -> topic)
        .or(() -> of)
        .ifPresentOrElse(
            text ->
                entries.add(
                    new Entry(new AddressPattern(text, ClassicValues.WILDCARDS), redelivery)),
            () -> element.error("needs queue=\"…\" or topic=\"…\""));
  }

  List<AddressPattern> patterns() {
    return entries.stream().map(Entry::match).distinct().toList();
  }

  /// What holds for all addresses of a pattern.
  ClassicPolicy.Redelivery of(AddressPattern match) {
    return entries.stream()
        .filter(entry -> entry.match.covers(match))
        .min(Comparator.comparing(Entry::match))
        .map(Entry::redelivery)
        .orElse(ClassicPolicy.Redelivery.BY_CLIENT);
  }
}
