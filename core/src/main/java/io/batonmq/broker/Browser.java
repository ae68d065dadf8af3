package io.batonmq.broker;

import io.batonmq.queue.Cursor;
import io.batonmq.queue.Keys;
import io.batonmq.queue.MessageQueue;
import org.jspecify.annotations.Nullable;

/// Somebody who looks at the messages of a queue and takes none.
final class Browser {
  final QueueConsumer consumer;
  final Condition condition;

  /// The last message that it saw.
  private long last = Keys.NONE;

  /// Where it is, if it stays as long as a consumer: what comes later may have a higher priority.
  final @Nullable Cursor cursor;

  Browser(QueueConsumer consumer, Condition condition, @Nullable Cursor cursor) {
    this.consumer = consumer;
    this.condition = condition;
    this.cursor = cursor;
  }

  long next(MessageQueue messages) {
    if (cursor != null) {
      return cursor.next();
    }
    return last == Keys.NONE ? messages.firstAvailable() : messages.nextAvailable(last);
  }

  void seen(long key) {
    if (cursor != null) {
      cursor.seen(key);
    }
    last = key;
  }
}
