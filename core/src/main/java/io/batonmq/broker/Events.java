package io.batonmq.broker;

import io.batonmq.log.RecordFormat;
import io.batonmq.log.VersionException;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The encoding of [Event]s, version 4. Field kinds are those of [FieldWriter].
///
/// The record's type says which event it is; the payload begins with the version. A reader refuses a
/// type or a version that it does not know: an event left out would make another broker of it. Types
/// below [RecordFormat#USER_MIN] are the log's own, which followers are not shown.
///
/// | type | event | payload after the version octet |
/// |---|---|---|
/// | 17 | Activated | number epoch, number wall time |
/// | 18 | AddressCreated | number id, text name, octet 1 anycast + 2 multicast + 4 auto |
/// | 19 | AddressDeleted | number id |
/// | 20 | QueueCreated | number id, number address, text name, octet 1 multicast + 4 auto + 8 selector + 16 not from, settings, \[8: text selector], \[16: text client id] |
/// | 21 | QueueDeleted | number id |
/// | 22 | Enqueued | see [EnqueuedFormat] |
/// | 23 | Delivered | number queue, keys, number holder |
/// | 24 | Acknowledged | number queue, keys |
/// | 25 | Released | number queue, keys, octet counted |
/// | 26 | Moved | number queue, number key, number sequence, octet expired, numbers targets |
/// | 27 | TransactionAcknowledged | number transaction, number queue, keys |
/// | 28 | TransactionCommitted | number transaction, number sequence, number session, number kept, text user, octet whether it has a name: \[xid] |
/// | 29 | TransactionRolledBack | number transaction |
/// | 30 | IdentitiesForgotten | text producer |
/// | 31 | SnapshotTaken | number position, text name, signed checksum |
/// | 32 | Purged | number queue, keys |
/// | 33 | TransactionPrepared | number transaction, xid, text user |
/// | 34 | OutcomesForgotten | number session |
/// | 35 | Barrier | |
/// | 36 | Proceeded | number messages |
/// | 37 | Deferred | number queue, keys, times as keys |
/// | 38 | Admitted | number queue, number wall time, keys |
/// | 39 | Cancelled | number queue, keys, times as keys |
/// | 40 | Dedicated | number queue, text address |
/// | 41 | QueueUpdated | number queue, octet 8 selector + 16 not from, settings, \[8: text selector], \[16: text client id] |
/// | 42 | Fragment | number tail, raw bytes |
/// | 43 | FragmentsDropped | number tail |
/// | 44 | Repeated | number queue, number wall time, number key, number sequence, number time, octet skipped |
///
/// Settings of a queue: number consumers, octet 1 exclusive + 2 group rebalance + 4 with a pause + 8 group first key,
/// signed group buckets, number consumers before dispatch, signed delay before dispatch, \[8: text group first key],
/// signed size of the ring, octet 1 last value + 2 last value key + 4 non-destructive + 8 purged without
/// consumers, \[2: text last value key].
///
/// An xid: signed format, raw global id, raw branch qualifier.
public final class Events {
  /// The version that this broker writes, and the only one that it reads.
  public static final int VERSION = 5;

  static final int ACTIVATED = RecordFormat.USER_MIN + 1;
  static final int ADDRESS_CREATED = RecordFormat.USER_MIN + 2;
  static final int ADDRESS_DELETED = RecordFormat.USER_MIN + 3;
  static final int QUEUE_CREATED = RecordFormat.USER_MIN + 4;
  static final int QUEUE_DELETED = RecordFormat.USER_MIN + 5;
  static final int ENQUEUED = RecordFormat.USER_MIN + 6;
  static final int DELIVERED = RecordFormat.USER_MIN + 7;
  static final int ACKNOWLEDGED = RecordFormat.USER_MIN + 8;
  static final int RELEASED = RecordFormat.USER_MIN + 9;
  static final int MOVED = RecordFormat.USER_MIN + 10;
  static final int TRANSACTION_ACKNOWLEDGED = RecordFormat.USER_MIN + 11;
  static final int TRANSACTION_COMMITTED = RecordFormat.USER_MIN + 12;
  static final int TRANSACTION_ROLLED_BACK = RecordFormat.USER_MIN + 13;
  static final int IDENTITIES_FORGOTTEN = RecordFormat.USER_MIN + 14;
  static final int SNAPSHOT_TAKEN = RecordFormat.USER_MIN + 15;
  static final int PURGED = RecordFormat.USER_MIN + 16;
  static final int TRANSACTION_PREPARED = RecordFormat.USER_MIN + 17;
  static final int OUTCOMES_FORGOTTEN = RecordFormat.USER_MIN + 18;
  static final int BARRIER = RecordFormat.USER_MIN + 19;
  static final int PROCEEDED = RecordFormat.USER_MIN + 20;
  static final int DEFERRED = RecordFormat.USER_MIN + 21;
  static final int ADMITTED = RecordFormat.USER_MIN + 22;
  static final int CANCELLED = RecordFormat.USER_MIN + 23;
  static final int DEDICATED = RecordFormat.USER_MIN + 24;
  static final int QUEUE_UPDATED = RecordFormat.USER_MIN + 25;
  static final int FRAGMENT = RecordFormat.USER_MIN + 26;
  static final int FRAGMENTS_DROPPED = RecordFormat.USER_MIN + 27;
  static final int REPEATED = RecordFormat.USER_MIN + 28;

