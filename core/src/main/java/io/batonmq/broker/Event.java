package io.batonmq.broker;

import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What happened, once and for all. The durable state of the broker is the fold of these, in the order
/// of the log, by [BrokerState#apply]; nothing else changes it. Their encoding is in [Events].
///
/// An event says what was decided, never why: limits, settings and clocks are looked at by the active
/// node only, so that a standby with another configuration still arrives at the same state.
public sealed interface Event {

  /// A node took the baton. Whatever a consumer had may have been seen by it: it is available again,
  /// counted and marked, unless a prepared transaction has it. Transactions that were open and not
  /// prepared are aborted.
  record Activated(long epoch, long wallMillis) implements Event {}

  record AddressCreated(int id, String name, boolean anycast, boolean multicast, boolean auto)
      implements Event {}

  record AddressDeleted(int id) implements Event {}

  /// @param queue its number; numbers are never used again
  /// @param settings what it keeps, however its address is set later
  /// @param filter what it takes in
  record QueueCreated(
      int queue,
      int address,
      String name,
      RoutingType routing,
      QueueSettings settings,
      boolean auto,
      QueueFilter filter)
      implements Event {}

  /// A queue takes in something else from now on, or gives differently; what is in it stays.
  record QueueUpdated(int queue, QueueFilter filter, QueueSettings settings) implements Event {}

  record QueueDeleted(int queue) implements Event {}

  /// A message was taken over. Visible at once, or by the commit of its transaction.
  ///
  /// @param transaction 0 for none
  /// @param floor for a sequenced identity: sequences up to this one count as accepted from now on
  /// @param address the address that it was sent to
  /// @param queues where it goes
  /// @param diverted where else it goes; no queue is named twice
  /// @param message as it came; decoded for [BrokerState] without its bytes, which stay in the record
  record Enqueued(
      long sequence,
      long transaction,
      long wallMillis,
      long floor,
      int address,
      int[] queues,
      List<Diverted> diverted,
      Message message)
      implements Event {
    public Enqueued {
      diverted = List.copyOf(diverted);
    }
  }

  /// Consumers were given messages.
  ///
  /// @param holder who has them, so that it can be told again on another node, see [Holders]; 0 where nobody can
  record Delivered(int queue, long[] keys, long holder) implements Event {
    /// To those who are not told again.
    public Delivered(int queue, long[] keys) {
      this(queue, keys, 0);
    }
  }

  /// Messages were taken, and are gone.
  record Acknowledged(int queue, long[] keys) implements Event {}

  /// Messages that nobody had were thrown away: by an operator, or because newer ones came.
  record Purged(int queue, long[] keys) implements Event {}

  /// Messages came back to their places.
  ///
  /// @param counted as an attempt that failed, or may have
  record Released(int queue, long[] keys, boolean counted) implements Event {}

  /// A message left a queue for others (none: it was dropped), under a new sequence. Where it came from
  /// goes with it, unless it was moved before: then that place stays.
  ///
  /// @param expired because of its age, otherwise because delivering it failed
  record Moved(int queue, long key, long sequence, boolean expired, int[] targets)
      implements Event {}

  /// Acknowledgements that take effect with their transaction; logged before its commit.
  record TransactionAcknowledged(long transaction, int queue, long[] keys) implements Event {}

  /// A transaction of a transaction manager was promised: whatever happens it can be committed, and it is
  /// ended by that manager's word only. No later event adds anything to it.
  ///
  /// @param user who may end it
  record TransactionPrepared(long transaction, Xid xid, String user) implements Event {}

  /// All of a transaction takes effect, here and now.
  ///
  /// @param sequence of its first message; the others follow
  /// @param session that committed it, see [Outcomes]
  /// @param kept how many earlier outcomes of that session stay: the newest
  /// @param user who may ask for its outcome
  /// @param xid null for a local transaction
  record TransactionCommitted(
      long transaction, long sequence, long session, int kept, String user, @Nullable Xid xid)
      implements Event {

    Outcomes.Outcome outcome() {
      return new Outcomes.Outcome(transaction, session, user, xid);
    }
  }

  /// Of the messages that were taken in committed transactions and are still in their queues, the next ones
  /// leave. Nobody can tell the difference, but for the space that they take.
  record Proceeded(int messages) implements Event {}

  record TransactionRolledBack(long transaction) implements Event {}

  /// A producer is gone for good: what it sent will not be sent again.
  record IdentitiesForgotten(String producer) implements Event {}

  /// Nothing happened, and the node that says so was active. Somebody was told that a transaction is not
  /// known: a node that lost the baton without noticing knows nothing of what its successor has, and must
  /// not be able to say that.
  record Barrier() implements Event {}

  /// Nobody will ask any more what became of the transactions of a session.
  record OutcomesForgotten(long session) implements Event {}

  /// A snapshot exists: the state up to `position` can be read from there.
  record SnapshotTaken(long position, String name, long checksum) implements Event {}

  /// Attempts failed, and are counted; the next ones are not made before these times. Until then the messages
  /// wait at their places.
  ///
  /// @param untilMillis wall times, one for each key
  record Deferred(int queue, long[] keys, long[] untilMillis) implements Event {}

  /// The time of messages that waited has come: they are available at their places.
  record Admitted(int queue, long wallMillis, long[] keys) implements Event {}

  /// The time of a message has come that comes again: it is available at its place, and waits for its next time
  /// under a new sequence, both at once.
  ///
  /// @param sequence of what waits
  /// @param untilMillis its time
  /// @param skipped whether there was no room for the one whose time has come: it is gone
  record Repeated(
      int queue, long wallMillis, long key, long sequence, long untilMillis, boolean skipped)
      implements Event {}

  /// Messages that waited were thrown away by an operator.
  ///
  /// @param millis for each the time that it stands under in the queue's timetable, to be found by
  record Cancelled(int queue, long[] keys, long[] millis) implements Event {}

  /// A queue is for what is moved from one address only. Routing passes it over.
  ///
  /// @param origin name of that address
  record Dedicated(int queue, String origin) implements Event {}

  /// A part of the body of a message came, whose own event comes after the last of them. Until then nobody sees
  /// anything of it, and a take-over ends it.
  ///
  /// @param tail position of the first fragment of the same message; 0 if this is the first
  /// @param bytes decoded for [BrokerState] without them, which stay in the record
  record Fragment(long tail, byte[] bytes) implements Event {}

  /// A message of which fragments came does not come any more, or nothing but memory knew it and that is over.
  record FragmentsDropped(long tail) implements Event {}
}
