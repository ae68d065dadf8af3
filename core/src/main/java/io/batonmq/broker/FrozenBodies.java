package io.batonmq.broker;

import io.batonmq.log.LiveBodies;
import io.batonmq.queue.MessageQueue;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;

/// The bodies that a frozen state refers to: sent in transactions that are open, or in any queue.
final class FrozenBodies implements LiveBodies {
  private final LiveExtents.Sizes sizes;
  private final Fragments.Frozen fragments;
  private final Iterator<Fragments.FrozenRow> tails;
  private final Iterator<MessageQueue.Frozen> queues;
  private final ArrayDeque<MessageQueue.Piece> pieces = new ArrayDeque<>();

  /// @param queues what is in any queue, or waits for one in a transaction
  FrozenBodies(
      LiveExtents.Sizes sizes, Fragments.Frozen fragments, List<MessageQueue.Frozen> queues) {
    this.sizes = sizes;
    this.fragments = fragments;
    this.tails = fragments.rows().iterator();
    this.queues = queues.iterator();
  }

  @Override
  public long bytes(long from, long to) {
    return sizes.bytes(from, to);
  }

  @Override
  public boolean next(Visitor visitor) {
    if (tails.hasNext()) {
      Fragments.FrozenRow tail = tails.next();
      for (int i = 0; i < tail.count(); i++) {
        visitor.body(tail.positions()[i], tail.sizes()[i]);
      }
      return true;
    }
    while (pieces.isEmpty() && queues.hasNext()) {
      pieces.addAll(queues.next().pieces());
    }
    MessageQueue.Piece piece = pieces.poll();
    if (piece == null) {
      return false;
    }
    piece.forEach(reference -> {
      // Others are in memory only.
      if (reference.position() >= 0) {
        long position = reference.position();
        visitor.body(position, fragments.recordSize(position, reference.size()));
      }
    });
    return true;
  }
}
