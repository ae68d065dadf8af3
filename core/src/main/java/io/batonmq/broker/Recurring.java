package io.batonmq.broker;

import io.batonmq.message.Message;
import io.batonmq.message.Repetition;
import io.batonmq.queue.Keys;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Recurrence;
import io.batonmq.queue.Reference;
import org.jspecify.annotations.Nullable;

/// Messages that come again. One of each series waits in a queue; when its time has come it is a message like
/// any other, and the next one waits from the same moment on: both in one event, so that a node that is lost
/// between the two loses none and leaves none twice.
final class Recurring {
  /// Series in one queue: what is known of each is in memory, and in the part of a snapshot that is written at
  /// once.
  static final int PER_QUEUE_MAX = 10_000;

  private final ActiveBroker broker;
  private final EventLog log;
  private final VolatileReferences volatiles;

  Recurring(ActiveBroker broker, EventLog log, VolatileReferences volatiles) {
    this.broker = broker;
    this.log = log;
    this.volatiles = volatiles;
  }

  /// Why a message that comes again is not taken; null if it is, and for others.
  static @Nullable Refusal refusal(Route route, Message message, @Nullable TransactionSends sends) {
    if (message.repetition() == null) {
      return null;
    }
    if (sends != null) {
      return new Refusal(
          Refusal.Reason.NOT_IMPLEMENTED,
          "messages that come again are sent outside of a transaction, and to one destination");
    }
    for (LiveQueue queue : route.queues()) {
      if (queue.queue().messages().recurrences().size() >= PER_QUEUE_MAX) {
        return new Refusal(
            Refusal.Reason.LIMIT_REACHED,
            "the queue "
                + queue.queue().name()
                + " has "
                + PER_QUEUE_MAX
                + " messages that come again: purge it, or wait until some have ended");
      }
    }
    return null;
  }

  /// A message was placed that waits, and may come again.
  static void begin(MessageQueue messages, Message message, long key, long fromMillis) {
    Repetition repetition = message.repetition();
    if (repetition != null) {
      messages.recurs(
          key, new Recurrence(repetition, Math.min(fromMillis, MessageQueue.MILLIS_MAX)));
    }
  }

  /// The time of a message has come: it is admitted, and the next one waits. False if it does not come again,
  /// and is to be admitted like others.
  boolean admit(LiveQueue queue, Reference reference, long wall) {
    BoundQueue bound = queue.queue();
    Recurrence recurrence = bound.messages().recurrences().get(reference.key());
    if (recurrence == null) {
      return false;
    }
    long next =
        Math.min(
            recurrence.rest().nextMillis(recurrence.dueMillis(), wall), MessageQueue.MILLIS_MAX);
    if (next == MessageQueue.MILLIS_MAX || reference.due(next)) {
      // It would not live to see that.
      return false;
    }
    LiveAddress address = queue.address();
    boolean skipped = address.full() && address.settings().fullPolicy() != FullPolicy.PAGE;
    long sequence = broker.nextSequence();
    if (reference.durable()) {
      log.append(new Event.Repeated(bound.id(), wall, reference.key(), sequence, next, skipped));
    } else {
      Reference again = reference.again(Keys.of(sequence, reference.priority()));
      Recurrence rest = after(recurrence, next);
      volatiles.again(queue, again, next);
      if (rest != null) {
        bound.messages().recurs(again.key(), rest);
      }
      if (skipped) {
        volatiles.giveUp(bound.messages().remove(reference.key()));
      } else {
        bound.messages().admit(reference.key());
      }
    }
    return true;
  }

  /// Applies the event to any node's state.
  static void apply(BrokerState state, Event.Repeated event) {
    BoundQueue queue = state.existingQueue(event.queue());
    MessageQueue messages = queue.messages();
    Reference reference = messages.find(event.key());
    Recurrence recurrence = messages.recurrences().get(event.key());
    if (reference == null || recurrence == null) {
      throw new IllegalStateException(
          "nothing comes again with sequence " + Keys.sequence(event.key()));
    }
    state.sequence(event.sequence());
    Reference again = reference.again(Keys.of(event.sequence(), reference.priority()));
    // Before the old one goes: it may be all that keeps the body.
    state.origins().refer(again.origin());
    state.place(queue, again, event.untilMillis());
    Recurrence rest = after(recurrence, event.untilMillis());
    if (rest != null) {
      messages.recurs(again.key(), rest);
    }
    if (event.skipped()) {
      state.giveUp(messages.remove(event.key()));
    } else {
      messages.admit(event.key());
    }
  }

  private static @Nullable Recurrence after(Recurrence recurrence, long nextMillis) {
    Repetition rest = recurrence.rest();
    return rest.goesOn() ? new Recurrence(rest.next(), nextMillis) : null;
  }
}
