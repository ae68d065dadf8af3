package io.batonmq.broker;

import io.batonmq.log.SnapshotPart;
import io.batonmq.log.SnapshotPlace;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The durable references of one piece of a frozen queue: one entry of a snapshot, in a block of its own.
final class References implements SnapshotPart {
  private final long transaction;
  private final int queue;
  private final MessageQueue.Piece piece;

  private References(long transaction, int queue, MessageQueue.Piece piece) {
    this.transaction = transaction;
    this.queue = queue;
    this.piece = piece;
  }

  /// Empty for a piece without durable references.
  ///
  /// @param transaction that they are in; 0 for what is in the queue
  static Optional<SnapshotPart> of(long transaction, int queue, MessageQueue.Piece piece) {
    References references = new References(transaction, queue, piece);
    // What was written has some.
    return piece.place() == null && references.durable().isEmpty()
        ? Optional.empty()
        : Optional.of(references);
  }

  private List<Reference> durable() {
    List<Reference> durable = new ArrayList<>();
    piece.forEach(reference -> {
      if (reference.durable()) {
        durable.add(reference);
      }
    });
    return durable;
  }

  @Override
  public @Nullable SnapshotPlace place() {
    return piece.place();
  }

  @Override
  public void placed(SnapshotPlace place) {
    piece.placed(place);
  }

  @Override
  public ByteBuffer bytes() {
    FieldWriter writer = new FieldWriter(16 * 1024);
    writer.octet(kind(transaction));
    write(transaction, queue, durable(), writer);
    return writer.view();
  }

  static int kind(long transaction) {
    return transaction == 0 ? Snapshot.REFERENCES : Snapshot.STAGED;
  }

  /// The fields of an entry.
  static void write(long transaction, int queue, List<Reference> references, FieldWriter writer) {
    if (transaction != 0) {
      writer.number(transaction);
    }
    writer.number(queue);
    writer.number(references.size());
    for (Reference reference : references) {
      writer.number(reference.key());
      writer.number(reference.position());
      writer.number(reference.size());
      writer.number(reference.expiry());
      writer.number(reference.origin());
      writer.number(
          (long) reference.deliveryCount() << Snapshot.ATTEMPTS_SHIFT
              | (reference.expired() ? Snapshot.EXPIRED : 0)
              | (reference.redelivered() ? Snapshot.REDELIVERED : 0)
              | (reference.out() ? Snapshot.OUT : 0));
    }
  }
}
