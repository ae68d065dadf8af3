package io.batonmq.broker;

import io.batonmq.queue.Keys;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Reference;
import java.util.HashMap;
import java.util.Map;

/// Who has the messages of a queue that are out, of those consumers that say again who they are after a take-over. The
/// next active holds for each what it had, for a short while: a client that goes on in the middle of its work has to get
/// the same messages again, and would undo that work if another was faster. Only where several had something: one
/// that has a queue for itself may come back under another name, and is to get everything in its order.
///
/// A hint, and no part of the state: it is not in snapshots, so that a node knows of what was delivered since it
/// began to follow; no event depends on it. Each node learns it from the same events.
public final class Holders {
  /// Messages of one queue that it is known of, and so those that a round of delivering passes over at most.
  static final int MAX = 4_096;

  private final Map<Long, Long> holders = new HashMap<>();

  /// When a node took over last, as far as this one followed.
  private long activatedMillis;

  /// Whether messages are held now.
  private boolean holding;

  /// A consumer has a message now.
  ///
  /// @param holder 0 for one that nobody would know again
  void delivered(long key, long holder) {
    if (holder == 0) {
      gone(key);
    } else if (holders.size() < MAX || holders.containsKey(key)) {
      holders.put(key, holder);
    }
  }

  /// A message left its queue, or was given back.
  void gone(long key) {
    if (!holders.isEmpty()) {
      holders.remove(key);
    }
  }

  /// A node takes over, and all that is out comes back: only what was out is held, and what was held already when a
  /// node before it took over a moment ago.
  ///
  /// @param messages before anything came back
  /// @param wall when that is
  void activated(MessageQueue messages, long wall) {
    boolean soon = wall - activatedMillis <= Holds.MILLIS;
    activatedMillis = wall;
    holders
        .keySet()
        .removeIf(key -> {
          Reference reference = messages.find(key);
          return reference == null || !(reference.out() || soon);
        });
    if (holders.values().stream().distinct().limit(2).count() < 2) {
      holders.clear();
    }
  }

  /// From now on each message is held for who had it; false if nothing is known of anybody.
  boolean begin() {
    holding = !holders.isEmpty();
    return holding;
  }

  /// Nothing is held any more.
  void end() {
    holding = false;
  }

  /// The lowest sequence of those that are known, or the highest that there may be.
  long firstSequence() {
    return holders.keySet().stream().mapToLong(Keys::sequence).min().orElse(Long.MAX_VALUE);
  }

  /// Whether a message is held for another consumer than this one.
  public boolean keeps(long key, long consumer) {
    if (!holding) {
      return false;
    }
    Long holder = holders.get(key);
    return holder != null && holder != consumer;
  }
}
