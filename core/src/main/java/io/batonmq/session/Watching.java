package io.batonmq.session;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Directory;
import io.batonmq.broker.Limits;
import io.batonmq.broker.LiveAddress;
import io.batonmq.broker.LiveQueue;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.message.AddressPattern;
import io.batonmq.message.RoutingType;
import io.batonmq.message.Wildcards;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who wants to know what comes and goes, and what there is. The log never hears of it: the next node finds out anew
/// who is there.
final class Watching implements Directory.Watch {
  private final Directory directory;
  private final Wildcards wildcards;
  private final Resolver resolver;
  private final Answers answers;
  private final Limits limits;

  /// In the order in which they began.
  private final Map<Notice.Kind, Set<Watch>> watches = new EnumMap<>(Notice.Kind.class);

  private final Map<Connection, Map<Integer, Watch>> byConnection = new HashMap<>();

  /// What there is, but for what the directory has.
  private final Map<Notice.Kind, Map<Place, Set<Notice.Subject>>> there =
      new EnumMap<>(Notice.Kind.class);

  private record Place(@Nullable RoutingType routing, String name) {}

  private record Watch(
      Connection connection,
      int link,
      Notice.Kind kind,
      @Nullable RoutingType routing,
      AddressPattern pattern) {
    boolean wants(@Nullable RoutingType about, String name) {
      return (routing == null || routing == about) && pattern.matches(name);
    }
  }

  Watching(Directory directory, BrokerSettings settings, Resolver resolver, Answers answers) {
    this.directory = directory;
    this.wildcards = settings.wildcards();
    this.limits = settings.limits();
    this.resolver = resolver;
    this.answers = answers;
    for (Notice.Kind kind : Notice.Kind.values()) {
      watches.put(kind, new LinkedHashSet<>());
      there.put(kind, new LinkedHashMap<>());
    }
  }

  void open(Connection connection, Command.Watch command) {
    Refusal refusal = refusal(connection, command);
    if (refusal != null) {
      answers.to(connection, new Output.LinkRefused(command.link(), refusal));
      return;
    }
    Watch watch =
        new Watch(
            connection,
            command.link(),
            command.kind(),
            command.routing(),
            new AddressPattern(command.pattern(), wildcards));
    byConnection.computeIfAbsent(connection, _ -> new LinkedHashMap<>()).put(watch.link, watch);
    of(watch.kind).add(watch);
    if (watch.kind == Notice.Kind.DESTINATIONS) {
      directory.queues().forEach(queue -> queue(queue, true, List.of(watch)));
      directory.addresses().forEach(address -> address(address, true, List.of(watch)));
    }
    all(watch.kind)
        .forEach((place, subjects) -> {
          for (Notice.Subject subject : subjects) {
            tell(List.of(watch), place, subject, subjects.size(), true);
          }
        });
    answers.to(connection, new Output.ConsumerOpened(watch.link, command.pattern()));
  }

  private @Nullable Refusal refusal(Connection connection, Command.Watch command) {
    String fault = Names.fault(command.pattern(), limits.nameMax());
    if (fault != null) {
      return new Refusal(Reason.INVALID, fault);
    }
    Map<Integer, Watch> own = byConnection.getOrDefault(connection, Map.of());
    if (own.size() >= limits.linksMax()) {
      return new Refusal(
          Reason.LIMIT_REACHED, "a connection may watch " + limits.linksMax() + " things at once");
    }
    if (own.containsKey(command.link())) {
      return new Refusal(Reason.INVALID, "the link " + command.link() + " is open already");
    }
    return command.right() == null
        ? null
        : resolver.mayConsume(connection.principal, command.right());
  }

  private Set<Watch> of(Notice.Kind kind) {
    return watches.getOrDefault(kind, Set.of());
  }

  private Map<Place, Set<Notice.Subject>> all(Notice.Kind kind) {
    return there.getOrDefault(kind, Map.of());
  }

  /// The link of a watch is closed; answers whether there was one.
  boolean closed(Connection connection, int link) {
    Map<Integer, Watch> own = byConnection.getOrDefault(connection, Map.of());
    Watch watch = own.get(link);
    if (watch == null) {
      return false;
    }
    own.remove(link);
    of(watch.kind).remove(watch);
    return true;
  }

  void connected(Connection connection) {
    came(Notice.Kind.CONNECTIONS, null, "", subject(connection));
  }

  /// A connection is gone, after its links.
  void closed(Connection connection) {
    Map<Integer, Watch> own = byConnection.remove(connection);
    if (own != null) {
      own.values().forEach(watch -> of(watch.kind).remove(watch));
    }
    gone(Notice.Kind.CONNECTIONS, null, "", subject(connection));
  }

