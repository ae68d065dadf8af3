package io.batonmq.broker;

import io.batonmq.queue.KeyList;
import io.batonmq.queue.MessageQueue;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How transactions end on the active node, and what is known of those that have ended.
///
/// What is not durable in a transaction lives on this node only: after a takeover a commit that had
/// nothing else is as if it had never been, and is answered so.
public final class LiveTransactions {
  private final ActiveBroker broker;
  private final BrokerState state;
  private final EventLog log;
  private final VolatileReferences volatiles;
  private final VolatileRemains remains;

  /// Of transactions that left nothing in the log.
  private final Outcomes unlogged = new Outcomes();

  /// What prepared transactions have beside that which the log knows.
  private final Map<Xid, TransactionSends> prepared = new HashMap<>();

  private final ReturningMessages returning;

  /// Who ends a transaction.
  ///
  /// @param session see [Outcomes]
  /// @param kept earlier outcomes of the session that may be unheard
  public record Ender(long session, int kept, String user) {}

  LiveTransactions(
      ActiveBroker broker, BrokerState state, EventLog log, VolatileReferences volatiles) {
    this.broker = broker;
    this.state = state;
    this.log = log;
    this.volatiles = volatiles;
    this.returning = new ReturningMessages(broker);
    this.remains = new VolatileRemains(broker, volatiles);
  }

  /// The node begins to be active: of prepared transactions the queues wait for what they have for them.
  void begin() {
    for (OpenTransaction content : state.transactions().open().values()) {
      content.staged().keySet().forEach(id -> expect(state.queue(id)));
    }
  }

  private void expect(@Nullable BoundQueue queue) {
    if (queue != null) {
      broker.directory().live(queue).expect();
    }
  }

  private void expectNoMore(OpenTransaction content) {
    for (int id : content.staged().keySet()) {
      BoundQueue queue = state.queue(id);
      if (queue != null) {
        broker.directory().live(queue).expectNoMore();
      }
    }
  }

  /// Brings a transaction into effect, all of it.
  ///
  /// @param xid null for a local one
  public void commit(
      TransactionSends sends,
      Map<LiveQueue, KeyList> acknowledged,
      Ender ender,
      @Nullable Xid xid) {
    dropKnownRecent(sends);
    acknowledged.forEach((queue, keys) -> acknowledge(sends, queue, keys));
    if (sends.logged > 0 || sends.acknowledged) {
      dropKnown(sends);
      committed(sends.id(), sends.logged, ender, xid);
    } else {
      unlogged.add(
          new Outcomes.Outcome(sends.id(), ender.session(), ender.user(), xid), ender.kept());
    }
    acknowledged.keySet().forEach(this::mark);
    commit(sends);
  }

  /// Of a message that is known by now the event that follows drops what waits for queues that last; what waits
  /// for others goes with it. It would be there twice. Before the event: by it, what it promises or accepts is known
  /// too.
  private void dropKnown(TransactionSends sends) {
    sends.staged.drop(state.transactions().known(sends.staged.logged()), volatiles::giveUp);
  }

  /// The same of what topics keep for those who come later.
  private void dropKnownRecent(TransactionSends sends) {
    broker.recent().dropKnown(sends, one -> broker.accepted(one.message(), one.address(), null));
  }

  private void committed(long number, int sends, Ender ender, @Nullable Xid xid) {
    log.append(
        new Event.TransactionCommitted(
            number, broker.nextSequences(sends), ender.session(), ender.kept(), ender.user(), xid));
  }

  /// Logs what a transaction takes; none of it happens before its end. So it is with many while they come, or
  /// all of them would have to be logged in the turn of the commit.
  public void acknowledge(TransactionSends sends, LiveQueue queue, KeyList keys) {
    if (queue.queue().deleted()) {
      return;
    }
    int id = queue.queue().id();
    queue
        .split(
            keys,
            durable -> {
              log.append(new Event.TransactionAcknowledged(sends.id(), id, durable));
              sends.acknowledged = true;
            })
        .forEach(reference ->
            sends.taken.computeIfAbsent(queue, _ -> new KeyList()).add(reference.key()));
  }

  private void commit(TransactionSends sends) {
    sends.taken.forEach(remains::take);
    commit(sends.staged);
    broker.recent().end(sends, true);
    sends.targets.forEach(this::mark);
    sends.targets.forEach(LiveQueue::expectNoMore);
  }

  private void commit(StagedVolatiles staged) {
    if (staged.count() == 0) {
      return;
    }
    Identities identities = broker.volatileIdentities();
    staged.drop(identities.known(staged.own()), volatiles::giveUp);
    identities.addAll(staged.own(), state::hasAddress);
    long first = broker.nextSequences(staged.count());
    staged
        .messages()
        .forEach((queue, waiting) -> {
          state.transactions().unlogged().remove(waiting);
          if (queue.queue().deleted()) {
            remains.drop(waiting);
          } else {
            queue.join(waiting, first);
          }
        });
  }

  private void mark(LiveQueue queue) {
    if (!queue.queue().deleted()) {
      broker.placed(queue);
    }
  }

  /// Forgets what was sent in a transaction, and gives back what [#acknowledge] was told of. What else was
  /// acknowledged in it is the caller's to give back.
  ///
  /// @param failed see [#giveBack]
  public void rollback(TransactionSends sends, boolean failed) {
    OpenTransaction content = state.transactions().open().get(sends.id());
    if (content != null) {
      log.append(new Event.TransactionRolledBack(sends.id()));
      giveBack(content, failed, Map.of());
    }
    forget(sends, failed, Map.of());
  }

