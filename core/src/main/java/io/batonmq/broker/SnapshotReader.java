package io.batonmq.broker;

import io.batonmq.log.VersionException;
import io.batonmq.message.Identity;
import io.batonmq.message.Repetition;
import io.batonmq.queue.KeyList;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Recurrence;
import io.batonmq.queue.Reference;
import java.nio.ByteBuffer;
import java.util.Iterator;

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
          state
              .origins()
              .put(from.smallNumber(), new Origins.Place(from.text(), from.text(), from.flag()));
      case Snapshot.TRANSACTION ->
          state.transactions().existing(from.number()).restoreCount(from.smallNumber());
      case Snapshot.SENT_SEQUENCES ->
          state.transactions().existing(from.number()).identities().read(from.text(), from);
      case Snapshot.SENT_NAMES -> sentNames(from);
      case Snapshot.ACKNOWLEDGED -> acknowledged(from);
      case Snapshot.REFERENCES -> references(0, from);
      case Snapshot.LEAVING -> state.transactions().leaving().add(from.smallNumber(), keys(from));
      case Snapshot.STAGED -> references(from.number(), from);
      case Snapshot.PREPARED -> prepared(from);
      case Snapshot.OUTCOME ->
          state
              .outcomes()
              .add(
                  new Outcomes.Outcome(
                      from.number(), from.number(), from.text(), Events.readXid(from)),
                  Outcomes.KEPT_MAX);
      case Snapshot.TIMES -> times(from.number(), from);
      case Snapshot.TAIL -> tail(from);
      case Snapshot.RECURRING -> recurring(from);
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
      throw new VersionException(
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

  private void tail(FieldReader from) {
    long id = from.number();
    long record = from.number() - 1;
    int recordSize = from.smallNumber();
    int count = from.count(2);
    long[] positions = new long[count];
    int[] sizes = new int[count];
    for (int i = 0; i < count; i++) {
      positions[i] = from.number();
      sizes[i] = from.smallNumber();
    }
    state.fragments().restore(id, record, recordSize, positions, sizes);
  }

  private void names(FieldReader from) {
    int address = from.smallNumber();
    int count = from.count(1);
    for (int i = 0; i < count; i++) {
      state.identities().add(new Identity.Named(from.text()), address, ProducerWindow.NO_FLOOR);
    }
  }

  private void sentNames(FieldReader from) {
    SentIdentities identities = state.transactions().existing(from.number()).identities();
    int address = from.smallNumber();
    int count = from.count(2);
    for (int i = 0; i < count; i++) {
      identities.add(
          new Identity.Named(from.text()), address, ProducerWindow.NO_FLOOR, from.smallNumber());
    }
  }

  private void acknowledged(FieldReader from) {
    long transaction = from.number();
    int queue = from.smallNumber();
    state.transactions().existing(transaction).acknowledge(queue, from.keys());
  }

  private static KeyList keys(FieldReader from) {
    KeyList keys = new KeyList();
    for (long key : from.keys()) {
      keys.add(key);
    }
    return keys;
  }

  private void prepared(FieldReader from) {
    long number = from.number();
    OpenTransaction transaction = state.transactions().existing(number);
    state
        .prepared()
        .add(number, transaction, new OpenTransaction.Promise(Xid.read(from), from.text()));
  }

  private void times(long transaction, FieldReader from) {
    int queue = from.smallNumber();
    MessageQueue messages =
        transaction == 0
            ? state.existingQueue(queue).messages()
            : state.transactions().existing(transaction).staged(queue);
    int count = from.count(2);
    for (int i = 0; i < count; i++) {
      long millis = from.number();
      messages.restoreWaiting(from.number(), millis);
    }
  }

  private void recurring(FieldReader from) {
    MessageQueue messages = state.existingQueue(from.smallNumber()).messages();
    int count = from.count(4);
    for (int i = 0; i < count; i++) {
      long key = from.number();
      Repetition rest = new Repetition(from.number(), from.smallNumber() - 1);
      messages.recurs(key, new Recurrence(rest, from.number()));
    }
  }

  private void references(long transaction, FieldReader from) {
    int queue = from.smallNumber();
    int count = from.count(6);
    for (int i = 0; i < count; i++) {
      long key = from.number();
      long position = from.number();
      int size = from.smallNumber();
      long expiry = from.number();
      int origin = from.smallNumber();
      int state = from.smallNumber();
      Reference reference =
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
              (state & Snapshot.EXPIRED) != 0);
      if (transaction == 0) {
        this.state.restoreReference(queue, reference);
      } else {
        this.state.origins().refer(origin);
        this.state
            .transactions()
            .existing(transaction)
            .stage(queue, reference, 0, this.state.extents());
      }
    }
  }
}
