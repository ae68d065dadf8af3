package io.batonmq.broker;

import io.batonmq.message.Message;
import io.batonmq.queue.KeyList;
import io.batonmq.queue.Keys;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Messages that leave a queue without having been taken: dead after the last attempt, or expired. Only
/// the active node decides that; the move is one event, so it happens exactly once.
///
/// A message is dead only when a consumer says that an attempt failed. An attempt whose fate nobody knows
/// (a lost connection, a takeover) counts, but does not kill: with a large prefetch it would take
/// hundreds along that nobody has looked at.
final class DeadLetters {
  /// Bodies that are asked for at once.
  private static final int ASKED_MAX = 32;

  private final ActiveBroker broker;
  private final EventLog log;
  private final Bodies bodies;
  private final VolatileReferences volatiles;
  private final Effects effects;

  /// Messages that a filter has to look into first, by the position of the body that was asked for. Until
  /// it is here they stay as they are: out, or due.
  private final Map<Long, Set<Awaited>> awaited = new HashMap<>();

  /// Of these, those that were asked for and are not here, and those that are to be asked for.
  private final Set<Long> asked = new HashSet<>();

  private final ArrayDeque<Long> toAsk = new ArrayDeque<>();

  private record Awaited(LiveQueue queue, long key, String to, OwnQueues own, boolean expired) {}

  DeadLetters(
      ActiveBroker broker,
      EventLog log,
      Bodies bodies,
      VolatileReferences volatiles,
      Effects effects) {
    this.broker = broker;
    this.log = log;
    this.bodies = bodies;
    this.volatiles = volatiles;
    this.effects = effects;
  }

  /// Attempts failed. Answers the messages that may be tried again; the others are moved.
  KeyList afterFailure(LiveQueue queue, KeyList keys) {
    int max = queue.address().settings().maxDeliveryAttempts();
    KeyList back = new KeyList();
    for (int i = 0; i < keys.size(); i++) {
      Reference reference = queue.queue().messages().find(keys.get(i));
      if (reference == null) {
        continue;
      }
      boolean last = max > 0 && reference.deliveryCount() + 1 >= max;
      if (!last || !bury(queue, reference)) {
        back.add(reference.key());
      }
    }
    return back;
  }

  /// No attempt would help. Answers the messages that have nowhere to go; the others are moved.
  KeyList afterRejection(LiveQueue queue, KeyList keys) {
    KeyList back = new KeyList();
    for (int i = 0; i < keys.size(); i++) {
      Reference reference = queue.queue().messages().find(keys.get(i));
      if (reference != null && !bury(queue, reference)) {
        back.add(reference.key());
      }
    }
    return back;
  }

  /// Moves a message to the dead-letter address; false for one that is there already, and stays.
  private boolean bury(LiveQueue queue, Reference reference) {
    String to = queue.address().settings().deadLetterAddress();
    if (queue.address().address().name().equals(to)) {
      return false;
    }
    move(queue, reference, to, queue.address().settings().deadLetterQueues(), false);
    return true;
  }

  /// Where a message goes that is sent to an address: if no queue takes it, to the dead-letter address, if the
  /// settings say so.
  Route orUnrouted(Route route, LiveAddress address, Message message) {
    AddressSettings settings = address.settings();
    String to = settings.deadLetterAddress();
    String from = address.address().name();
    if (!settings.deadLettersUnrouted()
        || !route.isEmpty()
        || route.refusal() != null
        || route.diverted()
        || to == null
        || to.equals(from)) {
      return route;
    }
    LiveQueue dedicated = dedicated(to, settings.deadLetterQueues(), from);
    Route moved = broker.moved(broker.directory().deadEnd(to, dedicated != null), message);
    List<LiveQueue> targets = new ArrayList<>(moved.queues());
    if (dedicated != null && !moved.diverted() && !targets.contains(dedicated)) {
      targets.add(dedicated);
    }
    Route dead = new Route();
    dead.add(targets, new Origins.Place(from, "", true));
    return dead;
  }

  /// The time of a message is over. Answers whether it is gone; otherwise it goes when its body was read.
  boolean expire(LiveQueue queue, Reference reference) {
    AddressSettings settings = queue.address().settings();
    return move(queue, reference, settings.expiryAddress(), settings.expiryQueues(), true);
  }

  /// Expires messages that are due in any queue, at most `max`. False if there may be more.
  boolean expireDue(long wall, int max) {
    KeyList due = new KeyList();
    int left = max;
    for (LiveQueue queue : List.copyOf(broker.directory().queues())) {
      MessageQueue messages = queue.queue().messages();
      if (messages.expiryMillisMin() > wall) {
        continue;
      }
      due.clear();
      messages.due(wall, left, due);
      for (int i = 0; i < due.size(); i++) {
        Reference reference = messages.find(due.get(i));
        if (reference != null && expire(queue, reference)) {
          left--;
        }
      }
      if (left <= 0 || log.full()) {
        return false;
      }
    }
    return true;
  }