  private static final int ANYCAST = 1;
  private static final int MULTICAST = 2;
  private static final int MULTICAST_QUEUE = 1;
  private static final int AUTO = 4;
  private static final int SELECTOR = 8;
  private static final int NOT_FROM = 16;

  private static final byte[] NO_BYTES = {};

  private Events() {}

  /// The record type of an event.
  public static int type(Event event) {
    return switch (event) {
      case Event.Activated _ -> ACTIVATED;
      case Event.AddressCreated _ -> ADDRESS_CREATED;
      case Event.AddressDeleted _ -> ADDRESS_DELETED;
      case Event.QueueCreated _ -> QUEUE_CREATED;
      case Event.QueueDeleted _ -> QUEUE_DELETED;
      case Event.Enqueued _ -> ENQUEUED;
      case Event.Delivered _ -> DELIVERED;
      case Event.Acknowledged _ -> ACKNOWLEDGED;
      case Event.Released _ -> RELEASED;
      case Event.Moved _ -> MOVED;
      case Event.TransactionAcknowledged _ -> TRANSACTION_ACKNOWLEDGED;
      case Event.TransactionCommitted _ -> TRANSACTION_COMMITTED;
      case Event.TransactionRolledBack _ -> TRANSACTION_ROLLED_BACK;
      case Event.IdentitiesForgotten _ -> IDENTITIES_FORGOTTEN;
      case Event.SnapshotTaken _ -> SNAPSHOT_TAKEN;
      case Event.Purged _ -> PURGED;
      case Event.TransactionPrepared _ -> TRANSACTION_PREPARED;
      case Event.OutcomesForgotten _ -> OUTCOMES_FORGOTTEN;
      case Event.Barrier _ -> BARRIER;
      case Event.Proceeded _ -> PROCEEDED;
      case Event.Deferred _ -> DEFERRED;
      case Event.Admitted _ -> ADMITTED;
      case Event.Cancelled _ -> CANCELLED;
      case Event.Dedicated _ -> DEDICATED;
      case Event.QueueUpdated _ -> QUEUE_UPDATED;
      case Event.Fragment _ -> FRAGMENT;
      case Event.FragmentsDropped _ -> FRAGMENTS_DROPPED;
      case Event.Repeated _ -> REPEATED;
    };
  }

