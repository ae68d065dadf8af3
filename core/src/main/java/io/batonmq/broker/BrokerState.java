package io.batonmq.broker;

import io.batonmq.log.RecordHandler;
import io.batonmq.log.SnapshotContent;
import io.batonmq.log.VersionException;
import io.batonmq.message.Message;
import io.batonmq.message.Tail;
import io.batonmq.queue.KeyList;
import io.batonmq.queue.Keys;
import io.batonmq.queue.Reference;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Everything about the broker that survives the loss of a node: the fold of the log's events.
///
/// The active node applies each event when it appends it, a standby when it is committed; both here, by
/// the same code. Beside it the active keeps what nobody needs after it (connections, credit, messages
/// that are not durable), partly in the same queues: such references are marked, are never logged, and
/// are not in a snapshot.
public final class BrokerState implements RecordHandler {
  /// An extent is `2^EXTENT_SHIFT` bytes of the log; see [Effects#reclaim].
  public static final int EXTENT_SHIFT = LiveExtents.SHIFT;

  private final Map<Integer, Address> addresses = new LinkedHashMap<>();
  private final Map<String, Address> addressesByName = new LinkedHashMap<>();
  private final Map<Integer, BoundQueue> queues = new LinkedHashMap<>();
  private final Map<String, BoundQueue> queuesByName = new LinkedHashMap<>();
  private final Identities identities = new Identities();
  private final Origins origins = new Origins();
  private final LiveExtents extents = new LiveExtents();
  private final OpenTransactions transactions = new OpenTransactions(this, extents);

  private long end;
  private long epoch;
  private long wallMillis;
  private long sequence;
  private int lastAddress;
  private int lastQueue;
  private Event.@Nullable SnapshotTaken snapshot;

  /// The state before the first record.
  public BrokerState() {}

  /// Continues a state that [SnapshotContent#writeTo] wrote. A block is read before the next is asked
  /// for.
  ///
  /// @throws VersionException if another version of Baton wrote them
  /// @throws IllegalArgumentException if the blocks are damaged
  public static BrokerState restore(Iterator<ByteBuffer> blocks) {
    BrokerState state = new BrokerState();
    new SnapshotReader(state, blocks).read();
    return state;
  }

  @Override
  public void record(long position, long recordEnd, int type, ByteBuffer payload) {
    apply(position, recordEnd, type, payload);
  }

