package io.batonmq.broker;

import io.batonmq.log.LiveBodies;
import io.batonmq.log.SnapshotContent;
import io.batonmq.log.SnapshotPart;
import io.batonmq.message.Identity;
import io.batonmq.queue.KeyList;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
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
/// | 1 | head, always first | number version (2), number position, number epoch, number wall time, number sequence, number last address, number last queue, octet whether a snapshot was taken: \[number position, text name, signed checksum] |
/// | 2 | address | the payload of its AddressCreated event |
/// | 3 | queue | the payload of its QueueCreated event, number added, number acknowledged |
/// | 4 | producer | text name, signed floor, number of ranges, each signed first, number length less one |
/// | 5 | names | number address, number of names, each text; an address may have several, oldest first |
/// | 6 | origin | number, text address, text queue |
/// | 7 | sent | number transaction, number position, number size, octet priority, number expiry, number address, numbers queues, octet 0 none 1 sequenced 2 named: \[text producer, signed sequence, signed floor], \[text id] |
/// | 8 | acknowledged | number transaction, number queue, keys |
/// | 9 | references | number queue, number of references, each: number key, number position, number size, number expiry, number origin, number of attempts * 8 + expired 4 + redelivered 2 + out 1 |
/// | 10 | end, always last | number of entries before it |
///
/// A reader that meets an unknown kind or version refuses the snapshot.
final class Snapshot implements SnapshotContent {
  static final int VERSION = 2;
  static final int HEAD = 1;
  static final int ADDRESS = 2;
  static final int QUEUE = 3;
  static final int PRODUCER = 4;
  static final int NAMES = 5;
  static final int ORIGIN = 6;
  static final int SENT = 7;
  static final int ACKNOWLEDGED = 8;
  static final int REFERENCES = 9;
  static final int END = 10;

  static final int OUT = 1;
  static final int REDELIVERED = 2;
  static final int EXPIRED = 4;
  static final int ATTEMPTS_SHIFT = 3;

  /// A block is handed out when it is larger than this. No entry is larger than the rest of 1 MiB: texts
  /// are limited to 64 KiB by the session, lists are cut.
  private static final int BLOCK = 512 * 1024;

  private static final int NAMES_PER_ENTRY = 200;
  private static final int KEYS_PER_ENTRY = 10_000;
  private static final int REFERENCES_PER_ENTRY = 1_000;

  private final long position;

  /// Everything but the references, encoded when the state was frozen: it is small beside them.
  private final List<byte[]> small = new ArrayList<>();

  private final List<FrozenQueue> queues = new ArrayList<>();

  /// Queues that are not durable have bodies in the log on behalf of others.
  private final List<MessageQueue.Frozen> volatileQueues = new ArrayList<>();

  private final List<OpenTransaction.Sent> sent = new ArrayList<>();
  private final LiveExtents.Sizes sizes;
  private long entries;
  private @Nullable List<SnapshotPart> parts;

  private record FrozenQueue(int id, MessageQueue.Frozen messages) {}

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
    state.transactions().values().forEach(transaction -> sent.addAll(transaction.sends));
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
                queue.consumersMax(),
                queue.auto(),
                queue.filter()),
            writer);
        writer.number(queue.added());
        writer.number(queue.acknowledged());
        queues.add(new FrozenQueue(queue.id(), queue.messages().freeze()));
      } else {
        volatileQueues.add(queue.messages().freeze());
      }
    }
    identities(state, blocks);
    state
        .origins()
        .places()
        .forEach((origin, place) -> {
          FieldWriter writer = blocks.entry(ORIGIN);
          writer.number(origin);
          writer.text(place.address());
          writer.text(place.queue());
        });
    transactions(state, blocks);
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
            References.write(queue.id, some, blocks.entry(REFERENCES));
            some.clear();
          }
        }
      });
      if (!some.isEmpty()) {
        References.write(queue.id, some, blocks.entry(REFERENCES));
      }
    }
    end(blocks);
  }

  @Override
  public List<SnapshotPart> parts() {
    if (parts == null) {
      List<SnapshotPart> found = new ArrayList<>();
      for (FrozenQueue queue : queues) {
        for (MessageQueue.Piece piece : queue.messages.pieces()) {
          References.of(queue.id, piece).ifPresent(found::add);
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
    return Optional.of(new FrozenBodies(sizes, sent, all));
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
        .forEach((id, transaction) -> {
          for (OpenTransaction.Sent sent : transaction.sends) {
            sent(id, sent, blocks.entry(SENT));
          }
          transaction.acknowledged.forEach((queue, keys) -> acknowledged(id, queue, keys, blocks));
        });
  }

  private static void sent(long id, OpenTransaction.Sent sent, FieldWriter writer) {
    writer.number(id);
    writer.number(sent.position());
    writer.number(sent.size());
    writer.octet(sent.priority());
    writer.number(sent.expiryMillis());
    writer.number(sent.address());
    writer.numbers(sent.queues());
    switch (sent.identity()) {
      case Identity.Sequenced(String producer, long sequence) -> {
        writer.octet(1);
        writer.text(producer);
        writer.signed(sequence);
        writer.signed(sent.floor());
      }
      case Identity.Named(String name) -> {
        writer.octet(2);
        writer.text(name);
      }
      case null -> writer.octet(0);
    }
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
