package io.batonmq.wire.openwire;

import io.batonmq.broker.ConsumerRank;
import io.batonmq.message.Content;
import io.batonmq.message.RoutingType;
import io.batonmq.message.Wildcards;
import io.batonmq.session.Source;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Destinations of OpenWire and the addresses that stand for them.
///
/// | OpenWire | address |
/// |---|---|
/// | `queue://a.b` | `a.b`, anycast |
/// | `topic://a.b` | `a.b`, multicast; `*` and `>` in patterns are what the broker has for them |
/// | `temp-queue://n`, `temp-topic://n` | `temporary.n` |
/// | `queue://Consumer.x.VirtualTopic.t` | the queue of that name, which gathers what is sent to `VirtualTopic.t` |
final class Destinations {
  /// How patterns are written in this protocol.
  private static final Wildcards HERE = new Wildcards(true, '.', '>', '*');

  static final String TEMPORARY = "temporary.";
  private static final String CONSUMER = "Consumer.";
  private static final String VIRTUAL = "VirtualTopic.";

  private Destinations() {}

  static String name(Struct destination) {
    return destination.neededText(Field.PHYSICAL_NAME);
  }

  static boolean isTemporary(Struct destination) {
    return destination.type() == Type.TEMP_QUEUE || destination.type() == Type.TEMP_TOPIC;
  }

  static boolean isQueue(Struct destination) {
    return destination.type() == Type.QUEUE || destination.type() == Type.TEMP_QUEUE;
  }

  static RoutingType routing(Struct destination) {
    return isQueue(destination) ? RoutingType.ANYCAST : RoutingType.MULTICAST;
  }

  /// The address that a producer sends to.
  static String address(Struct destination) {
    String name = name(destination);
    if (isTemporary(destination)) {
      return TEMPORARY + name;
    }
    String topic = destination.type() == Type.QUEUE ? virtualTopic(name) : null;
    return topic == null ? name : topic + "::" + name;
  }

  /// The parts of a composite one, `a,topic://b`; itself if it is none.
  ///
  /// @throws Malformed if they are more than `max`
  static List<Struct> parts(Struct destination, int max) {
    String name = name(destination);
    if (name.indexOf(',') < 0 || isTemporary(destination)) {
      return List.of(destination);
    }
    List<Struct> parts = new ArrayList<>();
    int from = 0;
    while (from <= name.length()) {
      int comma = name.indexOf(',', from);
      String part = name.substring(from, comma < 0 ? name.length() : comma).strip();
      if (!part.isEmpty()) {
        parts.add(part(destination.type(), part));
      }
      if (parts.size() > max) {
        throw new Malformed("a composite destination has more than " + max + " parts");
      }
      from = comma < 0 ? name.length() + 1 : comma + 1;
    }
    return parts;
  }

  private static Struct part(Type type, String part) {
    for (Type one : List.of(Type.QUEUE, Type.TOPIC, Type.TEMP_QUEUE, Type.TEMP_TOPIC)) {
      String prefix = prefix(one);
      if (part.startsWith(prefix)) {
        return of(one, part.substring(prefix.length()));
      }
    }
    return of(type, part);
  }

  static String prefix(Type type) {
    return switch (type) {
      case QUEUE -> "queue://";
      case TOPIC -> "topic://";
      case TEMP_QUEUE -> "temp-queue://";
      default -> "temp-topic://";
    };
  }

  static Struct of(Type type, String name) {
    return new Struct(type).with(Field.PHYSICAL_NAME, name);
  }

  /// What stands for an address that ends with its connection.
  static Struct temporary(String address, RoutingType routing) {
    return of(
        routing == RoutingType.ANYCAST ? Type.TEMP_QUEUE : Type.TEMP_TOPIC,
        address.startsWith(TEMPORARY) ? address.substring(TEMPORARY.length()) : address);
  }