  static void write(Event event, FieldWriter to) {
    to.octet(VERSION);
    switch (event) {
      case Event.Activated(long epoch, long wallMillis) -> {
        to.number(epoch);
        to.number(wallMillis);
      }
      case Event.AddressCreated(
              int id,
              String name,
              boolean anycast,
              boolean multicast,
              boolean auto) -> {
        to.number(id);
        to.text(name);
        to.octet((anycast ? ANYCAST : 0) | (multicast ? MULTICAST : 0) | (auto ? AUTO : 0));
      }
      case Event.AddressDeleted(int id) -> to.number(id);
      case Event.QueueCreated created -> {
        to.number(created.queue());
        to.number(created.address());
        to.text(created.name());
        to.octet(
            (created.routing() == RoutingType.MULTICAST ? MULTICAST_QUEUE : 0)
                | (created.auto() ? AUTO : 0)
                | flags(created.filter()));
        created.settings().write(to);
        writeTexts(created.filter(), to);
      }
      case Event.QueueDeleted(int queue) -> to.number(queue);
      case Event.Enqueued enqueued -> EnqueuedFormat.write(enqueued, to);
      case Event.Delivered(int queue, long[] keys, long holder) -> {
        writeKeys(queue, keys, to);
        to.number(holder);
      }
      case Event.Acknowledged(int queue, long[] keys) -> writeKeys(queue, keys, to);
      case Event.Released(int queue, long[] keys, boolean counted) -> {
        writeKeys(queue, keys, to);
        to.flag(counted);
      }
      case Event.Moved(int queue, long key, long sequence, boolean expired, int[] targets) -> {
        to.number(queue);
        to.number(key);
        to.number(sequence);
        to.flag(expired);
        to.numbers(targets);
      }
      case Event.TransactionAcknowledged(long transaction, int queue, long[] keys) -> {
        to.number(transaction);
        writeKeys(queue, keys, to);
      }
      case Event.TransactionCommitted committed -> {
        to.number(committed.transaction());
        to.number(committed.sequence());
        to.number(committed.session());
        to.number(committed.kept());
        to.text(committed.user());
        writeXid(committed.xid(), to);
      }
      case Event.TransactionRolledBack(long transaction) -> to.number(transaction);
      case Event.IdentitiesForgotten(String producer) -> to.text(producer);
      case Event.SnapshotTaken(long position, String name, long checksum) -> {
        to.number(position);
        to.text(name);
        to.signed(checksum);
      }
      case Event.Purged(int queue, long[] keys) -> writeKeys(queue, keys, to);
      case Event.TransactionPrepared(long transaction, Xid xid, String user) -> {
        to.number(transaction);
        xid.write(to);
        to.text(user);
      }
      case Event.OutcomesForgotten(long session) -> to.number(session);
      case Event.Barrier _ -> {}
      case Event.Proceeded(int messages) -> to.number(messages);
      case Event.Deferred(int queue, long[] keys, long[] untilMillis) -> {
        writeKeys(queue, keys, to);
        to.keys(untilMillis);
      }
      case Event.Admitted(int queue, long wallMillis, long[] keys) -> {
        to.number(queue);
        to.number(wallMillis);
        to.keys(keys);
      }
      case Event.Cancelled(int queue, long[] keys, long[] millis) -> {
        writeKeys(queue, keys, to);
        to.keys(millis);
      }
      case Event.Dedicated(int queue, String origin) -> {
        to.number(queue);
        to.text(origin);
      }
      case Event.QueueUpdated(int queue, QueueFilter filter, QueueSettings settings) -> {
        to.number(queue);
        to.octet(flags(filter));
        settings.write(to);
        writeTexts(filter, to);
      }
      case Event.Fragment(long tail, byte[] bytes) -> {
        to.number(tail);
        to.raw(bytes);
      }
      case Event.FragmentsDropped(long tail) -> to.number(tail);
      case Event.Repeated repeated -> {
        to.number(repeated.queue());
        to.number(repeated.wallMillis());
        to.number(repeated.key());
        to.number(repeated.sequence());
        to.number(repeated.untilMillis());
        to.flag(repeated.skipped());
      }
    }
  }

  /// The event of a record. The message of an [Event.Enqueued] comes without its bytes, which are of no
  /// interest to a queue; see [#message].
  ///
  /// @throws IllegalArgumentException if the type or version is unknown, or the payload damaged
  public static Event read(int type, ByteBuffer payload) {
    FieldReader from = new FieldReader(payload);
    version(from);
    Event event =
        switch (type) {
          case ACTIVATED -> new Event.Activated(from.number(), from.number());
          case ADDRESS_CREATED -> readAddress(from);
          case ADDRESS_DELETED -> new Event.AddressDeleted(from.smallNumber());
          case QUEUE_CREATED -> readQueue(from);
          case QUEUE_DELETED -> new Event.QueueDeleted(from.smallNumber());
          case ENQUEUED -> EnqueuedFormat.read(from, false);
          case DELIVERED -> new Event.Delivered(from.smallNumber(), from.keys(), from.number());
          case ACKNOWLEDGED -> new Event.Acknowledged(from.smallNumber(), from.keys());
          case RELEASED -> new Event.Released(from.smallNumber(), from.keys(), from.flag());
          case MOVED ->
              new Event.Moved(
                  from.smallNumber(), from.number(), from.number(), from.flag(), from.numbers());
          case TRANSACTION_ACKNOWLEDGED ->
              new Event.TransactionAcknowledged(from.number(), from.smallNumber(), from.keys());
          case TRANSACTION_COMMITTED ->
              new Event.TransactionCommitted(
                  from.number(),
                  from.number(),
                  from.number(),
                  from.smallNumber(),
                  from.text(),
                  readXid(from));
          case TRANSACTION_ROLLED_BACK -> new Event.TransactionRolledBack(from.number());
          case IDENTITIES_FORGOTTEN -> new Event.IdentitiesForgotten(from.text());
          case SNAPSHOT_TAKEN -> new Event.SnapshotTaken(from.number(), from.text(), from.signed());
          case PURGED -> new Event.Purged(from.smallNumber(), from.keys());
          case TRANSACTION_PREPARED ->
              new Event.TransactionPrepared(from.number(), Xid.read(from), from.text());
          case OUTCOMES_FORGOTTEN -> new Event.OutcomesForgotten(from.number());
          case BARRIER -> new Event.Barrier();
          case PROCEEDED -> new Event.Proceeded(from.smallNumber());
          case DEFERRED -> {
            int queue = from.smallNumber();
            long[] keys = from.keys();
            yield new Event.Deferred(queue, keys, timesOf(keys, from));
          }
          case ADMITTED -> new Event.Admitted(from.smallNumber(), from.number(), from.keys());
          case CANCELLED -> {
            int queue = from.smallNumber();
            long[] keys = from.keys();
            yield new Event.Cancelled(queue, keys, timesOf(keys, from));
          }
          case DEDICATED -> new Event.Dedicated(from.smallNumber(), from.text());
          case QUEUE_UPDATED -> {
            int queue = from.smallNumber();
            int flags = from.octet();
            QueueSettings settings = QueueSettings.read(from);
            yield new Event.QueueUpdated(queue, readFilter(flags, from), settings);
          }
          case FRAGMENT -> {
            long tail = from.number();
            from.skipRaw();
            yield new Event.Fragment(tail, NO_BYTES);
          }
          case FRAGMENTS_DROPPED -> new Event.FragmentsDropped(from.number());
          case REPEATED ->
              new Event.Repeated(
                  from.smallNumber(),
                  from.number(),
                  from.number(),
                  from.number(),
                  from.number(),
                  from.flag());
          default ->
              throw new VersionException(
                  "no event has type " + type + ": the log was written by a newer version");
        };
    from.end();
    return event;
  }

