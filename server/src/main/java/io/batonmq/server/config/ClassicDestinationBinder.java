package io.batonmq.server.config;

import io.batonmq.message.AddressPattern;
import io.batonmq.message.RoutingType;
import io.batonmq.server.config.AddressConfig.Queue;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Binds `destinations` and `destinationInterceptors`: what is there from the start on, and what leads from one
/// destination to another.
final class ClassicDestinationBinder {
  /// Of other names, a virtual topic would be a rule by which queues are bound to topics when they are first used,
  /// beside the one rule that OpenWire clients have; a divert has fixed ends.
  private static final Vocabulary.Fate OTHER_VIRTUAL_TOPICS =
      new Vocabulary.Fate.Missing(
          "virtual topics are VirtualTopic.> with queues Consumer.*.VirtualTopic.>, for OpenWire"
              + " clients: use these names, or a compositeTopic that forwards to each queue");

  private static final Setting<String> PHYSICAL_NAME =
      Setting.of("physicalName", Values.TEXT, "Its name.").asAttribute();
  private static final Vocabulary DESTINATION = new Vocabulary().honouring(PHYSICAL_NAME);
  private static final Vocabulary DESTINATIONS =
      new Vocabulary()
          .harmless("what is temporary is of a connection", "tempQueue", "tempTopic")
          .missing("no class is loaded by name", "bean", "ref");

  private static final Setting<String> NAME =
      Setting.of(
              "name", Values.TEXT, "The destination that is sent to; `*` and `>` stand for words.")
          .asAttribute();
  private static final Setting<Boolean> FORWARD_ONLY =
      Setting.of(
              "forwardOnly",
              Values.FLAG,
              "true",
              "Whether what is sent there goes only to the others, and not to consumers of the"
                  + " name itself.")
          .asAttribute();
  private static final Vocabulary COMPOSITE =
      new Vocabulary()
          .honouring(NAME, FORWARD_ONLY)
          .harmlessUnless("true", "each copy is as the sender sent it", "copyMessage")
          .harmless("what is sent is in the log once, in one step", "concurrentSend")
          .missingUnless("false", "messages are sent, whoever consumes", "sendWhenNotMatched");

  private static final Setting<String> SELECTOR =
      Setting.of("selector", Values.SELECTOR, "Which messages go there.").asAttribute();
  private static final Setting<String> QUEUE =
      Setting.of("queue", Values.TEXT, "The queue that they go to.").asAttribute();
  private static final Setting<String> TOPIC =
      Setting.of("topic", Values.TEXT, "The topic that they go to.").asAttribute();
  private static final Vocabulary FILTERED =
      new Vocabulary()
          .honouring(SELECTOR, QUEUE, TOPIC)
          .missing("write queue or topic", "destination", "filter");

  private static final Vocabulary INTERCEPTORS =
      new Vocabulary()
          .missing("queues are not mirrored", "mirroredQueue")
          .missing("no class is loaded by name", "bean", "ref");
  private static final Vocabulary VIRTUAL = new Vocabulary();
  private static final Setting<String> VIRTUAL_NAME =
      Setting.of("name", Values.TEXT, "The topics.")
          .asAttribute()
          .only("VirtualTopic.>", OTHER_VIRTUAL_TOPICS);
  private static final Setting<String> PREFIX =
      Setting.of("prefix", Values.TEXT, "Consumer.*.", "What names of their queues begin with.")
          .asAttribute()
          .only("Consumer.*.", OTHER_VIRTUAL_TOPICS);
  private static final Vocabulary VIRTUAL_TOPIC =
      new Vocabulary()
          .honouring(VIRTUAL_NAME, PREFIX)
          .missingUnless("", "names of their queues end with the topic's", "postfix")
          .missingUnless("false", "a queue gets all that is sent to its topic", "selectorAware")
          .harmless(
              "what is sent is in the log once, in one step",
              "concurrentSend",
              "dropOnResourceLimit",
              "local",
              "setOriginalDestination",
              "transactedSend");
  private static final Vocabulary NOTHING = new Vocabulary();

  static final List<Section> SECTIONS =
      List.of(
          new Section(
              "broker/destinations", "Holds `<queue>` and `<topic>` elements.", DESTINATIONS),
          new Section(
              "broker/destinations/queue, and topic",
              "There from the first start on.",
              DESTINATION),
          new Section("broker/destinationInterceptors", "", INTERCEPTORS),
          new Section(
              "broker/destinationInterceptors/virtualDestinationInterceptor/virtualDestinations",
              "Holds `<compositeQueue>`, `<compositeTopic>` and `<virtualTopic>` elements.",
              VIRTUAL),
          new Section(
              "…/virtualDestinations/virtualTopic",
              "What [OpenWire](openwire.md) clients have anyway.",
              VIRTUAL_TOPIC),
          new Section(
              "…/virtualDestinations/compositeQueue, and compositeTopic",
              "Holds `<forwardTo>`, and in that `<queue>`, `<topic>` and `<filteredDestination>`"
                  + " elements. Each is a [divert](diverts.md): one record in the log, and either"
                  + " all of them have the message or none.",
              COMPOSITE),
          new Section("…/forwardTo/filteredDestination", "", FILTERED));

