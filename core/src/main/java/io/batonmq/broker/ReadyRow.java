package io.batonmq.broker;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The consumers of one queue that take what comes and had credit when last looked at. Those of one priority take
/// turns, the next one to be served first; those of a lower one get what is left when no higher one has credit.
final class ReadyRow {
  private final Ranks<QueueConsumer> rows = new Ranks<>();
  private final Set<QueueConsumer> members = Collections.newSetFromMap(new IdentityHashMap<>());

  /// Puts a consumer that has credit at the end of its row, unless it is in it.
  void offer(QueueConsumer consumer) {
    if (consumer.ready() && members.add(consumer)) {
      rows.row(consumer.rank().priority()).addLast(consumer);
    }
  }

  void remove(QueueConsumer consumer) {
    if (members.remove(consumer)) {
      rows.remove(consumer, consumer.rank().priority());
    }
  }

  void clear() {
    rows.clear();
    members.clear();
  }

  /// The consumer whose turn it is and who may have this message, or null. It stays at the head of its
  /// row until it is [#served].
  @Nullable QueueConsumer next(long key) {
    for (ArrayDeque<QueueConsumer> row : rows) {
      for (int left = row.size(); left > 0; left--) {
        QueueConsumer consumer = row.getFirst();
        if (!consumer.ready()) {
          members.remove(row.removeFirst());
        } else if (consumer.excludes(key)) {
          row.addLast(row.removeFirst());
        } else {
          return consumer;
        }
      }
    }
    return null;
  }

  /// The consumer at the head of its row had its turn.
  void served(QueueConsumer consumer) {
    if (!rows.row(consumer.rank().priority()).removeFirst().equals(consumer)) {
      throw new IllegalStateException("it was not this consumer's turn");
    }
    members.remove(consumer);
  }

  boolean hasReady() {
    for (ArrayDeque<QueueConsumer> row : rows) {
      while (!row.isEmpty() && !row.getFirst().ready()) {
        members.remove(row.removeFirst());
      }
      if (!row.isEmpty()) {
        return true;
      }
    }
    return false;
  }
}
