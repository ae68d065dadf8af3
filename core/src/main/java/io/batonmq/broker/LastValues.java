package io.batonmq.broker;

import io.batonmq.message.Message;
import io.batonmq.queue.Cursor;
import io.batonmq.queue.KeyList;
import io.batonmq.queue.Keys;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Reference;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which message of a queue of the active node is the newest with each value. It goes through the queue once, as
/// a consumer with a selector does, and through what comes after that; an older one that is available goes, one
/// that somebody has stays until it is settled, and goes if it comes back.
///
/// Nothing of it is in the log but what goes: the next node reads the queue once, and gives nothing before.
final class LastValues {
  /// A longer value is none.
  private static final int CHARACTERS_MAX = 1_024;

  /// Entries that are looked at for each message, so that those of messages that are gone go too.
  private static final int SWEPT = 2;

  private final LiveQueue queue;
  private final Cursor cursor;

  /// By value, in the order in which they are to be looked at.
  private final LinkedHashMap<String, Long> newest = new LinkedHashMap<>();

  /// How far it came.
  enum Step {
    /// Everything that is available was looked at.
    DONE,
    /// It is enough for one turn.
    CUT,
    /// A body is being read.
    WAITS
  }

  LastValues(LiveQueue queue) {
    this.queue = queue;
    this.cursor = queue.queue().messages().cursor();
  }

  /// Goes on.
  ///
  /// @param old gets the messages that a newer one replaces
  Step look(ActiveBroker broker, Dispatcher dispatcher, Bodies bodies, Looks looks, KeyList old) {
    MessageQueue messages = queue.queue().messages();
    for (long key = cursor.next(); key != Keys.NONE; key = cursor.next()) {
      if (!looks.left()) {
        return Step.CUT;
      }
      Message message = bodies.get(Dispatcher.reference(messages, key).position());
      if (message == null) {
        dispatcher.load(queue, key);
        return Step.WAITS;
      }
      cursor.seen(key);
      looks.spend(message, Condition.NONE);
      String value = value(broker, message);
      if (value != null) {
        sweep(messages);
        note(messages, value, key, old);
      }
    }
    return Step.DONE;
  }

  private @Nullable String value(ActiveBroker broker, Message message) {
    String name = queue.queue().settings().keeping().key();
    Object value = name == null ? null : broker.directory().field(message, name);
    String text = value == null ? null : value.toString();
    return text == null || text.length() > CHARACTERS_MAX ? null : text;
  }

  private void note(MessageQueue messages, String value, long key, KeyList old) {
    Long before = newest.get(value);
    Reference other = before == null || before == key ? null : messages.find(before);
    if (other == null) {
      newest.put(value, key);
    } else if (Keys.sequence(key) < other.sequence()) {
      old.add(key);
    } else {
      newest.put(value, key);
      if (available(messages, other.key())) {
        old.add(other.key());
      }
    }
  }

  /// Neither with somebody nor waiting for its time: what is comes back here when that is over.
  private static boolean available(MessageQueue messages, long key) {
    long before = Keys.of(Keys.sequence(key) - 1, Keys.priority(key));
    return messages.nextAvailable(before) == key;
  }

  private void sweep(MessageQueue messages) {
    for (int i = 0; i < SWEPT && !newest.isEmpty(); i++) {
      Iterator<Map.Entry<String, Long>> eldest = newest.entrySet().iterator();
      Map.Entry<String, Long> entry = eldest.next();
      String value = entry.getKey();
      long key = entry.getValue();
      eldest.remove();
      if (messages.find(key) != null) {
        newest.put(value, key);
      }
    }
  }
}
