package io.batonmq.queue;

/// How far somebody has looked through a queue: one place in each priority. So a message that comes
/// later is always ahead of it, whatever its priority is, and does not send it back to what it has seen
/// of lower priorities. It goes back by itself when a message before it is available again.
public final class Cursor {
  private final MessageQueue queue;

  /// By priority: the lowest sequence that was not looked at.
  private final long[] from = new long[Keys.PRIORITIES];

  Cursor(MessageQueue queue) {
    this.queue = queue;
  }

  /// The first available message that was not looked at, or [Keys#NONE].
  public long next() {
    for (int priority = Keys.PRIORITIES - 1; priority >= 0; priority--) {
      long found = queue.next(priority, from[priority]);
      if (found >= 0) {
        return Keys.of(found, priority);
      }
    }
    return Keys.NONE;
  }

  /// The oldest available message that was not looked at, whatever its priority, or [Keys#NONE].
  public long oldest() {
    long oldest = Keys.NONE;
    for (int priority = 0; priority < Keys.PRIORITIES; priority++) {
      long found = queue.next(priority, from[priority]);
      if (found >= 0 && (oldest == Keys.NONE || found < Keys.sequence(oldest))) {
        oldest = Keys.of(found, priority);
      }
    }
    return oldest;
  }

  /// A message was looked at, and with it all before it in its priority.
  public void seen(long key) {
    from[Keys.priority(key)] = Keys.sequence(key) + 1;
  }

  /// What has this sequence or a higher one is looked at again, in every priority; with 0 all of it.
  public void back(long sequence) {
    for (int priority = 0; priority < Keys.PRIORITIES; priority++) {
      from[priority] = Math.min(from[priority], sequence);
    }
  }

  void lower(long key) {
    int priority = Keys.priority(key);
    from[priority] = Math.min(from[priority], Keys.sequence(key));
  }
}
