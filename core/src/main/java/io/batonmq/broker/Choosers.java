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

  /// The one that comes next stands first.
  private final ArrayDeque<Chooser> row = new ArrayDeque<>();

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
    row.addLast(chooser);
  }

  void remove(QueueConsumer consumer) {
    Chooser chooser = byConsumer.remove(consumer);
    if (chooser != null) {
      row.remove(chooser);
      messages.forget(chooser.cursor);
    }
  }

  boolean has(QueueConsumer consumer) {
    return !byConsumer.isEmpty() && byConsumer.containsKey(consumer);
  }

  boolean isEmpty() {
    return row.isEmpty();
  }

  int size() {
    return row.size();
  }

  /// The one whose turn it is, which is last in the row from now on; null if there is none.
  @Nullable Chooser next() {
    Chooser chooser = row.pollFirst();
    if (chooser != null) {
      row.addLast(chooser);
    }
    return chooser;
  }

  /// All of them look again at what has this sequence or a higher one.
  void back(long sequence) {
    for (Chooser chooser : row) {
      chooser.cursor.back(sequence);
    }
  }

  /// Tells all of them that there is nothing for them now.
  void tellAll() {
    row.forEach(chooser -> chooser.consumer.exhausted());
  }

  /// Tells those who found nothing more that this is so.
  void tellExhausted() {
    for (Chooser chooser : row) {
      if (chooser.atEnd) {
        chooser.consumer.exhausted();
      }
    }
  }
}