  /// Messages that were taken in a transaction are available again, in their places. Many come back in
  /// pieces, and their queue gives nothing meanwhile.
  ///
  /// @param failed whether a consumer says that the attempt failed; otherwise it may have
  public void giveBack(LiveQueue queue, KeyList keys, boolean failed) {
    returning.add(queue, keys, failed);
  }

  private void giveBack(OpenTransaction content, boolean failed, Map<LiveQueue, KeyList> kept) {
    content
        .acknowledged()
        .forEach((id, keys) -> {
          BoundQueue queue = state.queue(id);
          if (queue != null) {
            giveBack(broker.directory().live(queue), keys, failed, kept);
          }
        });
  }

  private void giveBack(
      LiveQueue queue, KeyList keys, boolean failed, Map<LiveQueue, KeyList> kept) {
    KeyList stay = kept.get(queue);
    giveBack(queue, stay == null ? keys : keys.without(stay), failed);
  }

  private void forget(TransactionSends sends, boolean failed, Map<LiveQueue, KeyList> kept) {
    for (MessageQueue waiting : sends.staged.messages().values()) {
      state.transactions().unlogged().remove(waiting);
      remains.drop(waiting);
    }
    broker.recent().end(sends, false);
    sends.targets.forEach(LiveQueue::expectNoMore);
    sends.taken.forEach((queue, keys) -> giveBack(queue, keys, failed, kept));
  }

  /// Whether messages of transactions that have ended are still on their way.
  boolean working() {
    return state.transactions().leaving().count() > 0 || !returning.isEmpty() || !remains.isEmpty();
  }

  /// Lets some of them go on, a bounded number.
  void work() {
    if (state.transactions().leaving().count() > 0) {
      log.append(new Event.Proceeded(LeavingMessages.AT_ONCE));
    }
    if (!returning.isEmpty()) {
      returning.proceed();
    }
    if (!remains.isEmpty()) {
      remains.proceed();
    }
  }

  /// Promises that a transaction can be committed. What it has is kept out of everybody's sight until
  /// [#commitPrepared] or [#rollbackPrepared], by whomever, on whatever node; what is not durable in it
  /// is lost with this one.
  public void prepare(
      TransactionSends sends, Map<LiveQueue, KeyList> acknowledged, String user, Xid xid) {
    dropKnownRecent(sends);
    acknowledged.forEach((queue, keys) -> acknowledge(sends, queue, keys));
    dropKnown(sends);
    log.append(new Event.TransactionPrepared(sends.id(), xid, user));
    prepared.put(xid, sends);
  }

  /// Answers the producers whose identities come into effect.
  ///
  /// @param xid of a prepared transaction of that user
  public Set<String> commitPrepared(Xid xid, Ender ender) {
    PreparedTransactions.Prepared it = existing(xid, ender.user());
    OpenTransaction content = it.content();
    TransactionSends rest = prepared.remove(xid);
    committed(it.number(), content.count(), ender, xid);
    content.staged().keySet().forEach(id -> mark(state.queue(id)));
    content.acknowledged().keySet().forEach(id -> mark(state.queue(id)));
    if (rest != null) {
      commit(rest);
    } else {
      expectNoMore(content);
    }
    return content.identities().producers().keySet();
  }

  /// @param xid of a prepared transaction of that user
  /// @param kept messages that were taken in it and stay out: who took them has them again
  public void rollbackPrepared(Xid xid, String user, Map<LiveQueue, KeyList> kept) {
    PreparedTransactions.Prepared it = existing(xid, user);
    // First: once released they may be taken by somebody else, and a commit that was still possible
    // then would take them a second time.
    log.append(new Event.TransactionRolledBack(it.number()));
    giveBack(it.content(), true, kept);
    TransactionSends rest = prepared.remove(xid);
    if (rest != null) {
      forget(rest, true, kept);
    } else {
      expectNoMore(it.content());
    }
  }

  private PreparedTransactions.Prepared existing(Xid xid, String user) {
    PreparedTransactions.Prepared it = state.prepared().find(xid, user);
    if (it == null) {
      throw new IllegalStateException("no branch " + xid + " is prepared for " + user);
    }
    return it;
  }

  private void mark(@Nullable BoundQueue queue) {
    if (queue != null) {
      broker.placed(broker.directory().live(queue));
    }
  }

  /// Whether a user's transaction was committed, as far as anybody remembers.
  public boolean committed(long number, String user) {
    return state.outcomes().committed(number, user) || unlogged.committed(number, user);
  }

  /// Whether a user's branch was committed, as far as anybody remembers.
  public boolean committed(Xid xid, String user) {
    return state.outcomes().committed(xid, user) || unlogged.committed(xid, user);
  }

  /// Makes what is said next wait until it is certain that this node is still active, and so that what it
  /// does not know nobody knows.
  public void beSure() {
    log.append(new Event.Barrier());
  }

  /// Whether the outcome of any transaction of a session is remembered.
  public boolean remembers(long session) {
    return state.outcomes().knows(session) || unlogged.knows(session);
  }

  /// Nobody will ask again what became of the transactions of a session.
  public void forget(long session) {
    if (state.outcomes().knows(session)) {
      log.append(new Event.OutcomesForgotten(session));
    }
    unlogged.forget(session);
  }
}
