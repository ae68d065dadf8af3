package io.batonmq.session;

import io.batonmq.broker.BoundQueue;
import io.batonmq.broker.Directory;
import io.batonmq.broker.LiveAddress;
import io.batonmq.broker.LiveQueue;
import io.batonmq.broker.QueueSettings;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.message.RoutingType;
import org.jspecify.annotations.Nullable;

/// Queues and topics that clients make and delete by word: as operators do, with the rights of a client.
final class OwnDestinations {
  private final Directory directory;
  private final AccessRules access;
  private final Managing managing;

  OwnDestinations(Directory directory, AccessRules access, Managing managing) {
    this.directory = directory;
    this.access = access;
    this.managing = managing;
  }

  void make(Connection connection, Command.MakeDestination make) {
    String name = make.name();
    boolean queue = make.routing() == RoutingType.ANYCAST;
    LiveAddress address = directory.address(name);
    boolean there = queue ? directory.queue(name) != null : address != null;
    if (there && (queue || (address != null && address.address().multicast()))) {
      answer(connection, make.request(), null);
    } else if (Temporaries.isTemporary(name)) {
      answer(connection, make.request(), Temporaries.gone(name));
    } else if (!access.allows(connection.principal, Permission.CREATE_ADDRESS, name)
        || (queue && !access.allows(connection.principal, Permission.CREATE_DURABLE_QUEUE, name))) {
      answer(connection, make.request(), forbidden(connection, "create", name));
    } else {
      Management request =
          queue
              ? new Management.CreateQueue(
                  name, name, RoutingType.ANYCAST, QueueSettings.Overrides.NONE, true, "")
              : new Management.CreateAddress(name, false, true);
      managing.on(request, outlet(connection, make.request()));
    }
  }

  void delete(Connection connection, Command.DeleteDestination delete) {
    Refusal refusal = refusal(connection, delete);
    LiveQueue queue = directory.queue(delete.name());
    LiveAddress address = directory.address(delete.name());
    boolean there = delete.routing() == RoutingType.ANYCAST ? queue != null : address != null;
    if (refusal != null || !there) {
      // What is not there is as it was to be.
      answer(connection, delete.request(), refusal);
      return;
    }
    boolean gathers = queue != null && queue.queue().routing() == RoutingType.MULTICAST;
    Management request =
        delete.routing() == RoutingType.ANYCAST
            ? new Management.DeleteQueue(delete.name(), delete.force(), !gathers)
            : new Management.DeleteAddress(delete.name(), true);
    managing.on(request, outlet(connection, delete.request()));
  }

  private @Nullable Refusal refusal(Connection connection, Command.DeleteDestination delete) {
    String name = delete.name();
    LiveQueue queue = directory.queue(name);
    LiveAddress address =
        delete.routing() == RoutingType.ANYCAST && queue != null
            ? queue.address()
            : directory.address(name);
    if (address == null) {
      return null;
    }
    String at = address.address().name();
    if (!address.address().durable()) {
      return new Refusal(
          Reason.NOT_ALLOWED, "the temporary destination " + at + " ends with its connection");
    }
    if (!access.allows(connection.principal, Permission.DELETE_DURABLE_QUEUE, at)
        || !access.allows(connection.principal, Permission.DELETE_ADDRESS, at)) {
      return forbidden(connection, "delete", name);
    }
    if (delete.routing() == RoutingType.MULTICAST && address.address().anycast()) {
      return new Refusal(
          Reason.NOT_ALLOWED, "the address " + at + " is not only a topic: it is a queue too");
    }
    int consumers = consumers(address, queue, delete.routing());
    return consumers == 0 || delete.force()
        ? null
        : new Refusal(
            Reason.IN_USE,
            "Destination: "
                + (delete.routing() == RoutingType.ANYCAST ? "queue://" : "topic://")
                + name
                + " still has an active subscription: it has "
                + consumers
                + (consumers == 1 ? " consumer" : " consumers"));
  }

  /// Consumers of a queue, or of all subscriptions of a topic.
  private int consumers(LiveAddress address, @Nullable LiveQueue queue, RoutingType routing) {
    if (routing == RoutingType.ANYCAST) {
      return queue == null ? 0 : queue.consumerCount();
    }
    int count = 0;
    for (BoundQueue bound : address.address().queues()) {
      LiveQueue each = directory.queue(bound.name());
      count += each == null ? 0 : each.consumerCount();
    }
    return count;
  }

  private static Refusal forbidden(Connection connection, String what, String name) {
    return new Refusal(
        Reason.NOT_AUTHORIZED,
        "user " + connection.principal.name() + " may not " + what + " " + name);
  }

  private void answer(Connection connection, long request, @Nullable Refusal refusal) {
    managing.answer(outlet(connection, request), refusal);
  }

  private static Outlet outlet(Connection connection, long request) {
    return output -> {
      if (output instanceof Output.Managed(Refusal refusal, long _)) {
        connection.outlet.emit(new Output.Ended(request, refusal));
      }
    };
  }
}
