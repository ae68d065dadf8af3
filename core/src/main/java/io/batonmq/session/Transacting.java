package io.batonmq.session;

import io.batonmq.broker.ActiveBroker;
import io.batonmq.broker.Limits;
import io.batonmq.broker.LiveQueue;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.queue.Disposition;
import io.batonmq.queue.KeyList;
import io.batonmq.seam.Now;
import java.util.LinkedHashMap;
import java.util.Map;

/// Local transactions: several sends and settlements over any queues that happen together or not at all.
final class Transacting {
  /// A transaction's number is the epoch it was begun in, and a count: it is never given out twice, so a
  /// number from before a takeover is unknown, never somebody else's.
  private static final int COUNT_BITS = 32;

  private final ActiveBroker broker;
  private final Limits limits;
  private final Answers answers;
  private final Consuming consuming;
  private final Producers producers;
  private long last;

  Transacting(
      ActiveBroker broker,
      Limits limits,
      Answers answers,
      Consuming consuming,
      Producers producers,
      long epoch) {
    this.broker = broker;
    this.limits = limits;
    this.answers = answers;
    this.consuming = consuming;
    this.producers = producers;
    this.last = epoch << COUNT_BITS;
  }

  void begin(Connection connection, Command.Begin command) {
    if (connection.transactions.size() >= limits.transactionsMax()) {
      answers.to(
          connection,
          new Output.Ended(
              command.request(),
              new Refusal(
                  Reason.LIMIT_REACHED,
                  "the connection has " + limits.transactionsMax() + " transactions open")));
      return;
    }
    Transaction transaction = new Transaction(++last);
    connection.transactions.put(transaction.id(), transaction);
    answers.to(connection, new Output.Begun(command.request(), transaction.id()));
  }

  void end(Connection connection, Command.End command, Now now) {
    Transaction transaction = connection.transactions.remove(command.transaction());
    if (transaction == null) {
      answers.to(
          connection,
          new Output.Ended(
              command.request(),
              new Refusal(
                  command.commit() ? Reason.ROLLED_BACK : Reason.NOT_FOUND,
                  "the transaction is not open here: it was rolled back")));
      return;
    }
    connection.transactionBytes -= transaction.bytes;
    if (command.commit() && !transaction.failed) {
      commit(transaction, now);
      answers.to(connection, new Output.Ended(command.request(), null));
    } else {
      rollback(transaction);
      answers.to(
          connection,
          new Output.Ended(
              command.request(),
              command.commit()
                  ? new Refusal(
                      Reason.ROLLED_BACK,
                      "a message of the transaction was refused, so all of it is rolled back")
                  : null));
    }
  }

  private void commit(Transaction transaction, Now now) {
    Map<LiveQueue, KeyList> acknowledged = new LinkedHashMap<>();
    for (Transaction.Settled settled : transaction.settled) {
      if (settled.disposition() == Disposition.ACCEPTED) {
        acknowledged.computeIfAbsent(settled.link().queue, _ -> new KeyList()).add(settled.key());
      } else {
        KeyList one = new KeyList();
        one.add(settled.key());
        consuming.dispose(settled.link(), one, settled.disposition());
      }
    }
    broker.commit(transaction.sends, acknowledged);
    for (Transaction.Settled settled : transaction.settled) {
      ConsumerLink link = settled.link();
      if (!link.closed) {
        link.outstanding.settle(settled.delivery());
        link.queue.offer(link);
        broker.mark(link.queue);
        if (settled.kept()) {
          answers.to(
              link.connection(),
              new Output.Settled(link.number(), settled.delivery(), settled.delivery(), null));
        }
      }
    }
    // A producer that closed its link before it committed would otherwise be remembered for ever.
    transaction.sends.producers().forEach(producer -> producers.retain(producer, now.nanos()));
  }

  private void rollback(Transaction transaction) {
    broker.rollback(transaction.sends);
    Map<ConsumerLink, KeyList> back = new LinkedHashMap<>();
    for (Transaction.Settled settled : transaction.settled) {
      ConsumerLink link = settled.link();
      if (!link.closed && settled.kept()) {
        link.outstanding.restore(settled.delivery());
        continue;
      }
      if (!link.closed) {
        link.outstanding.settle(settled.delivery());
      }
      back.computeIfAbsent(link, _ -> new KeyList()).add(settled.key());
    }
    // The peer has settled these and forgotten them: the attempt failed, and whoever is next has
    // them.
    back.forEach((link, keys) -> consuming.dispose(link, keys, Disposition.FAILED));
  }

  /// A connection is gone with its transactions open.
  void abort(Connection connection) {
    for (Transaction transaction : connection.transactions.values()) {
      broker.rollback(transaction.sends);
      Map<LiveQueue, KeyList> back = new LinkedHashMap<>();
      for (Transaction.Settled settled : transaction.settled) {
        back.computeIfAbsent(settled.link().queue, _ -> new KeyList()).add(settled.key());
      }
      back.forEach((queue, keys) -> {
        if (!queue.queue().deleted()) {
          broker.release(queue, keys, true);
        }
      });
    }
    connection.transactions.clear();
    connection.transactionBytes = 0;
  }
}
