package io.batonmq.broker;

import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.queue.Keys;
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

  Arrivals(ActiveBroker broker, EventLog log, Bodies bodies, VolatileReferences volatiles) {
    this.broker = broker;
    this.log = log;
    this.bodies = bodies;
    this.volatiles = volatiles;
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
    List<LiveQueue> durable = new ArrayList<>(1);
    List<LiveQueue> others = new ArrayList<>();
    for (LiveQueue queue : queues) {
      if (message.durable() && queue.queue().durable()) {
        durable.add(queue);
      } else {
        others.add(queue);
      }
    }
    boolean spills = durable.isEmpty() && !others.isEmpty() && !bodies.roomToHold(message);
    // In a transaction nobody would tell the rewriting of segments that the record is needed.
    if (spills && (message.tail() != null || sends != null)) {
      return new Refusal(
          Refusal.Reason.LIMIT_REACHED,
          "messages that are not durable fill the memory set aside for them: consume some first");
    }
    if (spills) {
      spilled(address, route, others, message, wall);
    } else if (!durable.isEmpty()) {
      logged(address, route, durable, others, message, sends, wall);
    } else if (!others.isEmpty()) {
      held(address, route, others, message, sends, wall);
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
      if (!others.isEmpty()) {
        sends.volatiles.add(pending(address, route, others, position, size, message));
      }
    } else {
      Reference reference =
          Reference.fresh(
              Keys.of(next, message.priority()), position, size, false, message.expiryMillis());
      long from = Schedule.waiting(message.deliveryMillis(), wall);
      others.forEach(queue -> volatiles.place(queue, reference, route.place(queue), from));
    }
  }

  private void held(
      LiveAddress address,
      Route route,
      List<LiveQueue> others,
      Message message,
      @Nullable TransactionSends sends,
      long wall) {
    long position = bodies.hold(message, others.size());
    int size = Fragments.referenceSize(message.size(), message.tail());
    if (sends != null) {
      sends.volatiles.add(pending(address, route, others, position, size, message));
      return;
    }
    broker.acceptVolatile(message.identity(), address.address().id());
    Reference reference =
        Reference.fresh(
            Keys.of(broker.nextSequence(), message.priority()),
            position,
            size,
            false,
            message.expiryMillis());
    long from = Schedule.waiting(message.deliveryMillis(), wall);
    others.forEach(queue -> volatiles.place(queue, reference, route.place(queue), from));
  }

  /// Of a message that memory has no room for the log keeps the bytes, and only that: a record which is nobody's,
  /// for whose place only this node's references speak.
  private void spilled(
      LiveAddress address, Route route, List<LiveQueue> others, Message message, long wall) {
    long next = broker.nextSequence();
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
    int size = (int) (log.end() - position);
    broker.acceptVolatile(message.identity(), address.address().id());
    Reference reference =
        Reference.fresh(
            Keys.of(next, message.priority()), position, size, false, message.expiryMillis());
    long from = Schedule.waiting(message.deliveryMillis(), wall);
    others.forEach(queue -> volatiles.place(queue, reference, route.place(queue), from));
  }

  private static TransactionSends.Volatile pending(
      LiveAddress address,
      Route route,
      List<LiveQueue> queues,
      long position,
      int size,
      Message message) {
    return new TransactionSends.Volatile(
        queues,
        route.places(),
        position,
        size,
        message.priority(),
        message.expiryMillis(),
        message.deliveryMillis(),
        message.identity(),
        address.address().id());
  }
}
