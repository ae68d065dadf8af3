package io.batonmq.broker;

import io.batonmq.queue.KeyList;
import io.batonmq.queue.Keys;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Reference;
import java.util.BitSet;
import java.util.Collection;
import java.util.function.Consumer;

/// What waits for a commit beside the queues that it goes to, with places in its transaction for sequences.
final class Staged {
  private Staged() {}

  /// The messages at some places do not count. In time proportional to their number, and to that of the messages
  /// that wait for their time, whatever their order is.
  static void drop(Collection<MessageQueue> staged, BitSet places, Consumer<Reference> giveUp) {
    if (places.isEmpty()) {
      return;
    }
    for (MessageQueue messages : staged) {
      dropWaiting(messages, places, giveUp);
      for (int place = places.nextSetBit(0); place >= 0; place = places.nextSetBit(place + 1)) {
        for (int priority = 0; priority < Keys.PRIORITIES; priority++) {
          if (messages.find(Keys.of(place, priority)) != null) {
            giveUp.accept(messages.remove(Keys.of(place, priority)));
          }
        }
      }
    }
  }

  /// Those that wait are found by their times: place by place each would be looked for from the front, and a peer
  /// that sends the latest first would keep every node busy for the square of what it sent.
  private static void dropWaiting(
      MessageQueue messages, BitSet places, Consumer<Reference> giveUp) {
    KeyList keys = new KeyList();
    KeyList times = new KeyList();
    messages.waiting(
        -1,
        -1,
        (millis, key) -> {
          if (places.get(Math.toIntExact(Keys.sequence(key)))) {
            keys.add(key);
            times.add(millis);
          }
          return true;
        });
    for (int i = 0; i < keys.size(); i++) {
      giveUp.accept(messages.cancel(keys.get(i), times.get(i)));
    }
  }

  /// Takes messages out, at most `max`; answers whether none is left.
  static boolean clear(MessageQueue messages, int max, Consumer<Reference> giveUp) {
    KeyList keys = new KeyList();
    KeyList times = new KeyList();
    messages.waiting(
        -1,
        -1,
        (millis, key) -> {
          if (keys.size() == max) {
            return false;
          }
          keys.add(key);
          times.add(millis);
          return true;
        });
    for (int i = 0; i < keys.size(); i++) {
      giveUp.accept(messages.cancel(keys.get(i), times.get(i)));
    }
    for (int left = max - keys.size(); left > 0; left--) {
      long key = messages.firstAvailable();
      if (key == Keys.NONE) {
        return true;
      }
      giveUp.accept(messages.remove(key));
    }
    return messages.messageCount() == 0;
  }
}
