package io.batonmq.session;

import io.batonmq.broker.ActiveBroker;
import io.batonmq.broker.LiveQueue;
import io.batonmq.broker.LiveTransactions;
import io.batonmq.broker.PreparedTransactions;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.broker.Xid;
import io.batonmq.queue.Disposition;
import io.batonmq.queue.KeyList;
import io.batonmq.seam.Now;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Branches of distributed transactions, as X/Open CAE C193 has them. Until it is prepared a branch is like
/// a local transaction of its connection, and has a time limit; from then on only its transaction manager's
/// word ends it, on any connection of the same user, on any node. There are no heuristic decisions.
final class Branches {
  /// How long a branch may take to be prepared where its manager says nothing.
  static final long TIMEOUT_NANOS = 300_000_000_000L;

  /// Prepared branches, of all users.
  static final int PREPARED_MAX = 10_000;

  /// Xids in one answer.
  static final int RECOVERED_MAX = 1_000;

  private final LiveTransactions transactions;
  private final PreparedTransactions prepared;
  private final Answers answers;
  private final Transacting transacting;

  /// Those that are not prepared, by name.
  private final Map<Xid, Transaction> open = new HashMap<>();

  private final PriorityQueue<Deadline> deadlines =
      new PriorityQueue<>((one, other) -> Long.signum(one.nanos - other.nanos));

  /// What only this node knows about those that it prepared.
  private final Map<Xid, Prepared> here = new HashMap<>();

  private record Deadline(long nanos, Xid xid, Transaction transaction) {}

  /// @param connection that prepared it
  /// @param others settlements that are no acknowledgements
  /// @param taken what links took that are to have it again if it is rolled back
  private record Prepared(
      long connection,
      Transaction transaction,
      Map<Transaction.Settled, KeyList> others,
      List<Transaction.Kept> taken) {}

  Branches(ActiveBroker broker, Answers answers, Transacting transacting) {
    this.transactions = broker.transactions();
    this.prepared = broker.state().prepared();
    this.answers = answers;
    this.transacting = transacting;
  }

  void begin(Connection connection, Command.BeginBranch command, Now now) {
    Xid xid = command.xid();
    if (open.containsKey(xid) || prepared.contains(xid)) {
      answer(
          connection,
          command.request(),
          new Refusal(Reason.IN_USE, "there is a branch " + xid + " already"));
      return;
    }
    Transaction transaction = transacting.begin(connection, command.request(), xid);
    if (transaction != null) {
      open.put(xid, transaction);
      long timeout = command.timeoutNanos() > 0 ? command.timeoutNanos() : TIMEOUT_NANOS;
      // So far away only in words: later ones must not overflow into the past.
      timeout = Math.min(timeout, Long.MAX_VALUE / 4);
      deadlines.add(new Deadline(now.nanos() + timeout, xid, transaction));
    }
  }

  void end(Connection connection, Command.EndBranch command, Now now) {
    Xid xid = command.xid();
    String user = connection.principal.name();
    Transaction transaction = open.get(xid);
    if (transaction != null && !transaction.connection.principal.name().equals(user)) {
      answer(connection, command.request(), surelyUnknown(xid));
    } else if (transaction != null) {
      endOpen(connection, command, transaction, now);
    } else if (prepared.contains(xid, user)) {
      answer(connection, command.request(), endPrepared(connection, xid, command.step(), now));
    } else {
      answer(connection, command.request(), endKnown(xid, user, command.step()));
    }
  }

  private void endOpen(
      Connection connection, Command.EndBranch command, Transaction transaction, Now now) {
    if (transaction.connection != connection && command.step() != Command.Step.ROLLBACK) {
      // Its own connection is lost, and with it perhaps a part of what was sent; what arrives late
      // from
      // there must not come into effect after this answer.
      rollback(transaction);
      answer(connection, command.request(), gone(transaction));
      return;
    }
    switch (command.step()) {
      case PREPARE -> prepare(connection, command, transaction);
      case COMMIT -> answer(connection, command.request(), wrongState("is not prepared"));
      case COMMIT_ONE_PHASE -> {
        open.remove(transaction.xid);
        answer(
            connection,
            command.request(),
            transaction.over ? over(transaction) : transacting.commit(transaction, now));
      }
      case ROLLBACK -> {
        rollback(transaction);
        answer(connection, command.request(), null);
      }
    }
  }

  private Refusal over(Transaction transaction) {
    rollback(transaction);
    return gone(transaction);
  }

  private static Refusal gone(Transaction transaction) {
    return new Refusal(
        Reason.ROLLED_BACK,
        transaction.over
            ? "the branch was not prepared in time, and is rolled back"
            : "the branch was open on another connection, and is rolled back");
  }

  private void rollback(Transaction transaction) {
    open.remove(transaction.xid);
    transacting.rollback(transaction);
  }

