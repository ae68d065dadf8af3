package io.batonmq.broker;

import io.batonmq.queue.KeyList;
import java.util.ArrayDeque;

/// Messages that were taken in transactions which are rolled back, on their way back to their queues: of many
/// at once they come in pieces. Until all of them are there their queue gives nothing, or what came after
/// them would overtake them. If the node is lost meanwhile, the next one takes them back.
final class ReturningMessages {
  /// So many come back in one turn.
  static final int AT_ONCE = 1_024;

  private final ActiveBroker broker;
  private final ArrayDeque<Some> row = new ArrayDeque<>();

  private static final class Some {
    private final LiveQueue queue;
    private final KeyList keys;
    private final boolean failed;
    private int next;

    Some(LiveQueue queue, KeyList keys, boolean failed) {
      this.queue = queue;
      this.keys = keys;
      this.failed = failed;
    }
  }

  ReturningMessages(ActiveBroker broker) {
    this.broker = broker;
  }

  boolean isEmpty() {
    return row.isEmpty();
  }

  /// @param failed whether a consumer says that the attempt failed; otherwise it may have
  void add(LiveQueue queue, KeyList keys, boolean failed) {
    if (queue.queue().deleted()) {
      return;
    }
    if (keys.size() <= AT_ONCE) {
      back(queue, keys, failed);
    } else {
      queue.returning++;
      row.addLast(new Some(queue, keys, failed));
    }
  }

  void proceed() {
    Some some = row.getFirst();
    int end = Math.min(some.keys.size(), some.next + AT_ONCE);
    boolean deleted = some.queue.queue().deleted();
    if (!deleted) {
      back(some.queue, some.keys.part(some.next, end), some.failed);
      some.next = end;
    }
    if (deleted || end == some.keys.size()) {
      row.removeFirst();
      some.queue.returning--;
      broker.mark(some.queue);
    }
  }

  private void back(LiveQueue queue, KeyList keys, boolean failed) {
    if (failed) {
      broker.fail(queue, keys);
    } else {
      broker.release(queue, keys, true);
    }
  }
}
