package io.batonmq.broker;

import io.batonmq.queue.KeyList;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.ObjIntConsumer;

/// Messages that were taken in transactions which are committed, and that have not left their queues yet: of
/// many at once they leave in pieces, by events, so that nobody has to wait for all of them. They count as
/// out, and nobody has them.
final class LeavingMessages {
  /// So many leave with the commit itself.
  static final int AT_ONCE = 1_024;

  private final ArrayDeque<Some> row = new ArrayDeque<>();
  private long count;

  private static final class Some {
    private final int queue;
    private final KeyList keys;
    private int next;

    Some(int queue, KeyList keys) {
      this.queue = queue;
      this.keys = keys;
    }
  }

  /// Lets go of the keys of a queue.
  interface Leave {
    void leave(int queue, KeyList keys);
  }

  long count() {
    return count;
  }

  /// The same for some queues only.
  long count(IntPredicate queues) {
    long some = 0;
    for (Some next : row) {
      if (queues.test(next.queue)) {
        some += next.keys.size() - next.next;
      }
    }
    return some;
  }

  void add(int queue, KeyList keys) {
    if (!keys.isEmpty()) {
      row.addLast(new Some(queue, keys));
      count += keys.size();
    }
  }

  /// The next of them leave, at most `max`.
  void proceed(int max, Leave leave) {
    int left = max;
    while (left > 0 && !row.isEmpty()) {
      Some some = row.getFirst();
      int end = Math.min(some.keys.size(), some.next + left);
      leave.leave(some.queue, some.keys.part(some.next, end));
      left -= end - some.next;
      count -= end - some.next;
      some.next = end;
      if (end == some.keys.size()) {
        row.removeFirst();
      }
    }
  }

  /// Adds the keys that are left to those that a map has by queue.
  void collect(Map<Integer, KeyList> into) {
    forEach(
        Integer.MAX_VALUE,
        (keys, queue) -> into.computeIfAbsent(queue, _ -> new KeyList()).addAll(keys));
  }

  /// Visits what is left, in its order, in lists of at most `max` keys, each with its queue.
  void forEach(int max, ObjIntConsumer<KeyList> visitor) {
    for (Some some : row) {
      for (int from = some.next; from < some.keys.size(); ) {
        int to = (int) Math.min(some.keys.size(), (long) from + max);
        visitor.accept(some.keys.part(from, to), some.queue);
        from = to;
      }
    }
  }
}
