package io.batonmq.broker;

import io.batonmq.queue.KeyList;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Reference;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;

/// Messages that only this node knows and that a transaction which has ended leaves behind: those that it took
/// are still in their queues, out and with nobody; those that do not come into effect take their memory and the
/// log's. Nobody sees either, so they go in pieces and nobody has to wait for all of them.
final class VolatileRemains {
  /// So many go in one turn.
  static final int AT_ONCE = 1_024;

  private final ActiveBroker broker;
  private final VolatileReferences volatiles;

  /// Each does a piece of its work, and answers whether that was the last.
  private final ArrayDeque<BooleanSupplier> row = new ArrayDeque<>();

  VolatileRemains(ActiveBroker broker, VolatileReferences volatiles) {
    this.broker = broker;
    this.volatiles = volatiles;
  }

  boolean isEmpty() {
    return row.isEmpty();
  }

  /// Messages that were taken go.
  void take(LiveQueue queue, KeyList keys) {
    if (keys.size() <= AT_ONCE) {
      takeAway(queue, keys);
      return;
    }
    row.addLast(
        new BooleanSupplier() {
          private int next;

          @Override
          public boolean getAsBoolean() {
            int end = Math.min(keys.size(), next + AT_ONCE);
            takeAway(queue, keys.part(next, end));
            next = end;
            return next == keys.size();
          }
        });
  }

  private void takeAway(LiveQueue queue, KeyList keys) {
    for (int i = 0; i < keys.size() && !queue.queue().deleted(); i++) {
      Reference reference = queue.queue().messages().find(keys.get(i));
      if (reference != null) {
        broker.takeAway(queue, reference);
      }
    }
  }

  /// Messages that no queue gets go.
  void drop(MessageQueue messages) {
    if (!Staged.clear(messages, AT_ONCE, volatiles::giveUp)) {
      row.addLast(() -> Staged.clear(messages, AT_ONCE, volatiles::giveUp));
    }
  }

  void proceed() {
    BooleanSupplier first = row.getFirst();
    if (first.getAsBoolean()) {
      row.removeFirst();
    }
  }
}