  private static Notice.Subject subject(Connection connection) {
    return new Notice.Subject.Peer(
        connection.id,
        peer(connection),
        connection.clientId,
        connection.principal.name(),
        connection.remoteAddress);
  }

  private static String peer(Connection connection) {
    if (connection.peer != null) {
      return connection.peer;
    }
    return connection.clientId.isEmpty() ? "connection-" + connection.id : connection.clientId;
  }

  void opened(ConsumerLink link, boolean there) {
    Connection connection = link.connection();
    Notice.Subject subject =
        new Notice.Subject.Consumer(
            connection.id,
            link.number(),
            peer(connection),
            connection.clientId,
            link.name,
            link.source);
    boolean topic =
        link.source.kind() instanceof Source.Kind.Volatile
            || link.source.kind() instanceof Source.Kind.Subscription;
    if (topic) {
      String address = link.queue.queue().address().name();
      change(Notice.Kind.CONSUMERS, RoutingType.MULTICAST, address, subject, there);
    } else {
      String queue = link.queue.queue().name();
      change(Notice.Kind.CONSUMERS, RoutingType.ANYCAST, queue, subject, there);
    }
  }

  /// One that names an address with each message is not told of.
  void opened(ProducerLink link, boolean there) {
    ProducerLink.Target target = link.target;
    if (target != null) {
      Connection connection = link.connection();
      RoutingType routing =
          link.routing == RoutingType.MULTICAST ? RoutingType.MULTICAST : RoutingType.ANYCAST;
      Notice.Subject subject =
          new Notice.Subject.Producer(
              connection.id, link.number(), peer(connection), link.producer);
      change(Notice.Kind.PRODUCERS, routing, target.name(), subject, there);
    }
  }

  /// An address that ends with its connection came, or is gone.
  void temporary(String name, RoutingType routing, boolean there) {
    change(
        Notice.Kind.TEMPORARIES, routing, name, new Notice.Subject.Destination(name, false), there);
  }

  @Override
  public void queue(LiveQueue queue, boolean there) {
    queue(queue, there, of(Notice.Kind.DESTINATIONS));
  }

  private void queue(LiveQueue queue, boolean there, Iterable<Watch> to) {
    if (queue.queue().durable()) {
      String address = queue.queue().address().name();
      boolean gathers = queue.queue().routing() == RoutingType.MULTICAST;
      tell(
          to,
          new Place(RoutingType.ANYCAST, queue.queue().name()),
          new Notice.Subject.Destination(address, gathers),
          1,
          there);
    }
  }

  @Override
  public void address(LiveAddress address, boolean there) {
    address(address, there, of(Notice.Kind.DESTINATIONS));
  }

  private void address(LiveAddress address, boolean there, Iterable<Watch> to) {
    String name = address.address().name();
    // Of a pattern there is nothing but whoever listens.
    if (address.address().durable() && address.address().multicast() && !wildcards.pattern(name)) {
      tell(
          to,
          new Place(RoutingType.MULTICAST, name),
          new Notice.Subject.Destination(name, false),
          1,
          there);
    }
  }

  private void change(
      Notice.Kind kind,
      @Nullable RoutingType routing,
      String name,
      Notice.Subject subject,
      boolean there) {
    if (there) {
      came(kind, routing, name, subject);
    } else {
      gone(kind, routing, name, subject);
    }
  }

  private void came(
      Notice.Kind kind, @Nullable RoutingType routing, String name, Notice.Subject subject) {
    Place place = new Place(routing, name);
    Set<Notice.Subject> subjects = all(kind).computeIfAbsent(place, _ -> new LinkedHashSet<>());
    if (subjects.add(subject)) {
      tell(of(kind), place, subject, subjects.size(), true);
    }
  }

  private void gone(
      Notice.Kind kind, @Nullable RoutingType routing, String name, Notice.Subject subject) {
    Place place = new Place(routing, name);
    Set<Notice.Subject> subjects = all(kind).getOrDefault(place, Set.of());
    if (!subjects.contains(subject)) {
      return;
    }
    subjects.remove(subject);
    if (subjects.isEmpty()) {
      all(kind).remove(place);
    }
    tell(of(kind), place, subject, subjects.size(), false);
  }

  private void tell(
      Iterable<Watch> to, Place place, Notice.Subject subject, int count, boolean isThere) {
    for (Watch watch : to) {
      if (watch.wants(place.routing, place.name)) {
        answers.to(
            watch.connection,
            new Output.News(
                watch.link,
                new Notice(watch.kind, place.routing, place.name, subject, count, isThere)));
      }
    }
  }
}
