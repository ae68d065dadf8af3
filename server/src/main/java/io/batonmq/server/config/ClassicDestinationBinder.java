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
  /// A virtual topic is a rule by which the queue of each consumer gets what is sent to a topic, made from the name
  /// of that queue when it is first used. Diverts have fixed ends, so the core has nothing to map it to: it would
  /// be a rule beside [io.batonmq.broker.Divert] that is asked when an address is created.
  private static final String VIRTUAL_TOPIC =
      "virtual topics are not there yet: let subscribers be durable, or write a compositeTopic that"
          + " forwards to each queue";

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
  private static final Vocabulary VIRTUAL =
      new Vocabulary().missing(VIRTUAL_TOPIC, "virtualTopic", "virtualSelectorCacheBrokerPlugin");
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
              "Holds `<compositeQueue>` and `<compositeTopic>` elements.",
              VIRTUAL),
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
          list.rest(VIRTUAL);
        }
        interceptor.rest(NOTHING);
      }
      interceptors.rest(INTERCEPTORS);
    }
    return diverts;
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
