package io.batonmq.session;

import io.batonmq.broker.ActiveBroker;
import io.batonmq.broker.Limits;
import io.batonmq.broker.LiveQueue;
import io.batonmq.broker.LiveTransactions;
import io.batonmq.broker.Outcomes;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.broker.TransactionSends;
import io.batonmq.broker.Xid;
import io.batonmq.queue.Disposition;
import io.batonmq.queue.KeyList;
import io.batonmq.seam.Now;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Transactions: several sends and settlements over any queues that happen together or not at all. Local
/// ones end here; [Branches] says how others do.
final class Transacting {
  /// A transaction's number is the epoch it was begun in, and a count: it is never given out twice, so a
  /// number from before a takeover is never somebody else's.
  private static final int COUNT_BITS = 32;

  private static final Refusal STORE_FULL =
      new Refusal(
          Reason.ROLLED_BACK,
          "the disk stayed full, and the transaction was rolled back meanwhile");

  private final ActiveBroker broker;
  private final LiveTransactions transactions;
  private final Limits limits;
  private final Answers answers;
  private final Consuming consuming;
  private final Producers producers;
  private final OutcomeRetention retention;

  /// Those of all connections.
  private final Map<Long, Transaction> open = new HashMap<>();

  private long last;

  Transacting(
      ActiveBroker broker,
      Limits limits,
      Answers answers,
      Consuming consuming,
      Producers producers,
      OutcomeRetention retention,
      long epoch) {
    this.broker = broker;
    this.transactions = broker.transactions();
    this.limits = limits;
    this.answers = answers;
    this.consuming = consuming;
    this.producers = producers;
    this.retention = retention;
    this.last = epoch << COUNT_BITS;
  }

  void begin(Connection connection, Command.Begin command) {
    begin(connection, command.request(), null);
  }

  /// Answers what has begun, null if nothing did; and tells the peer either way.
  @Nullable Transaction begin(Connection connection, long request, @Nullable Xid xid) {
    int max = Math.min(limits.transactionsMax(), Outcomes.KEPT_MAX);
    if (connection.transactions.size() >= max) {
      answer(
          connection,
          request,
          new Refusal(Reason.LIMIT_REACHED, "the connection has " + max + " transactions open"));
      return null;
    }
    Transaction transaction = new Transaction(++last, connection, xid);
    connection.transactions.put(transaction.id(), transaction);
    open.put(transaction.id(), transaction);
    answers.to(connection, new Output.Begun(request, transaction.id()));
    return transaction;
  }

  void end(Connection connection, Command.End command, Now now) {
    Transaction transaction = connection.transactions.get(command.transaction());
    if (transaction == null) {
      answer(connection, command.request(), repeated(connection, command));
    } else if (transaction.xid != null) {
      answer(connection, command.request(), branch());
    } else if (command.commit()) {
      answer(connection, command.request(), commit(transaction, now));
    } else {
      rollback(transaction);
      answer(connection, command.request(), null);
    }
  }

  private static Refusal branch() {
    return new Refusal(
        Reason.NOT_ALLOWED, "a branch of a distributed transaction is ended by its xid");
  }

  /// A transaction that is not open on this connection: its end was asked for on another one, before that
  /// was lost.
  private @Nullable Refusal repeated(Connection connection, Command.End command) {
    long number = command.transaction();
    String user = connection.principal.name();
    Transaction elsewhere = open.get(number);
    if (elsewhere != null && !elsewhere.connection.principal.name().equals(user)) {
      elsewhere = null;
    }
    if (broker.state().prepared().contains(number, user)
        || (elsewhere != null && elsewhere.xid != null)) {
      return branch();
    }
    if (elsewhere != null) {
      // The broker has not seen yet that the other connection is lost, and a commit that was read
      // from it may still be on its way here: after this answer it must not come into effect. Nor
      // can
      // it be committed now: what was sent in it may have been lost on the way.
      rollback(elsewhere);
    }
    boolean committed = transactions.committed(number, user);
    if (!committed) {
      transactions.beSure();
    }
    if (command.commit()) {
      return committed
          ? null
          : new Refusal(Reason.ROLLED_BACK, "the transaction is not open here: it was rolled back");
    }
    return committed
        ? new Refusal(Reason.NOT_ALLOWED, "the transaction was committed already")
        : null;
  }

  private void answer(Connection connection, long request, @Nullable Refusal refusal) {
    answers.to(connection, new Output.Ended(request, refusal));
  }

  /// Commits what is open; answers why it was rolled back instead.
  @Nullable Refusal commit(Transaction transaction, Now now) {
    if (transaction.over || transaction.failed) {
      rollback(transaction);
      return transaction.over ? STORE_FULL : failed();
    }
    Connection connection = transaction.connection;
    connection.commitsHeard = Math.max(connection.commitsHeard, transaction.commitsBefore);
    Map<LiveQueue, KeyList> acknowledged = acknowledged(transaction);
    others(transaction)
        .forEach((settled, keys) -> consuming.dispose(settled.link(), keys, settled.disposition()));
    transactions.commit(transaction.sends, acknowledged, ender(connection), transaction.xid);
    settle(transaction);
    over(transaction);
    retain(transaction.sends.producers(), now);
    return null;
  }

