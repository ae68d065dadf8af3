package io.batonmq.broker;

import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.queue.Keys;
import io.batonmq.queue.Reference;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The part of the durable state that is about transactions: those that are open, those of them that are
/// prepared, and what is known of those that were committed.
final class OpenTransactions {
  private final BrokerState state;
  private final LiveExtents extents;
  private final TreeMap<Long, OpenTransaction> open = new TreeMap<>();
  private final PreparedTransactions prepared = new PreparedTransactions();
  private final Outcomes outcomes = new Outcomes();

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

  OpenTransaction existing(long id) {
    return open.computeIfAbsent(id, _ -> new OpenTransaction());
  }

  void sent(long position, int size, Event.Enqueued event) {
    Message message = event.message();
    sent(
        event.transaction(),
        new OpenTransaction.Sent(
            position,
            size,
            message.priority(),
            message.expiryMillis(),
            event.address(),
            event.queues(),
            message.identity(),
            event.floor()));
  }

  void sent(long id, OpenTransaction.Sent sent) {
    existing(id).sends.add(sent);
    extents.add(sent.position(), sent.size());
  }

  void prepare(Event.TransactionPrepared event) {
    OpenTransaction transaction = existing(event.transaction());
    // What is in effect already, or promised already, must not be promised a second time: at the
    // commit
    // there would be no way back.
    Identities own = new Identities();
    transaction.sends.removeIf(sent -> {
      boolean again =
          known(sent.identity(), sent.address())
              || !own.add(sent.identity(), sent.address(), ProducerWindow.NO_FLOOR);
      if (again) {
        extents.remove(sent.position(), sent.size());
      }
      return again;
    });
    prepared.add(
        event.transaction(), transaction, new OpenTransaction.Promise(event.xid(), event.user()));
  }

  /// Whether a message was accepted before, or will have been if its prepared transaction is committed.
  boolean known(@Nullable Identity identity, int address) {
    return state.identities().contains(identity, address) || prepared.contains(identity, address);
  }

  void commit(Event.TransactionCommitted committed) {
    OpenTransaction transaction = ended(committed.transaction());
    transaction.acknowledged.forEach((queue, keys) -> {
      BoundQueue bound = state.queue(queue);
      if (bound != null) {
        state.acknowledge(bound, keys.toArray());
      }
    });
    long next = committed.sequence();
    for (OpenTransaction.Sent sent : transaction.sends) {
      if (takesEffect(sent, transaction.promise != null)) {
        Reference reference =
            Reference.fresh(
                Keys.of(next, sent.priority()),
                sent.position(),
                sent.size(),
                true,
                sent.expiryMillis());
        for (int queue : sent.queues()) {
          BoundQueue bound = state.queue(queue);
          if (bound != null) {
            state.place(bound, reference);
          }
        }
      }
      state.sequence(next);
      next++;
      extents.remove(sent.position(), sent.size());
    }
    outcomes.add(committed.outcome(), committed.kept());
  }

  /// A producer that lost its connection may have sent the same again in a second transaction before this
  /// one was known to be lost; whichever is committed or prepared first is the one that counts. An address
  /// that was deleted meanwhile has no queues, and nothing would ever forget its names.
  private boolean takesEffect(OpenTransaction.Sent sent, boolean promised) {
    if (!state.hasAddress(sent.address()) || prepared.contains(sent.identity(), sent.address())) {
      return false;
    }
    boolean fresh = state.identities().add(sent.identity(), sent.address(), sent.floor());
    // The floor may have been raised above it since it was promised.
    return fresh || promised;
  }

  void rollback(long id) {
    for (OpenTransaction.Sent sent : ended(id).sends) {
      extents.remove(sent.position(), sent.size());
    }
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