  static Struct of(Content.Place place) {
    if (place.temporary()) {
      return temporary(place.address(), place.routing());
    }
    return of(place.routing() == RoutingType.ANYCAST ? Type.QUEUE : Type.TOPIC, place.address());
  }

  static Content.@Nullable Place place(@Nullable Struct destination) {
    if (destination == null) {
      return null;
    }
    boolean temporary = isTemporary(destination);
    String name = name(destination);
    return new Content.Place(temporary ? TEMPORARY + name : name, routing(destination), temporary);
  }

  /// The topic whose messages a queue of this name gathers; null for any other queue.
  static @Nullable String virtualTopic(String queue) {
    if (!queue.startsWith(CONSUMER)) {
      return null;
    }
    int dot = queue.indexOf('.', CONSUMER.length());
    return dot > CONSUMER.length() && queue.startsWith(VIRTUAL, dot + 1)
        ? queue.substring(dot + 1)
        : null;
  }

  /// Where a consumer of one destination takes from.
  ///
  /// @param clientId of its connection
  /// @param wildcards how the broker has its patterns
  /// @throws Malformed if nothing stands for it
  static Source source(Struct destination, Struct consumer, String clientId, Wildcards wildcards) {
    String name = name(destination);
    String filter = consumer.text(Field.SELECTOR);
    boolean noLocal = consumer.flag(Field.NO_LOCAL);
    boolean browse = consumer.flag(Field.BROWSER);
    if (isQueue(destination)) {
      String topic = destination.type() == Type.QUEUE ? virtualTopic(name) : null;
      Source.Kind kind = topic == null ? new Source.Kind.Queue() : new Source.Kind.Bound(name);
      String address =
          topic != null ? topic : destination.type() == Type.QUEUE ? name : TEMPORARY + name;
      ConsumerRank rank =
          new ConsumerRank(consumer.flag(Field.EXCLUSIVE), consumer.number(Field.PRIORITY));
      return new Source(address, kind, browse, filter, false, rank);
    }
    String address = destination.type() == Type.TOPIC ? pattern(name, wildcards) : TEMPORARY + name;
    String subscription = consumer.text(Field.SUBSCRIPTION_NAME);
    Source.Kind kind =
        subscription == null
            ? new Source.Kind.Volatile(consumer.flag(Field.RETROACTIVE))
            : new Source.Kind.Subscription(subscription, clientId, false, true);
    return new Source(address, kind, false, filter, noLocal);
  }

  /// What the broker calls the topics that a name stands for: here `*` is one word, and `>` at the end all the rest.
  static String pattern(String topic, Wildcards wildcards) {
    List<String> words = HERE.words(topic);
    for (int i = 0; i < words.size(); i++) {
      if (HERE.single(words.get(i))) {
        words.set(i, String.valueOf(wildcards.singleWord()));
      } else if (HERE.any(words.get(i)) && i == words.size() - 1) {
        words.set(i, String.valueOf(wildcards.anyWords()));
      }
    }
    return String.join(".", words);
  }

  /// How an address is called here that may be a pattern.
  static String topic(String address, Wildcards wildcards) {
    List<String> words = wildcards.words(address);
    for (int i = 0; i < words.size(); i++) {
      if (wildcards.single(words.get(i))) {
        words.set(i, String.valueOf(HERE.singleWord()));
      } else if (wildcards.any(words.get(i))) {
        words.set(i, String.valueOf(HERE.anyWords()));
      }
    }
    return String.join(".", words);
  }

  /// Whether a queue's name stands for many queues.
  static boolean isQueuePattern(Struct destination) {
    return destination.type() == Type.QUEUE && isPattern(destination);
  }

  /// Whether a name stands for many.
  static boolean isPattern(Struct destination) {
    for (String word : List.of("*", ">")) {
      String name = "." + name(destination) + ".";
      if (name.contains("." + word + ".")) {
        return true;
      }
    }
    return false;
  }
}