  /// What was found.
  record Destinations(List<AddressConfig> addresses, List<DivertConfig> diverts) {}

  private ClassicDestinationBinder() {}

  static Destinations bind(Binding broker) {
    return new Destinations(addresses(broker), diverts(broker));
  }

  private static List<AddressConfig> addresses(Binding broker) {
    Map<String, Set<RoutingType>> types = new LinkedHashMap<>();
    for (var list : broker.child("destinations").stream().toList()) {
      for (var element : list.children("queue", "topic")) {
        var name = element.required(PHYSICAL_NAME);
        element.rest(DESTINATION);
        name.filter(text -> concrete(element, text))
            .ifPresent(text ->
                types
                    .computeIfAbsent(text, _ -> EnumSet.noneOf(RoutingType.class))
                    .add(type(element)));
      }
      list.rest(DESTINATIONS);
    }
    return types.entrySet().stream()
        .map(entry -> new AddressConfig(entry.getKey(), entry.getValue(), queues(entry)))
        .toList();
  }

  private static boolean concrete(Binding element, String name) {
    boolean pattern = ClassicValues.WILDCARDS.pattern(name);
    if (pattern) {
      element.error("physicalName: \"" + name + "\" is a pattern: only names can be created");
    }
    return !pattern;
  }

  private static RoutingType type(Binding element) {
    return element.name().equals("queue") ? RoutingType.ANYCAST : RoutingType.MULTICAST;
  }

  private static List<Queue> queues(Map.Entry<String, Set<RoutingType>> address) {
    return address.getValue().contains(RoutingType.ANYCAST)
        ? List.of(
            new Queue(
                address.getKey(),
                RoutingType.ANYCAST,
                true,
                Optional.empty(),
                ClassicPolicy.NO_OPTIONS))
        : List.of();
  }

  private static List<DivertConfig> diverts(Binding broker) {
    var diverts = new ArrayList<DivertConfig>();
    for (var interceptors : broker.child("destinationInterceptors").stream().toList()) {
      for (var interceptor : interceptors.children("virtualDestinationInterceptor")) {
        for (var list : interceptor.child("virtualDestinations").stream().toList()) {
          for (var composite : list.children("compositeQueue", "compositeTopic")) {
            composite(composite, diverts);
          }
          list.children("virtualTopic").forEach(ClassicDestinationBinder::virtualTopic);
          list.rest(VIRTUAL);
        }
        interceptor.rest(NOTHING);
      }
      interceptors.rest(INTERCEPTORS);
    }
    return diverts;
  }

  private static void virtualTopic(Binding element) {
    element.required(VIRTUAL_NAME);
    element.optional(PREFIX);
    element.rest(VIRTUAL_TOPIC);
  }

  private static void composite(Binding element, List<DivertConfig> diverts) {
    var name = element.required(NAME);
    boolean only = element.value(FORWARD_ONLY);
    var forward = element.child("forwardTo");
    if (forward.isEmpty()) {
      element.error("needs <forwardTo>");
    }
    for (var list : forward.stream().toList()) {
      for (var end : list.children("queue", "topic", "filteredDestination")) {
        var target = end(end);
        name.flatMap(from -> target.map(to -> divert(element, from, to, only, diverts.size())))
            .ifPresent(diverts::add);
      }
      list.rest(NOTHING);
    }
    element.rest(COMPOSITE);
  }

  private record End(String name, DivertConfig.Kind kind, Optional<String> selector) {}

  private static Optional<End> end(Binding element) {
    if (!element.name().equals("filteredDestination")) {
      var name = element.required(PHYSICAL_NAME);
      element.rest(DESTINATION);
      var kind =
          element.name().equals("queue") ? DivertConfig.Kind.ANYCAST : DivertConfig.Kind.MULTICAST;
      return name.map(text -> new End(text, kind, Optional.empty()));
    }
    var selector = element.optional(SELECTOR);
    var queue = element.optional(QUEUE);
    var topic = element.optional(TOPIC);
    element.rest(FILTERED);
    if (queue.isPresent() == topic.isPresent()) {
      element.error("needs queue=\"…\" or topic=\"…\"");
    }
    return queue
        .map(text -> new End(text, DivertConfig.Kind.ANYCAST, selector))
        .or(() -> topic.map(text -> new End(text, DivertConfig.Kind.MULTICAST, selector)));
  }

  private static DivertConfig divert(
      Binding element, String from, End to, boolean only, int number) {
    var name = element.name() + "-" + from + "-" + (number + 1);
    return new DivertConfig(
        name,
        new AddressPattern(from, ClassicValues.WILDCARDS),
        to.name,
        name,
        only,
        to.selector,
        to.kind);
  }
}
