package io.batonmq.broker;

import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.Tail;
import io.batonmq.queue.Keys;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Reference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Messages that are taken over: into the log, for queues that last; into memory, for what does not, and where that
/// is full into the log all the same.
final class Arrivals {
  private final ActiveBroker broker;
  private final EventLog log;
  private final Bodies bodies;
  private final VolatileReferences volatiles;
  private final Fragments fragments;

  Arrivals(ActiveBroker broker, EventLog log, Bodies bodies, VolatileReferences volatiles) {
    this.broker = broker;
    this.log = log;
    this.bodies = bodies;
    this.volatiles = volatiles;
    this.fragments = broker.state().fragments();
  }

  /// Takes a message over; answers why not.
  ///
  /// @param sends the transaction that makes it visible, null for none
  @Nullable Refusal enqueue(
      LiveAddress address,
      Route route,
      Message message,
      @Nullable TransactionSends sends,
      long wall) {
    List<LiveQueue> queues = route.queues();
    long envelope =
        4L * broker.settings().limits().nameMax() + 16L * queues.size() + route.textBytes() + 256;
    if (message.size() + envelope > log.payloadMax()) {
      return new Refusal(
          Refusal.Reason.LIMIT_REACHED,
          "a message of " + message.size() + " bytes is larger than the log takes");
    }
    Refusal refusal = Recurring.refusal(route, message, sends);
    if (refusal != null) {
      return refusal;
    }
    List<LiveQueue> durable = new ArrayList<>(1);
    List<LiveQueue> others = new ArrayList<>();
    for (LiveQueue queue : queues) {
      if (message.durable() && queue.queue().durable()) {
        durable.add(queue);
      } else {
        others.add(queue);
      }
    }
    if (!durable.isEmpty()) {
      logged(address, route, durable, others, message, sends, wall);
    } else if (!others.isEmpty()) {
      unlogged(address, route, others, message, sends, wall);
    }
    String client = route.remembered();
    if (client != null) {
      remember(address, message, client, queues.isEmpty(), sends, wall);
    }
    if (sends != null) {
      sends.send(queues);
      if (message.identity() instanceof Identity.Sequenced(String producer, long _)) {
        sends.producers.add(producer);
      }
    } else if (message.deliveryMillis() > 0) {
      queues.forEach(broker::placed);
    } else {
      queues.forEach(broker::mark);
    }
    return null;
  }

  /// Keeps a message for subscriptions that come later.
  ///
  /// @param alone whether there is nobody yet: then nothing else recognises a resend
  private void remember(
      LiveAddress address,
      Message message,
      String client,
      boolean alone,
      @Nullable TransactionSends sends,
      long wall) {
    broker.recent().add(address, message, client, sends, wall);
    if (!alone) {
      return;
    }
    if (sends == null) {
      broker.acceptVolatile(message.identity(), address.address().id());
    } else {
      stage(sends, address, message, false);
    }
  }

  private void logged(
      LiveAddress address,
      Route route,
      List<LiveQueue> durable,
      List<LiveQueue> others,
      Message message,
      @Nullable TransactionSends sends,
      long wall) {
    long next = sends == null ? broker.nextSequence() : 0;
    long position =
        log.append(
            new Event.Enqueued(
                next,
                sends == null ? 0 : sends.id(),
                wall,
                broker
                    .state()
                    .identities()
                    .floorFor(message.identity(), broker.settings().limits().identityRangesMax()),
                address.address().id(),
                route.straight(durable),
                route.diverted(durable),
                message));
    int size = Fragments.referenceSize((int) (log.end() - position), message.tail());
    bodies.keep(position, message);
    if (sends != null) {
      sends.logged++;
    }
    if (!others.isEmpty()) {
      Body body = new Body(position, size, true);
      place(address, route, others, message, body, sends, next, wall);
    }
  }

  /// Where the bytes of a message are.
  ///
  /// @param position negative for one that is in memory only
  /// @param size as a reference says it
  /// @param known whether the log has its identity
  private record Body(long position, int size, boolean known) {}

  private void unlogged(
      LiveAddress address,
      Route route,
      List<LiveQueue> others,
      Message message,
      @Nullable TransactionSends sends,
      long wall) {
    long next = sends == null ? broker.nextSequence() : 0;
    if (sends == null) {
      broker.acceptVolatile(message.identity(), address.address().id());
    }
    if (bodies.roomToHold(message)) {
      int size = Fragments.referenceSize(message.size(), message.tail());
      Body held = new Body(bodies.hold(message, others.size()), size, false);
      place(address, route, others, message, held, sends, next, wall);
      return;
    }
    Tail tail = message.tail();
    if (tail != null) {
      // The record is nobody's, so its event would drop what follows it.
      fragments.keep(tail.id());
    }
    Body spilled = spilled(address, message, next, wall);
    place(address, route, others, message, spilled, sends, next, wall);
    if (tail != null) {
      fragments.releaseUnlogged(spilled.position());
    }
  }

  /// Of a message that memory has no room for the log keeps the bytes, and only that: a record which is nobody's,
  /// for whose place only this node's references speak.
  private Body spilled(LiveAddress address, Message message, long next, long wall) {
    long position =
        log.append(
            new Event.Enqueued(
                next,
                0,
                wall,
                ProducerWindow.NO_FLOOR,
                address.address().id(),
                new int[0],
                List.of(),
                message.anonymous()));
    int size = Fragments.referenceSize((int) (log.end() - position), message.tail());
    return new Body(position, size, false);
  }

  /// Places what only this node knows: in its queues, or beside them until the commit.
  private void place(
      LiveAddress address,
      Route route,
      List<LiveQueue> queues,
      Message message,
      Body body,
      @Nullable TransactionSends sends,
      long next,
      long wall) {
    long sequence = sends == null ? next : stage(sends, address, message, body.known());
    Reference reference =
        Reference.fresh(
            Keys.of(sequence, message.priority()),
            body.position(),
            body.size(),
            false,
            message.expiryMillis());
    long from = Schedule.waiting(message, wall);
    for (LiveQueue queue : queues) {
      if (sends == null) {
        volatiles.place(queue, reference, route.place(queue), from);
        Recurring.begin(queue.queue().messages(), message, reference.key(), from);
      } else {
        volatiles.stage(waiting(sends, queue), reference, route.place(queue), from);
      }
    }
  }

  /// @param known whether the log has its identity
  private int stage(TransactionSends sends, LiveAddress address, Message message, boolean known) {
    Identity identity = message.identity();
    long floor =
        broker
            .volatileIdentities()
            .floorFor(identity, broker.settings().limits().identityRangesMax());
    return sends.staged.add(identity, address.address().id(), floor, known);
  }

  private MessageQueue waiting(TransactionSends sends, LiveQueue queue) {
    return sends
        .staged
        .messages()
        .computeIfAbsent(
            queue,
            _ -> {
              MessageQueue waiting = new MessageQueue();
              broker.state().transactions().unlogged().add(waiting);
              return waiting;
            });
  }
}