  /// Applies one record.
  ///
  /// @throws VersionException if another version of Baton wrote it
  /// @throws IllegalStateException if it does not fit what came before: then this is not the state that
  ///     it was logged in, and the node must not go on
  public void apply(long position, long recordEnd, int type, ByteBuffer payload) {
    if (position < end) {
      throw new IllegalStateException(
          "the record at position " + position + " is already in the state, which is at " + end);
    }
    try {
      apply(position, recordEnd, Events.read(type, payload));
    } catch (VersionException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          "the record at position " + position + " cannot be applied: " + e.getMessage(), e);
    }
    end = recordEnd;
  }

  private void apply(long position, long recordEnd, Event event) {
    switch (event) {
      case Event.Activated activated -> activate(activated);
      case Event.AddressCreated created -> createAddress(created);
      case Event.AddressDeleted(int id) -> deleteAddress(id);
      case Event.QueueCreated created -> createQueue(created);
      case Event.QueueUpdated(int queue, QueueFilter filter, QueueSettings settings) ->
          existingQueue(queue).update(filter, settings);
      case Event.QueueDeleted(int queue) -> deleteQueue(existingQueue(queue));
      case Event.Enqueued enqueued -> enqueue(position, recordEnd, enqueued);
      case Event.Delivered(int queue, long[] keys, long holder) -> {
        BoundQueue bound = existingQueue(queue);
        for (long key : keys) {
          bound.messages().deliver(key);
          bound.holders().delivered(key, holder);
        }
      }
      case Event.Acknowledged(int queue, long[] keys) -> acknowledge(existingQueue(queue), keys);
      case Event.Released(int queue, long[] keys, boolean counted) -> {
        BoundQueue bound = existingQueue(queue);
        for (long key : keys) {
          bound.messages().release(key, counted);
          bound.holders().gone(key);
        }
      }
      case Event.Moved moved -> move(moved);
      case Event.TransactionAcknowledged(long transaction, int queue, long[] keys) ->
          transactions.existing(transaction).acknowledge(queue, keys);
      case Event.TransactionPrepared prepared -> transactions.prepare(prepared);
      case Event.TransactionCommitted committed -> transactions.commit(committed);
      case Event.TransactionRolledBack(long transaction) -> transactions.rollback(transaction);
      case Event.IdentitiesForgotten(String producer) -> identities.forget(producer);
      case Event.OutcomesForgotten(long session) -> outcomes().forget(session);
      case Event.Barrier _ -> {}
      case Event.Proceeded(int messages) -> transactions.proceed(messages);
      case Event.SnapshotTaken taken -> snapshot = taken;
      case Event.Purged(int queue, long[] keys) -> {
        BoundQueue bound = existingQueue(queue);
        for (long key : keys) {
          remove(bound, key);
        }
      }
      case Event.Deferred(int queue, long[] keys, long[] untilMillis) ->
          existingQueue(queue).defer(keys, untilMillis);
      case Event.Admitted(int queue, long wall, long[] keys) -> {
        wallMillis = Math.max(wallMillis, wall);
        existingQueue(queue).admit(keys);
      }
      case Event.Repeated repeated -> {
        wallMillis = Math.max(wallMillis, repeated.wallMillis());
        Recurring.apply(this, repeated);
      }
      case Event.Cancelled(int queue, long[] keys, long[] millis) -> {
        BoundQueue bound = existingQueue(queue);
        for (int i = 0; i < keys.length; i++) {
          giveUp(bound.messages().cancel(keys[i], millis[i]));
        }
      }
      case Event.Dedicated(int queue, String origin) -> existingQueue(queue).dedicate(origin);
      case Event.Fragment(long tail, byte[] _) ->
          fragments().add(tail, position, Math.toIntExact(recordEnd - position));
      case Event.FragmentsDropped(long tail) -> fragments().drop(tail);
    }
  }

  private void activate(Event.Activated activated) {
    if (activated.epoch() < epoch) {
      throw new IllegalStateException("epoch " + activated.epoch() + " after " + epoch);
    }
    epoch = activated.epoch();
    wallMillis = Math.max(wallMillis, activated.wallMillis());
    Map<Integer, LongPredicate> held = transactions.held();
    for (BoundQueue queue : queues.values()) {
      queue.holders().activated(queue.messages(), activated.wallMillis());
      queue.messages().releaseAll(held.getOrDefault(queue.id(), _ -> false));
    }
    transactions.abort();
    fragments().dropOpen();
  }

  private void createAddress(Event.AddressCreated created) {
    if (addresses.containsKey(created.id()) || addressesByName.containsKey(created.name())) {
      throw new IllegalStateException("address " + created.name() + " exists");
    }
    Address address =
        new Address(
            created.id(), created.name(), created.anycast(), created.multicast(), created.auto());
    lastAddress = Math.max(lastAddress, created.id());
    add(address);
  }

  /// Adds an address; directly only one that is not durable.
  void add(Address address) {
    addresses.put(address.id(), address);
    addressesByName.put(address.name(), address);
  }

  /// Deletes an address; directly only one that is not durable.
  void deleteAddress(int id) {
    Address address = existingAddress(id);
    if (!address.queues().isEmpty()) {
      throw new IllegalStateException("address " + address.name() + " has queues");
    }
    addresses.remove(id);
    addressesByName.remove(address.name());
    identities.forgetNames(id);
  }

  private void createQueue(Event.QueueCreated created) {
    bind(
        new BoundQueue(
            created.queue(),
            existingAddress(created.address()),
            created.name(),
            created.routing(),
            created.settings(),
            created.auto(),
            created.filter()));
    lastQueue = Math.max(lastQueue, created.queue());
  }

  /// Binds a queue; directly only one that is not durable.
  void bind(BoundQueue queue) {
    if (queues.containsKey(queue.id()) || queuesByName.containsKey(queue.name())) {
      throw new IllegalStateException("queue " + queue.name() + " exists");
    }
    queues.put(queue.id(), queue);
    queuesByName.put(queue.name(), queue);
    queue.address().queues().add(queue);
  }

  /// Deletes a queue with what is in it; directly only one that is not durable.
  void deleteQueue(BoundQueue queue) {
    queues.remove(queue.id());
    queuesByName.remove(queue.name());
    queue.address().queues().remove(queue);
    queue.delete();
    queue
        .messages()
        .forEach(reference -> {
          if (reference.durable()) {
            giveUp(reference);
          }
        });
  }

  private void enqueue(long position, long recordEnd, Event.Enqueued event) {
    int size = Math.toIntExact(recordEnd - position);
    wallMillis = Math.max(wallMillis, event.wallMillis());
    Tail tail = event.message().tail();
    if (tail != null) {
      fragments().close(tail.id(), position, size);
    }
    if (event.transaction() != 0) {
      transactions.sent(position, size, event);
    } else {
      place(position, size, event);
    }
    if (tail != null) {
      // It may have come twice in its transaction.
      fragments().dropUnused(position);
    }
  }

  private void place(long position, int size, Event.Enqueued event) {
    Message message = event.message();
    sequence = Math.max(sequence, event.sequence());
    identities.add(message.identity(), event.address(), event.floor());
    Reference reference =
        Reference.fresh(
            Keys.of(event.sequence(), message.priority()),
            position,
            Fragments.referenceSize(size, message.tail()),
            true,
            message.expiryMillis());
    long from = Schedule.waiting(message, event.wallMillis());
    for (int queue : event.queues()) {
      place(existingQueue(queue), reference, from);
      Recurring.begin(existingQueue(queue).messages(), message, reference.key(), from);
    }
    for (Diverted diverted : event.diverted()) {
      for (int queue : diverted.queues()) {
        place(existingQueue(queue), reference.from(origins.refer(diverted.place())), from);
        Recurring.begin(existingQueue(queue).messages(), message, reference.key(), from);
      }
    }
  }

  void place(BoundQueue queue, Reference reference, long fromMillis) {
    queue.messages().append(reference, fromMillis);
    queue.countAdded();
    extents.add(reference.position(), reference.size());
  }

  void acknowledge(BoundQueue queue, KeyList keys) {
    for (int i = 0; i < keys.size(); i++) {
      remove(queue, keys.get(i));
      queue.countAcknowledged();
    }
  }

  private void acknowledge(BoundQueue queue, long[] keys) {
    for (long key : keys) {
      remove(queue, key);
      queue.countAcknowledged();
    }
  }

  private void remove(BoundQueue queue, long key) {
    queue.holders().gone(key);
    giveUp(queue.messages().remove(key));
  }

  void giveUp(Reference reference) {
    extents.remove(reference.position(), reference.size());
    origins.release(reference.origin());
  }

  private void move(Event.Moved moved) {
    BoundQueue source = existingQueue(moved.queue());
    Reference old = source.messages().remove(moved.key());
    source.holders().gone(moved.key());
    sequence = Math.max(sequence, moved.sequence());
    Origins.Place place = Origins.Place.moved(origins.place(old.origin()), source);
    for (int target : moved.targets()) {
      place(
          existingQueue(target),
          old.moved(
              Keys.of(moved.sequence(), old.priority()), origins.refer(place), moved.expired()),
          0);
    }
    giveUp(old);
  }

  private Address existingAddress(int id) {
    Address address = addresses.get(id);
    if (address == null) {
      throw new IllegalStateException("no address " + id);
    }
    return address;
  }

  BoundQueue existingQueue(int id) {
    BoundQueue queue = queues.get(id);
    if (queue == null) {
      throw new IllegalStateException("no queue " + id);
    }
    return queue;
  }

  /// The state as it is now, to be written by another thread while this one goes on.
  public SnapshotContent freeze() {
    return new Snapshot(this);
  }

  /// Every record that ends at or before this position is in the state.
  public long end() {
    return end;
  }

  /// The newest epoch in which a node was active.
  public long epoch() {
    return epoch;
  }

  /// The latest wall time that was logged: no node may act on an earlier one.
  public long wallMillis() {
    return wallMillis;
  }

  /// A sequence was given out.
  void sequence(long given) {
    sequence = Math.max(sequence, given);
  }

  boolean hasAddress(int id) {
    return addresses.containsKey(id);
  }

  /// The highest sequence that was given out.
  public long sequence() {
    return sequence;
  }

  public @Nullable Address address(String name) {
    return addressesByName.get(name);
  }

  /// In the order of their creation.
  public Collection<Address> addresses() {
    return addresses.values();
  }

  public @Nullable BoundQueue queue(String name) {
    return queuesByName.get(name);
  }

  public @Nullable BoundQueue queue(int id) {
    return queues.get(id);
  }

  /// In the order of their creation.
  public Collection<BoundQueue> queues() {
    return queues.values();
  }

  public Identities identities() {
    return identities;
  }

  public Origins origins() {
    return origins;
  }

  /// The newest snapshot that an event has named.
  public Event.@Nullable SnapshotTaken snapshot() {
    return snapshot;
  }

  /// How many transactions the log has begun and not ended.
  public int openTransactions() {
    return transactions.open().size();
  }

  public PreparedTransactions prepared() {
    return transactions.prepared();
  }

  public Outcomes outcomes() {
    return transactions.outcomes();
  }

  OpenTransactions transactions() {
    return transactions;
  }

  /// What is neither here nor there when a node is lost.
  ///
  /// @param out durable messages that were delivered and not settled
  /// @param kept transactions that are prepared, or are known to be committed
  /// @param transactions begun and not ended
  public record UnderWay(long out, long kept, long transactions) {}

  /// What is under way now. Visits each queue, no message.
  public UnderWay underWay() {
    long out = 0;
    for (BoundQueue queue : queues.values()) {
      out += queue.messages().outCount();
    }
    return new UnderWay(
        out - transactions.heldCount(),
        prepared().count() + (long) outcomes().count(),
        transactions.open().size() - (long) prepared().count());
  }

  /// Whether the log has a part of a transaction.
  boolean hasTransaction(long id) {
    return transactions.open().containsKey(id);
  }

  int nextAddressId() {
    return lastAddress + 1;
  }

  int nextQueueId() {
    return lastQueue + 1;
  }

  LiveExtents extents() {
    return extents;
  }

  Fragments fragments() {
    return extents.fragments();
  }

  /// Where the fragments are that follow a message, in order.
  public long[] fragments(Tail tail) {
    return fragments().positions(tail.id());
  }

  int lastAddress() {
    return lastAddress;
  }

  int lastQueue() {
    return lastQueue;
  }

  /// What the head of a snapshot says.
  void restoreHead(long position, Snapshot.Head head) {
    end = position;
    epoch = head.epoch();
    wallMillis = head.wallMillis();
    sequence = head.sequence();
    lastAddress = head.lastAddress();
    lastQueue = head.lastQueue();
    snapshot = head.snapshot();
  }

  void restoreAddress(Event.AddressCreated created) {
    createAddress(created);
  }

  void restoreQueue(Event.QueueCreated created, long added, long acknowledged) {
    createQueue(created);
    existingQueue(created.queue()).restoreCounts(added, acknowledged);
  }

  void restoreReference(int queue, Reference reference) {
    existingQueue(queue).messages().append(reference);
    extents.add(reference.position(), reference.size());
    origins.refer(reference.origin());
  }
}