  private void prepare(Connection connection, Command.EndBranch command, Transaction transaction) {
    Xid xid = command.xid();
    long request = command.request();
    if (transaction.over) {
      answer(connection, request, over(transaction));
    } else if (transaction.failed) {
      rollback(transaction);
      answer(connection, request, Transacting.failed());
    } else if (transaction.isEmpty()) {
      rollback(transaction);
      answers.to(connection, new Output.ReadOnly(request));
    } else if (prepared.count() >= PREPARED_MAX) {
      rollback(transaction);
      answer(
          connection,
          request,
          new Refusal(
              Reason.ROLLED_BACK,
              PREPARED_MAX + " prepared branches wait for their end: the branch is rolled back"));
    } else {
      transactions.prepare(
          transaction.sends,
          Transacting.acknowledged(transaction),
          connection.principal.name(),
          xid);
      List<Transaction.Kept> taken =
          transaction.kept.stream()
              .filter(one -> one.settled().disposition() == Disposition.ACCEPTED)
              .toList();
      here.put(
          xid, new Prepared(connection.id, transaction, Transacting.others(transaction), taken));
      open.remove(xid);
      transacting.release(transaction.kept);
      transaction.kept.clear();
      transaction.forgotten.clear();
      transacting.over(transaction);
      answer(connection, request, null);
    }
  }

  private @Nullable Refusal endPrepared(
      Connection connection, Xid xid, Command.Step step, Now now) {
    Prepared known = here.get(xid);
    switch (step) {
      case PREPARE -> {
        // Asked for again on another connection, because the first one was lost with the answer.
        return known != null && known.connection() == connection.id
            ? wrongState("is prepared")
            : null;
      }
      case COMMIT_ONE_PHASE -> {
        return wrongState("is prepared, and is committed in two phases");
      }
      case COMMIT -> {
        transacting.retain(transactions.commitPrepared(xid, transacting.ender(connection)), now);
        if (known != null) {
          known
              .others()
              .forEach((settled, keys) ->
                  transacting.dispose(settled.link(), keys, settled.disposition()));
          transacting.answer(known.taken());
          transacting.retain(known.transaction().sends.producers(), now);
        }
      }
      case ROLLBACK -> {
        restore(xid, connection.principal.name(), known == null ? List.of() : known.taken());
        if (known != null) {
          known
              .others()
              .forEach(
                  (settled, keys) -> transacting.dispose(settled.link(), keys, Disposition.FAILED));
        }
      }
    }
    here.remove(xid);
    return null;
  }

  /// Whoever took something in the branch, and is still there, has it again: a client goes on with it by itself, and
  /// nobody else may have it meanwhile. What others took is available again.
  private void restore(Xid xid, String user, List<Transaction.Kept> taken) {
    Map<LiveQueue, KeyList> kept = new LinkedHashMap<>();
    List<Runnable> words = new ArrayList<>();
    for (Transaction.Kept one : taken) {
      ConsumerLink link = one.settled().link();
      if (!link.closed && link.outstanding.hasRoom()) {
        kept.computeIfAbsent(link.queue, _ -> new KeyList()).add(one.key());
        long delivery = link.outstanding.add(one.key());
        words.add(() ->
            answers.to(
                link.connection(), new Output.Restored(link.number(), one.delivery(), delivery)));
      }
    }
    transactions.rollbackPrepared(xid, user, kept);
    words.forEach(Runnable::run);
  }

  /// What is neither open nor prepared: it may have been committed, and the answer lost.
  private @Nullable Refusal endKnown(Xid xid, String user, Command.Step step) {
    if (!transactions.committed(xid, user)) {
      return surelyUnknown(xid);
    }
    return step == Command.Step.COMMIT || step == Command.Step.COMMIT_ONE_PHASE
        ? null
        : wrongState("was committed already");
  }

  /// A manager that hears this takes the branch for finished.
  private Refusal surelyUnknown(Xid xid) {
    transactions.beSure();
    return new Refusal(Reason.NOT_FOUND, "there is no branch " + xid);
  }

  private static Refusal wrongState(String state) {
    return new Refusal(Reason.NOT_ALLOWED, "the branch " + state);
  }

  void recover(Connection connection, Command.Recover command) {
    List<Xid> found =
        prepared.list(connection.principal.name(), command.after(), RECOVERED_MAX + 1);
    transactions.beSure();
    boolean more = found.size() > RECOVERED_MAX;
    answers.to(
        connection,
        new Output.Recovered(
            command.request(), more ? found.subList(0, RECOVERED_MAX) : found, more));
  }

  private void answer(Connection connection, long request, @Nullable Refusal refusal) {
    answers.to(connection, new Output.Ended(request, refusal));
  }

  /// A connection goes: what it has not prepared goes with it.
  void closing(Connection connection) {
    for (Transaction transaction : connection.transactions.values()) {
      if (transaction.xid != null) {
        open.remove(transaction.xid);
      }
    }
  }

  /// Rolls back what was not prepared in time, at most `max`. Its manager is told when it asks.
  void lapse(long nowNanos, int max) {
    for (int i = 0; i < max && nextDeadline() - nowNanos <= 0 && !deadlines.isEmpty(); i++) {
      Deadline due = deadlines.remove();
      if (open.get(due.xid()) == due.transaction()) {
        transacting.expire(due.transaction());
      }
    }
  }

  /// When the next one is due, [Long#MAX_VALUE] for never.
  long nextDeadline() {
    // Those that have ended meanwhile, so that they neither wake anybody nor gather.
    while (!deadlines.isEmpty()
        && open.get(deadlines.element().xid()) != deadlines.element().transaction()) {
      deadlines.remove();
    }
    return deadlines.isEmpty() ? Long.MAX_VALUE : deadlines.element().nanos();
  }
}