  /// A record was read: what waited for it goes now.
  ///
  /// @param payload is left as it is
  void loaded(long position, ByteBuffer payload) {
    Set<Awaited> waiting = awaited.remove(position);
    asked.remove(position);
    ask();
    if (waiting == null) {
      return;
    }
    Message message = Events.message(payload.duplicate());
    for (Awaited one : waiting) {
      Reference reference =
          one.queue.queue().deleted() ? null : one.queue.queue().messages().find(one.key);
      if (reference != null) {
        move(one.queue, reference, one.to, one.own, one.expired, message);
      }
      if (!one.queue.queue().deleted()) {
        broker.placed(one.queue);
      }
    }
  }

  /// Asks for bodies that are waited for, not for all at once: they are held in memory until their turn.
  private void ask() {
    while (asked.size() < ASKED_MAX && !toAsk.isEmpty()) {
      long position = toAsk.removeFirst();
      if (awaited.containsKey(position)) {
        asked.add(position);
        effects.load(position);
      }
    }
  }

  private boolean move(
      LiveQueue source, Reference old, @Nullable String to, OwnQueues own, boolean expired) {
    return move(source, old, to, own, expired, bodies.get(old.position()));
  }

  /// @param message null if it is not in memory, which matters only to queues that choose
  private boolean move(
      LiveQueue source,
      Reference old,
      @Nullable String to,
      OwnQueues own,
      boolean expired,
      @Nullable Message message) {
    Origins.Place place = Origins.Place.moved(broker.origin(old), source.queue());
    if (to == null) {
      move(source, old, List.of(), place, expired);
      return true;
    }
    LiveQueue dedicated = dedicated(to, own, place.address());
    LiveAddress end = broker.directory().deadEnd(to, dedicated != null);
    if (message == null && end.filters()) {
      awaited
          .computeIfAbsent(
              old.position(),
              position -> {
                toAsk.addLast(position);
                return new LinkedHashSet<>();
              })
          .add(new Awaited(source, old.key(), to, own, expired));
      ask();
      return false;
    }
    List<LiveQueue> targets;
    boolean diverted = false;
    if (message == null) {
      targets = broker.directory().live(end.route(null, _ -> true));
    } else {
      Route route = broker.moved(end, message);
      targets = route.queues();
      diverted = route.diverted();
    }
    if (dedicated != null && !diverted && !targets.contains(dedicated)) {
      targets.add(dedicated);
    }
    move(source, old, targets, place, expired);
    return true;
  }

  /// Not for what comes from an address that goes with its connection: nobody would ever look there, nor
  /// delete it.
  private @Nullable LiveQueue dedicated(String to, OwnQueues own, String origin) {
    LiveAddress from = own.create() ? broker.directory().address(origin) : null;
    return from == null || !from.address().durable()
        ? null
        : broker.directory().ownQueue(to, own.name(origin), origin);
  }

  private void move(
      LiveQueue source,
      Reference old,
      List<LiveQueue> targets,
      Origins.Place place,
      boolean expired) {
    KeyList durable = new KeyList();
    List<LiveQueue> others = new ArrayList<>();
    for (LiveQueue target : targets) {
      if (old.durable() && target.queue().durable()) {
        durable.add(target.queue().id());
      } else {
        others.add(target);
      }
    }
    long next = broker.nextSequence();
    // Before the old reference goes: it may be all that keeps the body.
    for (LiveQueue target : others) {
      if (old.position() < 0) {
        bodies.refer(old.position());
      }
      Reference moved =
          old.moved(Keys.of(next, old.priority()), volatiles.origins().refer(place), expired);
      volatiles.place(target, unlogged(moved), 0);
    }
    if (old.durable()) {
      int[] ids = new int[durable.size()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = (int) durable.get(i);
      }
      log.append(new Event.Moved(source.queue().id(), old.key(), next, expired, ids));
    } else {
      source.queue().messages().remove(old.key());
      volatiles.giveUp(old);
    }
    targets.forEach(broker::mark);
  }

  private static Reference unlogged(Reference reference) {
    return new Reference(
        reference.key(),
        reference.position(),
        reference.size(),
        reference.out(),
        false,
        reference.redelivered(),
        reference.deliveryCount(),
        reference.expiry(),
        reference.origin(),
        reference.expired());
  }
}
