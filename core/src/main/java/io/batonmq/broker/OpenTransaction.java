package io.batonmq.broker;

import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.queue.KeyList;
import io.batonmq.queue.Keys;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Reference;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A transaction of which the log has a part, and not yet its end.
///
/// What was sent in it waits beside each queue that it goes to, in the form that it will have there: 24 bytes
/// a message, with the place in the transaction for a sequence. A commit joins whole chunks to the queues,
/// so that it takes no longer for a million messages than for a thousand, and is one step. Identities are
/// kept as ranges: a producer that counts without gaps needs no memory per message.
final class OpenTransaction {
  /// By queue, in the order in which they were first sent to.
  private final Map<Integer, MessageQueue> staged = new LinkedHashMap<>();

  private final Map<Integer, KeyList> acknowledged = new LinkedHashMap<>();
  private final SentIdentities identities = new SentIdentities();

  /// What its messages have in the log.
  private final LiveExtents extents = new LiveExtents();

  /// How many of what waits refer to each record of a message with a tail.
  private final Map<Long, Integer> tailed = new LinkedHashMap<>();

  /// How many of what waits name each place that copies were diverted from.
  private final Map<Integer, Integer> origins = new LinkedHashMap<>();

  private int count;

  /// Null until its transaction manager was promised that it can be committed.
  @Nullable Promise promise;

  /// From here on only the transaction manager ends it, whatever becomes of nodes and connections.
  ///
  /// @param user who may end it
  record Promise(Xid xid, String user) {}

  Map<Integer, MessageQueue> staged() {
    return staged;
  }

  Map<Integer, KeyList> acknowledged() {
    return acknowledged;
  }

  SentIdentities identities() {
    return identities;
  }

  LiveExtents extents() {
    return extents;
  }

  /// How many sequences it takes: one for each message that was logged in it.
  int count() {
    return count;
  }

  /// A message was logged that nobody sees before the commit.
  void sent(long position, int size, Event.Enqueued event, LiveExtents all, Origins allOrigins) {
    Message message = event.message();
    int place = count++;
    Identity identity = message.identity();
    if (identity != null && !identities.add(identity, event.address(), event.floor(), place)) {
      // Sent twice in the same transaction.
      return;
    }
    Reference reference =
        Reference.fresh(
            Keys.of(place, message.priority()),
            position,
            Fragments.referenceSize(size, message.tail()),
            true,
            message.expiryMillis());
    // Its delay counts from when it was sent. If that is over before the commit, the active finds
    // it
    // due as soon as it is in the queue.
    long from = Schedule.waiting(message, event.wallMillis());
    for (int queue : event.queues()) {
      stage(queue, reference, from, all);
    }
    for (Diverted diverted : event.diverted()) {
      for (int queue : diverted.queues()) {
        stage(queue, reference.from(allOrigins.refer(diverted.place())), from, all);
      }
    }
  }

  /// What waits for the commit in a queue.
  MessageQueue staged(int queue) {
    return staged.computeIfAbsent(queue, _ -> new MessageQueue());
  }

  /// @param reference whose origin counts it already
  void stage(int queue, Reference reference, long fromMillis, LiveExtents all) {
    long position = reference.position();
    staged(queue).append(reference, fromMillis);
    extents.add(position, all.fragments().recordSize(position, reference.size()));
    all.add(position, reference.size());
    if (all.fragments().closed(position)) {
      tailed.merge(position, 1, Integer::sum);
    }
    if (reference.origin() != 0) {
      origins.merge(reference.origin(), 1, Integer::sum);
    }
  }

  /// Gives up all that it has, without a look at the single messages.
  void giveUp(LiveExtents all, Origins allOrigins) {
    all.removeAll(extents);
    tailed.forEach(all.fragments()::release);
    origins.forEach(allOrigins::release);
  }

  void restoreCount(int messages) {
    count = messages;
  }

  /// The messages at these places do not count.
  void drop(BitSet places, LiveExtents all, Origins allOrigins) {
    Staged.drop(staged.values(), places, dropped -> giveUp(dropped, all, allOrigins));
  }

  private void giveUp(Reference dropped, LiveExtents all, Origins allOrigins) {
    long position = dropped.position();
    extents.remove(position, all.fragments().recordSize(position, dropped.size()));
    tailed.computeIfPresent(position, (_, references) -> references == 1 ? null : references - 1);
    all.remove(position, dropped.size());
    if (dropped.origin() != 0) {
      origins.merge(dropped.origin(), -1, Integer::sum);
      allOrigins.release(dropped.origin());
    }
  }

  void acknowledge(int queue, long[] keys) {
    KeyList list = acknowledged.computeIfAbsent(queue, _ -> new KeyList());
    for (long key : keys) {
      list.add(key);
    }
  }
}
