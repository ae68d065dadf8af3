package io.batonmq.wire.openwire;

import io.batonmq.message.RoutingType;
import io.batonmq.message.Wildcards;
import io.batonmq.session.Notice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which advisories stand under a name, and under which name one stands.
///
/// | below `ActiveMQ.Advisory.` | what comes and goes |
/// |---|---|
/// | `Consumer.Queue.X`, `Consumer.Topic.X`, `Producer.Queue.X`, `Producer.Topic.X` | consumers and producers; X may be a pattern |
/// | `Connection`, `Queue`, `Topic`, `TempQueue`, `TempTopic` | these |
/// | `Consumer.>`, `Producer.>`, `>` | all of these |
///
/// @param pattern of names of queues or topics
/// @param right what the user needs the right to consume from; null if the client does not work without these
record AdvisoryTopic(
    Notice.Kind kind, @Nullable RoutingType routing, String pattern, @Nullable String right) {
  static final String PREFIX = "ActiveMQ.Advisory.";

  /// Tells that this broker is active, once.
  static final String MASTER = PREFIX + "MasterBroker";

  /// How each kind begins; where it ends with a dot, the name of a queue or topic follows.
  private record Root(Notice.Kind kind, @Nullable RoutingType routing, String text) {
    boolean named() {
      return text.endsWith(".");
    }

    AdvisoryTopic of(String name) {
      // Temporary destinations have the name of their connection, and an address below a common
      // one.
      boolean temporary = kind == Notice.Kind.TEMPORARIES;
      String pattern = temporary || name.startsWith("ID:") ? Destinations.TEMPORARY + name : name;
      return new AdvisoryTopic(
          kind, routing, pattern, temporary ? null : PREFIX + text + (named() ? name : ""));
    }
  }

  private static final List<Root> ROOTS =
      List.of(
          new Root(Notice.Kind.CONSUMERS, RoutingType.ANYCAST, "Consumer.Queue."),
          new Root(Notice.Kind.CONSUMERS, RoutingType.MULTICAST, "Consumer.Topic."),
          new Root(Notice.Kind.PRODUCERS, RoutingType.ANYCAST, "Producer.Queue."),
          new Root(Notice.Kind.PRODUCERS, RoutingType.MULTICAST, "Producer.Topic."),
          new Root(Notice.Kind.CONNECTIONS, null, "Connection"),
          new Root(Notice.Kind.DESTINATIONS, RoutingType.ANYCAST, "Queue"),
          new Root(Notice.Kind.DESTINATIONS, RoutingType.MULTICAST, "Topic"),
          new Root(Notice.Kind.TEMPORARIES, RoutingType.ANYCAST, "TempQueue"),
          new Root(Notice.Kind.TEMPORARIES, RoutingType.MULTICAST, "TempTopic"));

  /// Whether a destination is below the common beginning.
  static boolean isOne(Struct destination) {
    return destination.type() == Type.TOPIC && Destinations.name(destination).startsWith(PREFIX);
  }

  /// The advisories that a name stands for; none if there are no such advisories.
  ///
  /// @param wildcards how the broker has its patterns
  static List<AdvisoryTopic> of(String name, Wildcards wildcards) {
    String all = String.valueOf(wildcards.anyWords());
    String wanted = name.substring(PREFIX.length());
    String branch = wanted.endsWith(">") ? wanted.substring(0, wanted.length() - 1) : null;
    List<AdvisoryTopic> topics = new ArrayList<>();
    for (Root root : ROOTS) {
      if (branch != null && root.text.startsWith(branch)) {
        topics.add(root.of(all));
      } else if (root.named() ? named(wanted, root) : wanted.equals(root.text)) {
        topics.add(
            root.of(
                root.named()
                    ? Destinations.pattern(wanted.substring(root.text.length()), wildcards)
                    : all));
      }
    }
    return topics;
  }

  private static boolean named(String wanted, Root root) {
    return wanted.startsWith(root.text) && wanted.length() > root.text.length();
  }

  /// The name under which a notice goes.
  static String name(Notice notice, Wildcards wildcards) {
    for (Root root : ROOTS) {
      if (root.kind == notice.kind() && root.routing == notice.routing()) {
        return PREFIX + (root.named() ? root.text + shown(notice, wildcards) : root.text);
      }
    }
    throw new IllegalStateException("no advisory is for " + notice.kind());
  }

  private static String shown(Notice notice, Wildcards wildcards) {
    String name = notice.name();
    return name.startsWith(Destinations.TEMPORARY)
        ? name.substring(Destinations.TEMPORARY.length())
        : notice.routing() == RoutingType.MULTICAST ? Destinations.topic(name, wildcards) : name;
  }

  /// Whether what a notice is about is something to OpenWire: a subscription of a topic is no queue there.
  static boolean shows(Notice notice) {
    return !(notice.subject() instanceof Notice.Subject.Destination destination)
        || !destination.gathers()
        || destination.address().equals(Destinations.virtualTopic(notice.name()));
  }

  /// The queue or topic that a notice is about.
  static Struct destination(Notice notice, Wildcards wildcards) {
    RoutingType routing =
        notice.routing() == RoutingType.MULTICAST ? RoutingType.MULTICAST : RoutingType.ANYCAST;
    return notice.name().startsWith(Destinations.TEMPORARY)
        ? Destinations.temporary(notice.name(), routing)
        : Destinations.of(
            routing == RoutingType.ANYCAST ? Type.QUEUE : Type.TOPIC, shown(notice, wildcards));
  }
}
