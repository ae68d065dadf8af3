package io.batonmq.broker;

import io.batonmq.message.Message;
import io.batonmq.queue.KeyList;
import io.batonmq.queue.Keys;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Reference;
import java.util.TreeMap;

/// What waits for its time on the active node, which alone decides that it has come: a queue stands here under
/// the earliest time at which something is to be decided about one of its messages. Admitting is an event, so
/// it happens exactly once, whichever node is active then.
final class Schedule {
  /// Keys in one event, so that it fits any log.
  private static final int KEYS_PER_EVENT = 1_000;

  /// Not among the queues that wait.
  static final long NEVER = Long.MAX_VALUE;

  private final ActiveBroker broker;
  private final EventLog log;
  private final Recurring recurring;
  private final TreeMap<Alarm, LiveQueue> alarms = new TreeMap<>();
  private final KeyList timely = new KeyList();

  private record Alarm(long millis, int queue) implements Comparable<Alarm> {
    @Override
    public int compareTo(Alarm other) {
      int earlier = Long.compare(millis, other.millis);
      return earlier != 0 ? earlier : Integer.compare(queue, other.queue);
    }
  }

  Schedule(ActiveBroker broker, EventLog log, Recurring recurring) {
    this.broker = broker;
    this.log = log;
    this.recurring = recurring;
  }

  /// Until when a message waits that is placed now; 0 if it does not.
  static long waiting(Message message, long wallMillis) {
    // What comes again waits in any case: that is how a queue knows of it.
    long now = message.repetition() == null ? 0 : wallMillis + 1;
    return message.deliveryMillis() > wallMillis ? message.deliveryMillis() : now;
  }

  /// Something may wait in a queue now that did not, or the other way round.
  void note(LiveQueue queue) {
    long millis = queue.queue().deleted() ? NEVER : queue.queue().messages().waitingMillisMin();
    if (millis != queue.alarmMillis) {
      alarms.remove(new Alarm(queue.alarmMillis, queue.queue().id()));
      queue.alarmMillis = millis;
      if (millis != NEVER) {
        alarms.put(new Alarm(millis, queue.queue().id()), queue);
      }
    }
  }

  /// The earliest time; [#NEVER] if nothing waits.
  long nextMillis() {
    return alarms.isEmpty() ? NEVER : alarms.firstKey().millis();
  }

  /// Admits what has waited long enough, and expires what waited longer than it lived, at most `max`. False if
  /// there may be more.
  boolean admit(long wall, int max) {
    int left = max;
    while (nextMillis() <= wall) {
      if (left <= 0 || log.full()) {
        return false;
      }
      LiveQueue queue = alarms.firstEntry().getValue();
      int gone = admit(queue, wall, Math.min(left, KEYS_PER_EVENT));
      left -= Math.max(1, gone);
      note(queue);
      if (gone == 0) {
        // All of them have expired, and where they go depends on bodies that are being read. Others
        // must not wait for that; the queue is back when the bodies are there.
        alarms.remove(new Alarm(queue.alarmMillis, queue.queue().id()));
        queue.alarmMillis = NEVER;
      }
    }
    return true;
  }

  /// Answers how many do not wait any more.
  private int admit(LiveQueue queue, long wall, int max) {
    MessageQueue messages = queue.queue().messages();
    KeyList durable = new KeyList();
    int gone = 0;
    timely.clear();
    messages.timely(wall, max, timely);
    for (int i = 0; i < timely.size(); i++) {
      Reference reference = waiting(messages, timely.get(i));
      if (reference.due(wall)) {
        gone += broker.expire(queue, reference) ? 1 : 0;
      } else if (recurring.admit(queue, reference, wall)) {
        gone++;
      } else if (reference.durable()) {
        durable.add(reference.key());
        gone++;
      } else {
        messages.admit(reference.key());
        gone++;
      }
    }
    if (!durable.isEmpty()) {
      log.append(new Event.Admitted(queue.queue().id(), wall, durable.toArray()));
    }
    broker.mark(queue);
    return gone;
  }

  private static Reference waiting(MessageQueue messages, long key) {
    Reference reference = messages.find(key);
    if (reference == null) {
      throw new IllegalStateException("no message with sequence " + Keys.sequence(key));
    }
    return reference;
  }

  /// Attempts failed: the messages come back, at once or after the delay that their address asks for.
  void retry(LiveQueue queue, KeyList keys, long wall) {
    Redelivery redelivery = queue.address().settings().redelivery();
    if (redelivery.delayMillis() == 0) {
      broker.release(queue, keys, true);
      return;
    }
    MessageQueue messages = queue.queue().messages();
    KeyList durable = new KeyList();
    KeyList until = new KeyList();
    for (int i = 0; i < keys.size(); i++) {
      Reference reference = messages.find(keys.get(i));
      if (reference == null) {
        continue;
      }
      long delay = redelivery.delay(reference.key(), reference.deliveryCount() + 1);
      // A delay of "never" must not run over into the past.
      long time =
          Math.min(wall + Math.min(delay, MessageQueue.MILLIS_MAX), MessageQueue.MILLIS_MAX);
      if (!reference.durable()) {
        messages.defer(reference.key(), time);
        continue;
      }
      durable.add(reference.key());
      until.add(time);
      if (durable.size() == KEYS_PER_EVENT) {
        defer(queue, durable, until);
      }
    }
    defer(queue, durable, until);
    note(queue);
    broker.mark(queue);
  }

  private void defer(LiveQueue queue, KeyList keys, KeyList until) {
    if (!keys.isEmpty()) {
      log.append(new Event.Deferred(queue.queue().id(), keys.toArray(), until.toArray()));
      keys.clear();
      until.clear();
    }
  }
}
