package io.batonmq.broker;

import io.batonmq.log.LiveBodies;
import io.batonmq.log.SnapshotContent;
import io.batonmq.log.SnapshotPart;
import io.batonmq.queue.KeyList;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Recurrence;
import io.batonmq.queue.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A [BrokerState] frozen at one moment. The same state gives the same bytes on every node, where it is
/// written as a whole; in parts, the references are cut where this node happens to keep them.
///
/// A snapshot is a row of entries, cut into blocks between entries. Each is an octet that says its kind
/// and then its fields, of the kinds of [FieldWriter]:
///
/// | kind | entry | fields |
/// |---|---|---|
/// | 1 | head, always first | number version (4), number position, number epoch, number wall time, number sequence, number last address, number last queue, octet whether a snapshot was taken: \[number position, text name, signed checksum] |
/// | 2 | address | the payload of its AddressCreated event |
/// | 3 | queue | the payload of its QueueCreated event, number added, number acknowledged |
/// | 4 | producer | text name, signed floor, number of ranges, each signed first, number length less one |
/// | 5 | names | number address, number of names, each text; an address may have several, oldest first |
/// | 6 | origin | number, text address, text queue, octet diverted |
/// | 7 | transaction | number, number of messages logged in it |
/// | 8 | acknowledged | number transaction, number queue, keys |
/// | 9 | references | number queue, number of references, each: number key, number position, number size, number expiry, number origin, number of attempts * 8 + expired 4 + redelivered 2 + out 1 |
/// | 10 | end, always last | number of entries before it |
/// | 11 | prepared, after its identities | number transaction, xid, text user |
/// | 12 | outcome; a session's in one row, oldest first | number transaction, number session, text user, octet whether it has a name: \[xid] |
/// | 13 | sent sequences | number transaction, text producer, signed floor, number of runs, each signed first, number place, number length; a producer may have several |
/// | 14 | sent names | number transaction, number address, number of names, each text, number place |
/// | 15 | staged, what a transaction has for a queue | number transaction, then the fields of references; places for sequences |
/// | 16 | leaving, in order | number queue, keys |
/// | 17 | times, after the references of their queue | number transaction, 0 for what is in the queue, number queue, number of messages that wait, each: number time, number key |
/// | 18 | dedicated queue | number queue, text address |
/// | 19 | tail, before any reference; of 1 GiB in one entry | number id, number position of its message's record plus one or 0, number size of that, number of fragments, each: number position, number size |
/// | 20 | recurring, before the references of their queue | number queue, number of messages, each: number key, number period, number times plus one, number time at which it is due |
///
/// A reader that meets an unknown kind or version refuses the snapshot.
final class Snapshot implements SnapshotContent {
  static final int VERSION = 4;
  static final int HEAD = 1;
  static final int ADDRESS = 2;
  static final int QUEUE = 3;
  static final int PRODUCER = 4;
  static final int NAMES = 5;
  static final int ORIGIN = 6;
  static final int TRANSACTION = 7;
  static final int ACKNOWLEDGED = 8;
  static final int REFERENCES = 9;
  static final int END = 10;
  static final int PREPARED = 11;
  static final int OUTCOME = 12;
  static final int SENT_SEQUENCES = 13;
  static final int SENT_NAMES = 14;
  static final int STAGED = 15;
  static final int LEAVING = 16;
  static final int TIMES = 17;
  static final int DEDICATED = 18;
  static final int TAIL = 19;
  static final int RECURRING = 20;

  static final int OUT = 1;
  static final int REDELIVERED = 2;
  static final int EXPIRED = 4;
  static final int ATTEMPTS_SHIFT = 3;

  /// A block is handed out when it is larger than this. No entry is larger than the rest of 1 MiB: texts
  /// are limited to 64 KiB by the session, lists are cut.
  private static final int BLOCK = 512 * 1024;

