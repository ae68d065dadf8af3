package io.batonmq.broker;

import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which queues a message goes to, of those that look at what comes in too, and by which diverts. However many
/// of them there are, a send makes one event at most, so the log's batch does not end a turn that asks a
/// thousand filters for each message; [#spent] does.
///
/// A divert is followed once at most for each message, and an address hands it to its queues once, so that
/// diverts which lead in a circle end, and lose nothing. What comes to an address also goes to the addresses
/// whose names are patterns that match it, but for what the broker itself moves there: a message that died in a
/// queue for all addresses would come back to it.
final class Routing {
  private final Directory directory;
  private final Forwarding forwarding;
  private final Looks looks = new Looks(Looks.ROUTING_PER_TURN);

  Routing(Directory directory, Forwarding forwarding) {
    this.directory = directory;
    this.forwarding = forwarding;
  }

  /// A turn begins.
  void begin() {
    looks.begin();
  }

  /// Whether it was enough for one turn.
  boolean spent() {
    return !looks.left();
  }

  /// Where a message goes that is sent to an address.
  ///
  /// @param routing to which kind of queues only; null for both
  /// @param client the client id of its sender; empty if it is not known
  Route route(LiveAddress address, @Nullable RoutingType routing, Message message, String client) {
    if (address.diverts().isEmpty() && directory.matching(address).isEmpty()) {
      // So it is with nearly all of them.
      Route route = new Route();
      route.add(queues(address, routing, directory.fields(message, address), client), null);
      return route;
    }
    return new Walk(message, client, false).from(address, routing);
  }

  /// Where a message goes that is sent straight to a queue: exclusive diverts take that too.
  ///
  /// @param client the client id of its sender; empty if it is not known
  Route route(LiveQueue queue, Message message, String client) {
    if (!queue.queue().filters() && queue.address().diverts().isEmpty()) {
      Route route = new Route();
      route.add(List.of(queue), null);
      return route;
    }
    return new Walk(message, client, false).from(queue);
  }

  /// Where a message goes that the broker moves to an address. That cannot be refused: a divert that leads
  /// nowhere is passed over, and a limit of an address that is diverted to does not count.
  Route moved(LiveAddress end, Message message) {
    return new Walk(message, "", true).from(end, null);
  }

  private List<LiveQueue> queues(
      LiveAddress address, @Nullable RoutingType routing, MessageFields fields, String client) {
    return directory.live(
        address.route(routing, queue -> admits(directory.live(queue), fields, client)));
  }

  private boolean admits(LiveQueue queue, MessageFields fields, String client) {
    looks.spend(queue.condition());
    return queue.admits(fields, client);
  }

  /// A message on its ways.
  private final class Walk {
    private final Message message;
    private final String client;
    private final boolean moved;
    private final Route route = new Route();
    private final ArrayDeque<Step> steps = new ArrayDeque<>();
    private final Set<Divert> followed = new HashSet<>();

    /// To which kinds of queues an address has handed it.
    private final Map<LiveAddress, Set<RoutingType>> served = new HashMap<>();

    /// @param from null for the address that it was sent to
    private record Step(
        LiveAddress address, @Nullable RoutingType routing, Origins.@Nullable Place from) {}

    Walk(Message message, String client, boolean moved) {
      this.message = message;
      this.client = client;
      this.moved = moved;
    }

    Route from(LiveAddress address, @Nullable RoutingType routing) {
      steps.add(new Step(address, routing, null));
      return go();
    }

    Route from(LiveQueue queue) {
      LiveAddress address = queue.address();
      MessageFields fields = directory.fields(message, address);
      if (exclusive(address, queue.queue().routing(), fields)) {
        route.divert();
      } else if (!queue.queue().filters() || admits(queue, fields, client)) {
        route.add(List.of(queue), null);
      }
      return go();
    }

    private Route go() {
      while (!steps.isEmpty() && route.refusal() == null) {
        pass(steps.removeFirst());
      }
      return route;
    }

    private void pass(Step step) {
      LiveAddress address = step.address;
      MessageFields fields = directory.fields(message, address);
      if (!address.diverts().isEmpty()) {
        if (exclusive(address, step.routing, fields)) {
          if (step.from == null) {
            route.divert();
          }
          return;
        }
        for (Divert divert : address.diverts().others(one -> takes(one, step.routing, fields))) {
          follow(divert, address, step.routing);
        }
      }
      if (step.from == null || open(address)) {
        serve(address, step, fields);
      }
      if (moved) {
        return;
      }
      for (LiveAddress pattern : directory.matching(address)) {
        if (open(pattern)) {
          serve(pattern, step, directory.fields(message, pattern));
        }
      }
    }

    private void serve(LiveAddress address, Step step, MessageFields fields) {
      Set<RoutingType> kinds =
          step.routing == null ? EnumSet.allOf(RoutingType.class) : EnumSet.of(step.routing);
      Set<RoutingType> before =
          served.computeIfAbsent(address, _ -> EnumSet.noneOf(RoutingType.class));
      kinds.removeAll(before);
      before.addAll(kinds);
      for (RoutingType kind : kinds) {
        route.add(queues(address, kind, fields, client), step.from);
      }
    }

    /// Whether an address takes messages that come there by a divert or a pattern. A producer is not held back
    /// by it.
    private boolean open(LiveAddress address) {
      if (moved || !address.full()) {
        return true;
      }
      if (address.settings().fullPolicy() == FullPolicy.FAIL) {
        route.refuse(
            new Refusal(
                Refusal.Reason.LIMIT_REACHED,
                "the address "
                    + address.address().name()
                    + " is full, and messages go there too: consume from it first"));
      }
      return address.settings().fullPolicy() == FullPolicy.PAGE
          || address.settings().fullPolicy() == FullPolicy.BLOCK;
    }

    /// Follows the exclusive diverts that take the message; false if there are none.
    private boolean exclusive(
        LiveAddress address, @Nullable RoutingType routing, MessageFields fields) {
      List<Divert> taking = address.diverts().exclusive(one -> takes(one, routing, fields));
      taking.forEach(divert -> follow(divert, address, routing));
      return !taking.isEmpty();
    }

    private boolean takes(
        LiveDiverts.One one, @Nullable RoutingType routing, MessageFields fields) {
      looks.spend(one.filter());
      if (followed.contains(one.divert()) || !one.filter().admits(fields)) {
        return false;
      }
      Refusal fault = forwarding.fault(one.divert(), one.divert().routing(routing));
      if (fault != null && !moved) {
        route.refuse(fault);
      }
      return fault == null;
    }

    private void follow(Divert divert, LiveAddress from, @Nullable RoutingType routing) {
      followed.add(divert);
      LiveAddress to = directory.address(divert.to());
      if (to != null) {
        steps.add(
            new Step(
                to,
                divert.routing(routing),
                new Origins.Place(from.address().name(), divert.name(), true)));
      }
    }
  }
}