  /// The whole message of a record that holds an [Event.Enqueued].
  public static Message message(ByteBuffer payload) {
    FieldReader from = new FieldReader(payload);
    version(from);
    return EnqueuedFormat.read(from, true).message();
  }

  /// The bytes of a record that holds an [Event.Fragment].
  public static byte[] fragment(ByteBuffer payload) {
    FieldReader from = new FieldReader(payload);
    version(from);
    from.number();
    return from.raw();
  }

  static void version(FieldReader from) {
    int version = from.octet();
    if (version != VERSION) {
      throw new VersionException(
          "an event of version " + version + "; this broker reads version " + VERSION);
    }
  }

  static void writeXid(@Nullable Xid xid, FieldWriter to) {
    to.flag(xid != null);
    if (xid != null) {
      xid.write(to);
    }
  }

  static @Nullable Xid readXid(FieldReader from) {
    return from.flag() ? Xid.read(from) : null;
  }

  private static long[] timesOf(long[] keys, FieldReader from) {
    long[] times = from.keys();
    if (times.length != keys.length) {
      throw new IllegalArgumentException(keys.length + " messages have " + times.length + " times");
    }
    return times;
  }

  private static int flags(QueueFilter filter) {
    return (filter.selector() != null ? SELECTOR : 0) | (filter.notFrom() != null ? NOT_FROM : 0);
  }

  private static void writeTexts(QueueFilter filter, FieldWriter to) {
    if (filter.selector() != null) {
      to.text(filter.selector());
    }
    if (filter.notFrom() != null) {
      to.text(filter.notFrom());
    }
  }

  private static QueueFilter readFilter(int flags, FieldReader from) {
    return new QueueFilter(
        (flags & SELECTOR) != 0 ? from.text() : null, (flags & NOT_FROM) != 0 ? from.text() : null);
  }

  private static void writeKeys(int queue, long[] keys, FieldWriter to) {
    to.number(queue);
    to.keys(keys);
  }

  static Event.AddressCreated readAddress(FieldReader from) {
    int id = from.smallNumber();
    String name = from.text();
    int flags = from.octet();
    return new Event.AddressCreated(
        id, name, (flags & ANYCAST) != 0, (flags & MULTICAST) != 0, (flags & AUTO) != 0);
  }

  static Event.QueueCreated readQueue(FieldReader from) {
    int id = from.smallNumber();
    int address = from.smallNumber();
    String name = from.text();
    int flags = from.octet();
    RoutingType routing =
        (flags & MULTICAST_QUEUE) != 0 ? RoutingType.MULTICAST : RoutingType.ANYCAST;
    return new Event.QueueCreated(
        id,
        address,
        name,
        routing,
        QueueSettings.read(from),
        (flags & AUTO) != 0,
        readFilter(flags, from));
  }
}
