package io.batonmq.broker;

import io.batonmq.queue.KeyList;
import io.batonmq.queue.Keys;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Reference;

/// The messages of a queue that nobody has are thrown away, in as many pieces as it needs, so that no turn
/// visits a whole queue: first those that wait for their time, then those that are available. A message keeps
/// its sequence when its time comes, so none slips through between the two.
public final class Purging {
  /// Messages that one piece looks at, and so keys in one event.
  private static final int PIECE = 1_000;

  private final LiveQueue queue;
  private final long lastSequence;
  private boolean cancelling = true;
  private long count;

  /// The last one looked at of those that wait.
  private long afterMillis = -1;

  private long afterKey = -1;

  /// @param lastSequence what came later stays
  Purging(LiveQueue queue, long lastSequence) {
    this.queue = queue;
    this.lastSequence = lastSequence;
  }

  /// Messages thrown away so far.
  public long count() {
    return count;
  }

  /// Does a piece; false if there was nothing left to do.
  boolean work(EventLog log, VolatileReferences volatiles, Schedule schedule) {
    if (queue.queue().deleted()) {
      return false;
    }
    if (cancelling) {
      cancelling = cancel(log, volatiles);
      schedule.note(queue);
      if (cancelling) {
        return true;
      }
    }
    return remove(log, volatiles);
  }

  private boolean cancel(EventLog log, VolatileReferences volatiles) {
    MessageQueue messages = queue.queue().messages();
    KeyList keys = new KeyList();
    KeyList times = new KeyList();
    int[] looked = {0};
    messages.waiting(
        afterMillis,
        afterKey,
        (millis, key) -> {
          afterMillis = millis;
          afterKey = key;
          if (Keys.sequence(key) <= lastSequence) {
            keys.add(key);
            times.add(millis);
          }
          return ++looked[0] < PIECE;
        });
    KeyList durable = new KeyList();
    KeyList durableTimes = new KeyList();
    for (int i = 0; i < keys.size(); i++) {
      Reference reference = messages.find(keys.get(i));
      if (reference != null && reference.durable()) {
        durable.add(keys.get(i));
        durableTimes.add(times.get(i));
      } else {
        volatiles.giveUp(messages.cancel(keys.get(i), times.get(i)));
      }
    }
    if (!durable.isEmpty()) {
      log.append(
          new Event.Cancelled(queue.queue().id(), durable.toArray(), durableTimes.toArray()));
    }
    count += keys.size();
    return looked[0] == PIECE;
  }

  private boolean remove(EventLog log, VolatileReferences volatiles) {
    MessageQueue messages = queue.queue().messages();
    KeyList keys = new KeyList();
    long key = messages.firstAvailable();
    while (key != Keys.NONE && keys.size() < PIECE) {
      if (Keys.sequence(key) <= lastSequence) {
        keys.add(key);
        key = messages.nextAvailable(key);
      } else {
        // What follows in its lane is newer still.
        key = messages.nextAvailable(Keys.of(Keys.SEQUENCE_MAX, Keys.priority(key)));
      }
    }
    drop(queue, keys, log, volatiles);
    count += keys.size();
    return !keys.isEmpty();
  }

  /// Throws away messages that are available.
  static void drop(LiveQueue queue, KeyList keys, EventLog log, VolatileReferences volatiles) {
    int id = queue.queue().id();
    queue
        .split(keys, durable -> log.append(new Event.Purged(id, durable)))
        .forEach(reference -> {
          queue.queue().messages().remove(reference.key());
          volatiles.giveUp(reference);
        });
  }
}
