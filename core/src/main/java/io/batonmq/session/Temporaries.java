package io.batonmq.session;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Directory;
import io.batonmq.broker.LiveAddress;
import io.batonmq.broker.LiveQueue;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.message.RoutingType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Addresses that are made for one link and end with it, as JMS 3.1 §6.2.2 wants them: anybody may send to
/// one, nobody but the connection that has it may consume. The log never hears of them: after a take-over
/// they are gone, and clients make new ones.
///
/// Their names are all below [#NAMESPACE] and never given out twice, also not by another node: a reply that
/// comes after the end of its address must not find another's, nor become an address of its own that
/// nobody reads.
final class Temporaries {
  /// Nothing below it is ever made by using it. Security settings may name it.
  static final String NAMESPACE = "temporary.";

  private final Directory directory;
  private final BrokerSettings settings;
  private final AccessRules access;
  private final Answers answers;
  private final Watching watching;
  private final long epoch;
  private final Map<String, Temporary> byName = new HashMap<>();
  private long last;

  private record Temporary(Connection owner, RoutingType routing, LiveAddress address) {}

  /// @param epoch of this node: the part of the names that other nodes do not use
  Temporaries(
      Directory directory,
      BrokerSettings settings,
      AccessRules access,
      Answers answers,
      Watching watching,
      long epoch) {
    this.directory = directory;
    this.settings = settings;
    this.access = access;
    this.answers = answers;
    this.watching = watching;
    this.epoch = epoch;
  }

  /// Whether a name is below [#NAMESPACE].
  static boolean isTemporary(String name) {
    return name.startsWith(NAMESPACE);
  }

  void make(Connection connection, Command.MakeTemporary command) {
    String wanted = command.name();
    String name = wanted == null ? nextName() : NAMESPACE + wanted;
    Refusal refusal = mayMake(connection, command, name);
    if (refusal != null) {
      answers.to(connection, new Output.LinkRefused(command.link(), refusal));
      return;
    }
    boolean queue = command.routing() == RoutingType.ANYCAST;
    LiveAddress address = directory.createVolatileAddress(name, command.routing());
    if (queue) {
      directory.createQueue(address, name, RoutingType.ANYCAST, false, 0, false);
    }
    byName.put(name, new Temporary(connection, command.routing(), address));
    connection.temporaries.put(command.link(), name);
    answers.to(connection, new Output.TemporaryMade(command.link(), name));
    watching.temporary(name, command.routing(), true);
  }

  private String nextName() {
    String name;
    do {
      name = NAMESPACE + epoch + "." + ++last;
      // An operator may have made one of that name.
    } while (directory.address(name) != null || directory.queue(name) != null);
    return name;
  }

  private @Nullable Refusal mayMake(
      Connection connection, Command.MakeTemporary command, String name) {
    String fault = Names.fault(name, settings.limits().nameMax());
    if (fault != null) {
      return new Refusal(Reason.INVALID, fault);
    }
    if (directory.address(name) != null || directory.queue(name) != null) {
      return new Refusal(Reason.IN_USE, "there is a temporary destination " + name + " already");
    }
    if (connection.links.containsKey(command.link())
        || connection.temporaries.containsKey(command.link())) {
      return new Refusal(Reason.INVALID, "the link " + command.link() + " is open already");
    }
    if (connection.temporaries.size() >= settings.limits().linksMax()) {
      return new Refusal(
          Reason.LIMIT_REACHED,
          "a connection may have "
              + settings.limits().linksMax()
              + " temporary destinations at once");
    }
    if (!access.allows(connection.principal, Permission.CREATE_NON_DURABLE_QUEUE, name)) {
      return new Refusal(
          Reason.NOT_AUTHORIZED,
          "user " + connection.principal.name() + " may not create temporary destinations");
    }
    if (directory.queues().size() >= settings.limits().queuesMax()
        || directory.addresses().size() >= settings.limits().queuesMax()) {
      return new Refusal(
          Reason.LIMIT_REACHED,
          "there are " + settings.limits().queuesMax() + " queues or addresses already");
    }
    return null;
  }

  /// Why a connection must not consume so; null if it may.
  @Nullable Refusal mayConsume(Connection connection, Source source) {
    String name = Names.address(source.address());
    Temporary temporary = byName.get(name);
    if (temporary == null) {
      return isTemporary(name) && directory.address(name) == null ? gone(name) : null;
    }
    if (!temporary.owner.equals(connection)) {
      return new Refusal(
          Reason.NOT_ALLOWED,
          "only the connection that made the temporary destination "
              + name
              + " may consume from it");
    }
    if (source.kind() instanceof Source.Kind.Subscription) {
      return new Refusal(
          Reason.NOT_ALLOWED, "a temporary topic has no durable or shared subscriptions");
    }
    return null;
  }

  static Refusal gone(String name) {
    return new Refusal(
        Reason.NOT_FOUND,
        "there is no temporary destination " + name + ": it ended with its connection");
  }

  /// The link of an address is closed, or never came to be. Answers whether it had one.
  boolean closed(Connection connection, int link) {
    String name = connection.temporaries.remove(link);
    if (name != null) {
      end(name);
    }
    return name != null;
  }

  /// A connection is gone, after its links.
  void closed(Connection connection) {
    List.copyOf(connection.temporaries.keySet()).forEach(link -> closed(connection, link));
  }

  private void end(String name) {
    Temporary temporary = byName.remove(name);
    if (temporary == null) {
      return;
    }
    watching.temporary(name, temporary.routing, false);
    if (temporary.address.deleted()) {
      // An operator was faster.
      return;
    }
    for (var queue : List.copyOf(temporary.address.address().queues())) {
      LiveQueue live = directory.queue(queue.name());
      if (live != null) {
        directory.deleteQueue(live);
      }
    }
    directory.deleteAddress(temporary.address);
  }
}