  static Refusal notOpen() {
    return new Refusal(Reason.ROLLED_BACK, "the transaction is not open here: it was rolled back");
  }

  static Refusal failed() {
    return new Refusal(
        Reason.ROLLED_BACK,
        "a message of the transaction was refused, so all of it is rolled back");
  }

  /// Remembers producers whose messages came into effect, for a while: one that closed its link before it
  /// committed would otherwise be remembered for ever.
  void retain(Iterable<String> names, Now now) {
    names.forEach(producer -> producers.retain(producer, now.nanos()));
  }

  static Map<LiveQueue, KeyList> acknowledged(Transaction transaction) {
    Map<LiveQueue, KeyList> acknowledged = new LinkedHashMap<>();
    transaction
        .settled()
        .forEach((settled, keys) -> {
          if (settled.disposition() == Disposition.ACCEPTED) {
            acknowledged.computeIfAbsent(settled.link().queue, _ -> new KeyList()).addAll(keys);
          }
        });
    return acknowledged;
  }

  /// Settlements that are no acknowledgements.
  static Map<Transaction.Settled, KeyList> others(Transaction transaction) {
    Map<Transaction.Settled, KeyList> others = transaction.settled();
    others.keySet().removeIf(settled -> settled.disposition() == Disposition.ACCEPTED);
    return others;
  }

  void dispose(ConsumerLink link, KeyList keys, Disposition disposition) {
    consuming.dispose(link, keys, disposition);
  }

  /// What was settled in a transaction is no longer with its links, and their peers are told.
  private void settle(Transaction transaction) {
    release(transaction.kept);
    answer(transaction.kept);
  }

  /// What was settled is no longer with its links.
  void release(List<Transaction.Kept> kept) {
    for (Transaction.Kept one : kept) {
      ConsumerLink link = one.settled().link();
      if (!link.closed) {
        link.outstanding.settle(one.delivery());
        link.queue.offer(link);
        broker.mark(link.queue);
      }
    }
  }

  /// Peers are told that what they settled is done.
  void answer(List<Transaction.Kept> kept) {
    for (Transaction.Kept one : kept) {
      ConsumerLink link = one.settled().link();
      if (!link.closed) {
        answers.to(
            link.connection(),
            new Output.Settled(link.number(), one.delivery(), one.delivery(), null));
      }
    }
  }

  /// Who ends something on a connection now.
  LiveTransactions.Ender ender(Connection connection) {
    if (connection.session == 0) {
      connection.session = ++last;
    }
    long unheard = Math.min(connection.commits - connection.commitsHeard, Outcomes.KEPT_MAX - 1);
    connection.commits++;
    return new LiveTransactions.Ender(
        connection.session, (int) unheard, connection.principal.name());
  }

  /// A transaction is not open any more.
  void over(Transaction transaction) {
    open.remove(transaction.id());
    Connection connection = transaction.connection;
    if (connection.transactions.remove(transaction.id(), transaction)) {
      connection.transactionBytes -= transaction.bytes;
    }
  }

  /// Undoes what is open.
  void rollback(Transaction transaction) {
    over(transaction);
    undo(transaction);
  }

  /// Undoes what is in a transaction, which is empty then.
  void undo(Transaction transaction) {
    transactions.rollback(transaction.sends, true);
    Map<ConsumerLink, KeyList> back = new LinkedHashMap<>();
    for (Transaction.Kept one : transaction.kept) {
      ConsumerLink link = one.settled().link();
      if (link.closed) {
        back.computeIfAbsent(link, _ -> new KeyList()).add(one.key());
      } else {
        link.outstanding.restore(one.delivery());
      }
    }
    transaction.forgotten.forEach(
        (settled, keys) -> back.computeIfAbsent(settled.link(), _ -> new KeyList()).addAll(keys));
    // The peer has settled these and forgotten them: the attempt failed, and whoever is next has
    // them.
    back.forEach((link, keys) -> {
      transactions.giveBack(link.queue, keys, true);
      if (!link.closed) {
        link.queue.offer(link);
      }
    });
  }

  /// The time of a transaction is over, or its room is needed: all of it is undone. It stays, so that its peer is
  /// told when it uses it next.
  void expire(Transaction transaction) {
    undo(transaction);
    transaction.connection.transactionBytes -= transaction.bytes;
    transaction.bytes = 0;
    transaction.sends = new TransactionSends(transaction.id());
    transaction.kept.clear();
    transaction.forgotten.clear();
    transaction.over = true;
  }

  /// A connection is gone. Its open transactions are rolled back; what is known of those that it committed
  /// is kept for a while unless it said goodbye.
  void closed(Connection connection, boolean clean, Now now) {
    for (Transaction transaction : List.copyOf(connection.transactions.values())) {
      over(transaction);
      transactions.rollback(transaction.sends, false);
      Map<LiveQueue, KeyList> back = new LinkedHashMap<>();
      transaction
          .settled()
          .forEach((settled, keys) ->
              back.computeIfAbsent(settled.link().queue, _ -> new KeyList()).addAll(keys));
      back.forEach((queue, keys) -> transactions.giveBack(queue, keys, false));
    }
    if (transactions.remembers(connection.session)) {
      if (clean) {
        transactions.forget(connection.session);
      } else {
        retention.retain(connection.session, now.nanos());
      }
    }
  }
}
