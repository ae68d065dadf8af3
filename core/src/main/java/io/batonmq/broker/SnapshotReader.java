package io.batonmq.broker;

import io.batonmq.message.Identity;
import io.batonmq.queue.KeyList;
import io.batonmq.queue.Reference;
import java.nio.ByteBuffer;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// Reads a snapshot, whose format is described in [Snapshot], into an empty state.
final class SnapshotReader {
  private final BrokerState state;
  private final Iterator<ByteBuffer> blocks;
  private long entries;

  SnapshotReader(BrokerState state, Iterator<ByteBuffer> blocks) {
    this.state = state;
    this.blocks = blocks;
  }

  void read() {
    boolean ended = false;
    while (blocks.hasNext()) {
      FieldReader from = new FieldReader(blocks.next());
      while (from.remaining() > 0) {
        if (ended) {
          throw new IllegalArgumentException("a snapshot goes on after its end");
        }
        ended = entry(from);
      }
    }
    if (!ended) {
      throw new IllegalArgumentException("a snapshot without an end");
    }
  }

  /// Reads one entry; true if it was the end.
  private boolean entry(FieldReader from) {
    int kind = from.octet();
    if ((kind == Snapshot.HEAD) != (entries == 0)) {
      throw new IllegalArgumentException("a snapshot begins with its head, and has one");
    }
    switch (kind) {
      case Snapshot.HEAD -> head(from);
      case Snapshot.ADDRESS -> state.restoreAddress(Events.readAddress(versioned(from)));
      case Snapshot.QUEUE ->
          state.restoreQueue(Events.readQueue(versioned(from)), from.number(), from.number());
      case Snapshot.PRODUCER ->
          state.identities().windows().put(from.text(), ProducerWindow.read(from));
      case Snapshot.NAMES -> names(from);
      case Snapshot.ORIGIN ->
          state.origins().put(from.smallNumber(), new Origins.Place(from.text(), from.text()));
      case Snapshot.SENT -> sent(from);
      case Snapshot.ACKNOWLEDGED -> acknowledged(from);
      case Snapshot.REFERENCES -> references(from);
      case Snapshot.TIMES -> times(from);
      case Snapshot.DEDICATED -> state.existingQueue(from.smallNumber()).dedicate(from.text());
      case Snapshot.END -> {
        long counted = from.number();
        if (counted != entries) {
          throw new IllegalArgumentException(
              "a snapshot of " + counted + " entries has " + entries);
        }
        return true;
      }
      default ->
          throw new IllegalArgumentException(
              "no entry of a snapshot is of kind " + kind + ": a newer version wrote it");
    }
    entries++;
    return false;
  }

  private void head(FieldReader from) {
    long version = from.number();
    if (version != Snapshot.VERSION) {
      throw new IllegalArgumentException(
          "a snapshot of version " + version + "; this broker reads " + Snapshot.VERSION);
    }
    long position = from.number();
    state.restoreHead(
        position,
        new Snapshot.Head(
            from.number(),
            from.number(),
            from.number(),
            from.smallNumber(),
            from.smallNumber(),
            from.flag()
                ? new Event.SnapshotTaken(from.number(), from.text(), from.signed())
                : null));
  }

  private static FieldReader versioned(FieldReader from) {
    Events.version(from);
    return from;
  }

  private void names(FieldReader from) {
    int address = from.smallNumber();
    int count = from.count(1);
    for (int i = 0; i < count; i++) {
      state.identities().add(new Identity.Named(from.text()), address, ProducerWindow.NO_FLOOR);
    }
  }

  private void sent(FieldReader from) {
    long transaction = from.number();
    long position = from.number();
    int size = from.smallNumber();
    int priority = from.octet();
    long expiry = from.number();
    long delivery = from.number();
    int address = from.smallNumber();
    int[] queues = from.numbers();
    @Nullable Identity identity = null;
    long floor = ProducerWindow.NO_FLOOR;
    switch (from.octet()) {
      case 0 -> {}
      case 1 -> {
        identity = new Identity.Sequenced(from.text(), from.signed());
        floor = from.signed();
      }
      case 2 -> identity = new Identity.Named(from.text());
      default -> throw new IllegalArgumentException("an identity of an unknown kind");
    }
    state.restoreSent(
        transaction,
        new OpenTransaction.Sent(
            position, size, priority, expiry, delivery, address, queues, identity, floor));
  }

  private void acknowledged(FieldReader from) {
    long transaction = from.number();
    int queue = from.smallNumber();
    KeyList keys = new KeyList();
    for (long key : from.keys()) {
      keys.add(key);
    }
    state.restoreAcknowledged(transaction, queue, keys);
  }

  private void times(FieldReader from) {
    int queue = from.smallNumber();
    int count = from.count(2);
    for (int i = 0; i < count; i++) {
      long millis = from.number();
      state.existingQueue(queue).messages().restoreWaiting(from.number(), millis);
    }
  }

  private void references(FieldReader from) {
    int queue = from.smallNumber();
    int count = from.count(6);
    for (int i = 0; i < count; i++) {
      long key = from.number();
      long position = from.number();
      int size = from.smallNumber();
      long expiry = from.number();
      int origin = from.smallNumber();
      int state = from.smallNumber();
      this.state.restoreReference(
          queue,
          new Reference(
              key,
              position,
              size,
              (state & Snapshot.OUT) != 0,
              true,
              (state & Snapshot.REDELIVERED) != 0,
              state >>> Snapshot.ATTEMPTS_SHIFT,
              expiry,
              origin,
              (state & Snapshot.EXPIRED) != 0));
    }
  }
}
