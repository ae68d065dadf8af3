package io.batonmq.broker;

import io.batonmq.message.Identity;
import io.batonmq.queue.KeyList;
import io.batonmq.queue.MessageQueue;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// The part of the durable state that is about transactions: those that are open, those of them that are
/// prepared, and what is known of those that were committed.
final class OpenTransactions {
  private final BrokerState state;
  private final LiveExtents extents;
  private final TreeMap<Long, OpenTransaction> open = new TreeMap<>();
  private final PreparedTransactions prepared = new PreparedTransactions();
  private final Outcomes outcomes = new Outcomes();
  private final LeavingMessages leaving = new LeavingMessages();

  /// What waits for a commit and only this node knows: the log has bodies of it.
  private final Set<MessageQueue> unlogged = new LinkedHashSet<>();

  OpenTransactions(BrokerState state, LiveExtents extents) {
    this.state = state;
    this.extents = extents;
  }

  Map<Long, OpenTransaction> open() {
    return open;
  }

  PreparedTransactions prepared() {
    return prepared;
  }

  Outcomes outcomes() {
    return outcomes;
  }

  /// What transactions of this node have beside that which the log knows. Like other references that are never
  /// logged it is no part of the durable state, and keeps bodies where they are.
  Set<MessageQueue> unlogged() {
    return unlogged;
  }

  OpenTransaction existing(long id) {
    return open.computeIfAbsent(id, _ -> new OpenTransaction());
  }

  void sent(long position, int size, Event.Enqueued event) {
    existing(event.transaction()).sent(position, size, event, extents, state.origins());
  }

  void prepare(Event.TransactionPrepared event) {
    OpenTransaction transaction = existing(event.transaction());
    // What is in effect already, or promised already, must not be promised a second time: at the
    // commit
    // there would be no way back.
    dropKnown(transaction);
    prepared.add(
        event.transaction(), transaction, new OpenTransaction.Promise(event.xid(), event.user()));
  }

  /// Whether a message was accepted before, or will have been if its prepared transaction is committed.
  boolean known(@Nullable Identity identity, int address) {
    return state.identities().contains(identity, address) || prepared.contains(identity, address);
  }

  /// Whether a message was logged in an open transaction before.
  boolean sent(long id, @Nullable Identity identity, int address) {
    OpenTransaction transaction = open.get(id);
    return transaction != null && transaction.identities().contains(identity, address);
  }

  private void dropKnown(OpenTransaction transaction) {
    transaction.drop(known(transaction.identities()), extents, state.origins());
  }

  /// The places of messages that are in effect already, or promised. A producer that lost its connection may have
  /// sent the same again in a second transaction before this one was known to be lost; whichever is committed or
  /// prepared first is the one that counts. Looks at single messages only where there are such.
  BitSet known(SentIdentities identities) {
    BitSet places = new BitSet();
    identities
        .producers()
        .forEach((name, producer) -> {
          if (state.identities().overlaps(name, producer.window)
              || prepared.overlaps(name, producer.window)) {
            identities.places(name, identity -> known(identity, 0), places::set);
          }
        });
    identities
        .names()
        .forEach((address, names) ->
            names.forEach((name, place) -> {
              if (known(new Identity.Named(name), address)) {
                places.set(place);
              }
            }));
    return places;
  }

  void commit(Event.TransactionCommitted committed) {
    OpenTransaction transaction = ended(committed.transaction());
    if (transaction.promise == null) {
      dropKnown(transaction);
    }
    accept(transaction.identities());
    leave(transaction.acknowledged());
    transaction
        .staged()
        .forEach((queue, messages) -> {
          BoundQueue bound = state.queue(queue);
          if (bound != null) {
            bound.countAdded(messages.messageCount());
            bound.messages().join(messages, committed.sequence());
          } else {
            messages.forEach(reference -> {
              extents.remove(reference.position(), reference.size());
              state.origins().release(reference.origin());
            });
          }
        });
    state.sequence(committed.sequence() + transaction.count() - 1);
    outcomes.add(committed.outcome(), committed.kept());
  }

  private void leave(Map<Integer, KeyList> acknowledged) {
    long count = 0;
    for (KeyList keys : acknowledged.values()) {
      count += keys.size();
    }
    if (count <= LeavingMessages.AT_ONCE) {
      acknowledged.forEach(this::leave);
    } else {
      acknowledged.forEach(leaving::add);
    }
  }

  private void leave(int queue, KeyList keys) {
    BoundQueue bound = state.queue(queue);
    if (bound != null) {
      state.acknowledge(bound, keys);
    }
  }

  void proceed(int messages) {
    leaving.proceed(messages, this::leave);
  }

  LeavingMessages leaving() {
    return leaving;
  }

  /// What is out and not with any consumer, by queue: taken in a transaction that is prepared or
  /// committed. Such a message is not to be delivered again.
  Map<Integer, LongPredicate> held() {
    Map<Integer, KeyList> keys = new HashMap<>();
    prepared.collect(keys);
    leaving.collect(keys);
    Map<Integer, LongPredicate> held = new HashMap<>();
    keys.forEach((queue, all) -> {
      long[] sorted = all.toArray();
      Arrays.sort(sorted);
      held.put(queue, key -> Arrays.binarySearch(sorted, key) >= 0);
    });
    return held;
  }

  /// How many these are, in queues that are there still: with a queue goes what is out of it, and the rest is
  /// only forgotten later.
  long heldCount() {
    IntPredicate there = queue -> state.queue(queue) != null;
    return prepared.acknowledgedCount(there) + leaving.count(there);
  }

  /// What another transaction is promised stays its own: if that is rolled back, it was never accepted.
  private void accept(SentIdentities identities) {
    identities
        .producers()
        .forEach((name, producer) -> {
          if (prepared.overlaps(name, producer.window)) {
            identities.places(
                name,
                identity ->
                    !prepared.contains(identity, 0)
                        && state.identities().add(identity, 0, producer.floor()),
                _ -> {});
          } else {
            state.identities().addAll(name, producer.window, producer.floor());
          }
        });
    identities
        .names()
        .forEach((address, names) -> {
          // An address that was deleted meanwhile has no queues, and nothing would ever forget its
          // names.
          if (state.hasAddress(address)) {
            for (String name : names.keySet()) {
              Identity identity = new Identity.Named(name);
              if (!prepared.contains(identity, address)) {
                state.identities().add(identity, address, ProducerWindow.NO_FLOOR);
              }
            }
          }
        });
  }

  void rollback(long id) {
    ended(id).giveUp(extents, state.origins());
  }

  /// The node is lost that knew who works in them. What was promised stays.
  void abort() {
    for (Map.Entry<Long, OpenTransaction> entry : List.copyOf(open.entrySet())) {
      if (entry.getValue().promise == null) {
        rollback(entry.getKey());
      }
    }
  }

  private OpenTransaction ended(long id) {
    OpenTransaction transaction = open.remove(id);
    if (transaction == null) {
      throw new IllegalStateException("no transaction " + id);
    }
    prepared.remove(id);
    return transaction;
  }
}
