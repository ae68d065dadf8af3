package io.batonmq.broker;

import io.batonmq.queue.Cursor;
import io.batonmq.queue.MessageQueue;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/// The consumers of one queue that do not take what comes but choose by a condition, in the order of their
/// turns; all of its consumers, where messages have groups. Each looks through the queue at its own pace, and
/// looks at each message once unless that comes back.
final class Choosers {
  private final MessageQueue messages;
  private final IdentityHashMap<QueueConsumer, Chooser> byConsumer = new IdentityHashMap<>();

  /// The one that comes next stands first in the row of its priority.
  private final Ranks<Chooser> rows = new Ranks<>();

  /// Whether they come before those that take what comes: whoever was given something comes second then.
  boolean first = true;

  /// One of them.
  static final class Chooser {
    final QueueConsumer consumer;
    final Condition condition;
    final Cursor cursor;

    /// Whether there was nothing more for it when it was looked at last.
    boolean atEnd;

    private Chooser(QueueConsumer consumer, Condition condition, Cursor cursor) {
      this.consumer = consumer;
      this.condition = condition;
      this.cursor = cursor;
    }
  }

  Choosers(MessageQueue messages) {
    this.messages = messages;
  }

  void add(QueueConsumer consumer, Condition condition) {
    Chooser chooser = new Chooser(consumer, condition, messages.cursor());
    byConsumer.put(consumer, chooser);
    rows.row(consumer.rank().priority()).addLast(chooser);
  }

  /// Answers what it chose by; nothing if it is none of them.
  Condition remove(QueueConsumer consumer) {
    Chooser chooser = byConsumer.remove(consumer);
    if (chooser == null) {
      return Condition.NONE;
    }
    rows.remove(chooser, consumer.rank().priority());
    messages.forget(chooser.cursor);
    return chooser.condition;
  }

  boolean has(QueueConsumer consumer) {
    return !byConsumer.isEmpty() && byConsumer.containsKey(consumer);
  }

  boolean isEmpty() {
    return byConsumer.isEmpty();
  }

  int size() {
    return byConsumer.size();
  }

  /// The one whose turn it is, which is last in its row from now on; null if there is none.
  ///
  /// @param passed how many were asked since something was last given, and wanted nothing: those of the highest
  ///     priority come first
  @Nullable Chooser next(int passed) {
    int left = passed;
    for (ArrayDeque<Chooser> row : rows) {
      if (left < row.size()) {
        Chooser chooser = row.removeFirst();
        row.addLast(chooser);
        return chooser;
      }
      left -= row.size();
    }
    return null;
  }

  /// All of them look again at what has this sequence or a higher one.
  void back(long sequence) {
    rows.forEach(row -> row.forEach(chooser -> chooser.cursor.back(sequence)));
  }

  /// Tells all of them that there is nothing for them now.
  void tellAll() {
    rows.forEach(row -> row.forEach(chooser -> chooser.consumer.exhausted()));
  }

  /// Tells those who found nothing more that this is so.
  void tellExhausted() {
    for (ArrayDeque<Chooser> row : rows) {
      for (Chooser chooser : row) {
        if (chooser.atEnd) {
          chooser.consumer.exhausted();
        }
      }
    }
  }
}