  private static final int NAMES_PER_ENTRY = 200;
  private static final int KEYS_PER_ENTRY = 10_000;
  private static final int RUNS_PER_ENTRY = 10_000;
  private static final int REFERENCES_PER_ENTRY = 1_000;

  private final long position;

  /// Everything but the references, encoded when the state was frozen: it is small beside them.
  private final List<byte[]> small = new ArrayList<>();

  private final List<FrozenQueue> queues = new ArrayList<>();

  /// Queues that are not durable have bodies in the log on behalf of others; so has what waits for a commit and is
  /// not durable.
  private final List<MessageQueue.Frozen> volatileQueues = new ArrayList<>();

  private final LiveExtents.Sizes sizes;
  private final Fragments.Frozen fragments;
  private long entries;
  private @Nullable List<SnapshotPart> parts;

  /// @param transaction that will put it into the queue; 0 for what is there
  private record FrozenQueue(long transaction, int id, MessageQueue.Frozen messages) {}

  record Head(
      long epoch,
      long wallMillis,
      long sequence,
      int lastAddress,
      int lastQueue,
      Event.@Nullable SnapshotTaken snapshot) {}

  Snapshot(BrokerState state) {
    this.position = state.end();
    this.sizes = state.extents().sizes();
    this.fragments = state.fragments().freeze();
    Blocks blocks = new Blocks(block -> small.add(bytes(block)));
    head(state, blocks);
    for (Address address : state.addresses()) {
      if (!address.durable()) {
        continue;
      }
      FieldWriter writer = blocks.entry(ADDRESS);
      Events.write(
          new Event.AddressCreated(
              address.id(), address.name(), address.anycast(), address.multicast(), address.auto()),
          writer);
    }
    for (BoundQueue queue : state.queues()) {
      if (queue.durable()) {
        FieldWriter writer = blocks.entry(QUEUE);
        Events.write(
            new Event.QueueCreated(
                queue.id(),
                queue.address().id(),
                queue.name(),
                queue.routing(),
                queue.settings(),
                queue.auto(),
                queue.filter()),
            writer);
        writer.number(queue.added());
        writer.number(queue.acknowledged());
        String origin = queue.origin();
        if (origin != null) {
          FieldWriter dedicated = blocks.entry(DEDICATED);
          dedicated.number(queue.id());
          dedicated.text(origin);
        }
        recurring(queue, blocks);
        queues.add(new FrozenQueue(0, queue.id(), queue.messages().freeze()));
      } else {
        volatileQueues.add(queue.messages().freeze());
      }
    }
    state.transactions().unlogged().forEach(waiting -> volatileQueues.add(waiting.freeze()));
    identities(state, blocks);
    state
        .origins()
        .places()
        .forEach((origin, place) -> {
          FieldWriter writer = blocks.entry(ORIGIN);
          writer.number(origin);
          writer.text(place.address());
          writer.text(place.queue());
          writer.flag(place.diverted());
        });
    tails(blocks);
    transactions(state, blocks);
    state
        .transactions()
        .open()
        .forEach((id, transaction) ->
            transaction
                .staged()
                .forEach((queue, messages) ->
                    queues.add(new FrozenQueue(id, queue, messages.freeze()))));
    blocks.finish();
    entries = blocks.entries;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public void writeTo(Consumer<ByteBuffer> to) {
    writeBefore(to);
    Blocks blocks = new Blocks(to);
    blocks.entries = entries;
    for (FrozenQueue queue : queues) {
      List<Reference> some = new ArrayList<>();
      queue.messages.forEach(reference -> {
        if (reference.durable()) {
          some.add(reference);
          if (some.size() == REFERENCES_PER_ENTRY) {
            write(queue, some, blocks);
            some.clear();
          }
        }
      });
      if (!some.isEmpty()) {
        write(queue, some, blocks);
      }
      Times.writeAll(
          queue.transaction, queue.id, queue.messages.times(), () -> blocks.entry(TIMES));
    }
    end(blocks);
  }

  private static void write(FrozenQueue queue, List<Reference> some, Blocks blocks) {
    FieldWriter writer = blocks.entry(References.kind(queue.transaction));
    References.write(queue.transaction, queue.id, some, writer);
  }

  @Override
  public List<SnapshotPart> parts() {
    if (parts == null) {
      List<SnapshotPart> found = new ArrayList<>();
      for (FrozenQueue queue : queues) {
        for (MessageQueue.Piece piece : queue.messages.pieces()) {
          References.of(queue.transaction, queue.id, piece).ifPresent(found::add);
        }
        for (MessageQueue.Times times : queue.messages.times()) {
          Times.of(queue.transaction, queue.id, times).ifPresent(found::add);
        }
      }
      parts = List.copyOf(found);
    }
    return parts;
  }

  @Override
  public Optional<LiveBodies> bodies() {
    List<MessageQueue.Frozen> all = new ArrayList<>(volatileQueues);
    queues.forEach(queue -> all.add(queue.messages));
    return Optional.of(new FrozenBodies(sizes, fragments, all));
  }

  @Override
  public void writeBefore(Consumer<ByteBuffer> to) {
    for (byte[] block : small) {
      to.accept(ByteBuffer.wrap(block));
    }
  }

  @Override
  public void writeAfter(Consumer<ByteBuffer> to) {
    Blocks blocks = new Blocks(to);
    // Each part is one entry.
    blocks.entries = entries + parts().size();
    end(blocks);
  }

  private static void end(Blocks blocks) {
    long count = blocks.entries;
    blocks.entry(END).number(count);
    blocks.finish();
  }

  private static void head(BrokerState state, Blocks blocks) {
    FieldWriter writer = blocks.entry(HEAD);
    writer.number(VERSION);
    writer.number(state.end());
    writer.number(state.epoch());
    writer.number(state.wallMillis());
    writer.number(state.sequence());
    writer.number(state.lastAddress());
    writer.number(state.lastQueue());
    Event.SnapshotTaken taken = state.snapshot();
    writer.flag(taken != null);
    if (taken != null) {
      writer.number(taken.position());
      writer.text(taken.name());
      writer.signed(taken.checksum());
    }
  }

  private static void recurring(BoundQueue queue, Blocks blocks) {
    Map<Long, Recurrence> recurring = new LinkedHashMap<>(queue.messages().recurrences());
    recurring.keySet().removeIf(key -> !durable(queue.messages().find(key)));
    if (recurring.isEmpty()) {
      return;
    }
    FieldWriter writer = blocks.entry(RECURRING);
    writer.number(queue.id());
    writer.number(recurring.size());
    recurring.forEach((key, recurrence) -> {
      writer.number(key);
      writer.number(recurrence.rest().periodMillis());
      writer.number(recurrence.rest().times() + 1L);
      writer.number(recurrence.dueMillis());
    });
  }

  private static boolean durable(@Nullable Reference reference) {
    return reference != null && reference.durable();
  }

  private void tails(Blocks blocks) {
    for (Fragments.FrozenRow row : fragments.rows()) {
      if (!row.logged()) {
        continue;
      }
      FieldWriter writer = blocks.entry(TAIL);
      writer.number(row.id());
      writer.number(row.record() + 1);
      writer.number(row.recordSize());
      writer.number(row.count());
      for (int i = 0; i < row.count(); i++) {
        writer.number(row.positions()[i]);
        writer.number(row.sizes()[i]);
      }
    }
  }

  private static void identities(BrokerState state, Blocks blocks) {
    state
        .identities()
        .windows()
        .forEach((producer, window) -> {
          FieldWriter writer = blocks.entry(PRODUCER);
          writer.text(producer);
          window.write(writer);
        });
    for (Map.Entry<Integer, Set<String>> known : state.identities().names().entrySet()) {
      List<String> names = List.copyOf(known.getValue());
      for (int i = 0; i < names.size(); i += NAMES_PER_ENTRY) {
        List<String> some = names.subList(i, Math.min(names.size(), i + NAMES_PER_ENTRY));
        FieldWriter writer = blocks.entry(NAMES);
        writer.number(known.getKey());
        writer.number(some.size());
        some.forEach(writer::text);
      }
    }
  }

  private static void transactions(BrokerState state, Blocks blocks) {
    state
        .transactions()
        .open()
        .forEach((id, transaction) -> {
          FieldWriter head = blocks.entry(TRANSACTION);
          head.number(id);
          head.number(transaction.count());
          identities(id, transaction.identities(), blocks);
          transaction
              .acknowledged()
              .forEach((queue, keys) -> acknowledged(id, queue, keys, blocks));
          OpenTransaction.Promise promise = transaction.promise;
          if (promise != null) {
            FieldWriter writer = blocks.entry(PREPARED);
            writer.number(id);
            promise.xid().write(writer);
            writer.text(promise.user());
          }
        });
    state
        .transactions()
        .leaving()
        .forEach(
            KEYS_PER_ENTRY,
            (keys, queue) -> {
              FieldWriter writer = blocks.entry(LEAVING);
              writer.number(queue);
              writer.keys(keys.toArray());
            });
    for (Outcomes.Outcome outcome : state.outcomes().all()) {
      FieldWriter writer = blocks.entry(OUTCOME);
      writer.number(outcome.transaction());
      writer.number(outcome.session());
      writer.text(outcome.user());
      Events.writeXid(outcome.xid(), writer);
    }
  }

  private static void identities(long id, SentIdentities identities, Blocks blocks) {
    identities
        .producers()
        .forEach((name, producer) -> {
          int runs = producer.runs();
          for (int run = 0; run < runs; run += RUNS_PER_ENTRY) {
            FieldWriter writer = blocks.entry(SENT_SEQUENCES);
            writer.number(id);
            writer.text(name);
            producer.write(run, Math.min(runs, run + RUNS_PER_ENTRY), writer);
          }
        });
    identities
        .names()
        .forEach((address, names) -> {
          List<Map.Entry<String, Integer>> all = List.copyOf(names.entrySet());
          for (int i = 0; i < all.size(); i += NAMES_PER_ENTRY) {
            List<Map.Entry<String, Integer>> some =
                all.subList(i, Math.min(all.size(), i + NAMES_PER_ENTRY));
            FieldWriter writer = blocks.entry(SENT_NAMES);
            writer.number(id);
            writer.number(address);
            writer.number(some.size());
            for (Map.Entry<String, Integer> name : some) {
              writer.text(name.getKey());
              writer.number(name.getValue());
            }
          }
        });
  }

  private static void acknowledged(long id, int queue, KeyList keys, Blocks blocks) {
    for (int i = 0; i < keys.size(); i += KEYS_PER_ENTRY) {
      long[] some = new long[Math.min(KEYS_PER_ENTRY, keys.size() - i)];
      for (int k = 0; k < some.length; k++) {
        some[k] = keys.get(i + k);
      }
      FieldWriter writer = blocks.entry(ACKNOWLEDGED);
      writer.number(id);
      writer.number(queue);
      writer.keys(some);
    }
  }

  private static byte[] bytes(ByteBuffer block) {
    byte[] bytes = new byte[block.remaining()];
    block.get(bytes);
    return bytes;
  }

  /// Gathers entries and hands them out as blocks.
  private static final class Blocks {
    private final FieldWriter writer = new FieldWriter(64 * 1024);
    private final Consumer<ByteBuffer> to;
    private long entries;

    Blocks(Consumer<ByteBuffer> to) {
      this.to = to;
    }

    FieldWriter entry(int kind) {
      if (writer.size() >= BLOCK) {
        finish();
      }
      entries++;
      writer.octet(kind);
      return writer;
    }

    void finish() {
      if (writer.size() > 0) {
        to.accept(writer.view());
        writer.clear();
      }
    }
  }
}
