package io.batonmq.broker;

import io.batonmq.log.SnapshotPart;
import io.batonmq.log.SnapshotPlace;
import io.batonmq.queue.KeyList;
import io.batonmq.queue.MessageQueue;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// When some durable messages of a frozen queue are due that wait for their time: one entry of a snapshot, in
/// a block of its own.
final class Times implements SnapshotPart {
  private static final int PER_ENTRY = 1_000;

  private final long transaction;
  private final int queue;
  private final MessageQueue.Times times;

  private Times(long transaction, int queue, MessageQueue.Times times) {
    this.transaction = transaction;
    this.queue = queue;
    this.times = times;
  }

  /// Empty where none of the messages is durable.
  ///
  /// @param transaction that they are in; 0 for what is in the queue
  static Optional<SnapshotPart> of(long transaction, int queue, MessageQueue.Times times) {
    Times part = new Times(transaction, queue, times);
    // What was written has some.
    return times.place() == null && part.pairs().isEmpty() ? Optional.empty() : Optional.of(part);
  }

  private KeyList pairs() {
    KeyList pairs = new KeyList();
    times.forEachDurable((millis, key) -> {
      pairs.add(millis);
      pairs.add(key);
    });
    return pairs;
  }

  @Override
  public @Nullable SnapshotPlace place() {
    return times.place();
  }

  @Override
  public void placed(SnapshotPlace place) {
    times.placed(place);
  }

  @Override
  public ByteBuffer bytes() {
    FieldWriter writer = new FieldWriter(16 * 1024);
    writer.octet(Snapshot.TIMES);
    write(transaction, queue, pairs(), writer);
    return writer.view();
  }

  /// All times of a queue, cut the same way on every node.
  static void writeAll(
      long transaction, int queue, List<MessageQueue.Times> all, Supplier<FieldWriter> entry) {
    KeyList some = new KeyList();
    for (MessageQueue.Times times : all) {
      times.forEachDurable((millis, key) -> {
        some.add(millis);
        some.add(key);
        if (some.size() == 2 * PER_ENTRY) {
          write(transaction, queue, some, entry.get());
          some.clear();
        }
      });
    }
    if (!some.isEmpty()) {
      write(transaction, queue, some, entry.get());
    }
  }

  private static void write(long transaction, int queue, KeyList pairs, FieldWriter writer) {
    writer.number(transaction);
    writer.number(queue);
    writer.number(pairs.size() / 2);
    for (int i = 0; i < pairs.size(); i++) {
      writer.number(pairs.get(i));
    }
  }
}
