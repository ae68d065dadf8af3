package io.batonmq.sim.pair;

import io.batonmq.queue.Disposition;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.session.Source;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Works in local transactions: sends to several addresses, and, if it has a source, takes from there in
/// the same transaction.
///
/// A commit whose answer was lost is asked for again, on the next connection to whatever node, until it is
/// answered. Without a source, a transaction that did not happen is tried again with the same messages
/// under the same identities until it is in effect. With one it is left alone: what it took comes back.
final class Transactor extends Client {
  private static final int OUT = 1;
  private static final int IN = 2;
  private static final int SENDS_MAX = 5;
  private static final int TAKES_MAX = 4;

  /// Sends of a large transaction: more than one chunk of a queue has, over several segments of the log.
  private static final int LARGE_MIN = 600;

  private static final int LARGE_MAX = 1_200;

  private final String source;
  private final long paceNanosMax;

  /// Transactions that are large; the others have a few messages.
  private int large;

  private int left;
  private long requests;
  private long delivery;
  private int credit;
  private long delivered;
  private long limit;
  private boolean open;
  private @Nullable Tx tx;
  private long number;
  private boolean commits;

  /// What was asked to be committed and is not answered, 0 for nothing.
  private long doubtful;

  private boolean repeating;
  private int unanswered;
  private final List<Sent> toSend = new ArrayList<>();
  private final ArrayDeque<Long> unsettled = new ArrayDeque<>();
  private final List<Long> taken = new ArrayList<>();

  /// @param source empty for none
  Transactor(Simulation sim, String name, String source, int transactions, long paceNanosMax) {
    this(sim, name, source, transactions, paceNanosMax, 0);
  }

  /// @param large how many are large, of the first ones
  Transactor(
      Simulation sim, String name, String source, int transactions, long paceNanosMax, int large) {
    super(sim, name);
    this.large = large;
    this.source = source;
    this.left = transactions;
    this.paceNanosMax = paceNanosMax;
  }

  @Override
  String source() {
    return source;
  }

  @Override
  void opened() {
    send(new Command.OpenProducer(connection(), OUT, null, null, name));
    if (!source.isEmpty()) {
      Source from = new Source(Setup.source(source), new Source.Kind.Queue(), false, null, false);
      send(new Command.OpenConsumer(connection(), IN, from));
    }
  }

  @Override
  void dropped() {
    open = false;
    credit = 0;
    delivery = 0;
    delivered = 0;
    limit = 0;
    number = 0;
    unanswered = 0;
    unsettled.clear();
    taken.clear();
    toSend.clear();
    repeating = false;
    if (doubtful == 0 && tx != null && !tx.triedAgain) {
      tx = null;
    }
  }

  @Override
  void withdraw() {
    credit = 0;
  }

  @Override
  void hearMore(Output output) {
    switch (output) {
      case Output.ProducerOpened(int _, int more) -> {
        credit += more;
        open = true;
        pause();
      }
      case Output.Grant(int _, int more) -> {
        credit += more;
        pump();
      }
      case Output.ConsumerOpened _ -> credit();
      case Output.LinkRefused _, Output.LinkClosed _ -> hangUp();
      case Output.Begun begun -> begun(begun.transaction());
      case Output.Sent _ -> {
        unanswered--;
        pump();
      }
      case Output.Ended ended -> ended(ended.refusal() == null);
      case Output.Delivered given -> {
        delivered++;
        unsettled.add(given.delivery());
        fetch(given);
      }
      case Output.Settled _, Output.Drained _, Output.Fragment _ -> {}
      default -> throw new Violation(name + " was told " + output);
    }
  }

  private void credit() {
    if (!source.isEmpty() && limit - delivered <= 2 * TAKES_MAX) {
      limit = delivered + 3 * TAKES_MAX;
      send(new Command.Credit(connection(), IN, limit, false));
    }
  }

  private void pause() {
    Object now = wire();
    after(
        1 + (sim.calm() ? 1_000_000 : chance.magnitude(paceNanosMax)),
        () -> {
          if (now != null && wire() == now) {
            begin();
          }
        });
  }

  private void begin() {
    if (!open || number != 0) {
      return;
    }
    var to = wire();
    if (to != null && doubtful != 0 && tx != null) {
      repeating = true;
      end(to, tx, doubtful, true);
      return;
    }
    boolean more = left > 0 && (source.isEmpty() || !unsettled.isEmpty() || chance.oneIn(4));
    if (tx != null || more || !unsettled.isEmpty()) {
      number = -1;
      send(new Command.Begin(connection(), ++requests));
    } else {
      pause();
    }
  }

  private void begun(long transaction) {
    var to = wire();
    if (to == null) {
      return;
    }
    number = transaction;
    Tx now = tx == null ? compose() : tx;
    tx = now;
    to.begun.put(number, now);
    commits = now.triedAgain || sim.calm() || !chance.oneIn(5);
    toSend.addAll(now.sends);
    while (taken.size() < TAKES_MAX && !unsettled.isEmpty()) {
      long one = unsettled.removeFirst();
      taken.add(one);
      var settle =
          new Command.Settle(
              connection(), IN, one, one, Disposition.ACCEPTED, number, !chance.oneIn(4));
      sim.ledger().asks(to, settle);
      send(settle);
    }
    pump();
  }

  private Tx compose() {
    Tx made = new Tx(name + "-" + left);
    made.triedAgain = source.isEmpty() && !chance.oneIn(6);
    left = Math.max(0, left - 1);
    if (large > 0 && !sim.calm()) {
      large--;
      String address = anyAddress();
      for (int i = LARGE_MIN + chance.below(LARGE_MAX - LARGE_MIN); i > 0; i--) {
        sim.ledger().compose(this, address, made);
      }
      return made;
    }
    int sends = (source.isEmpty() ? 1 : 0) + chance.below(SENDS_MAX);
    for (int i = 0; i < sends; i++) {
      sim.ledger().compose(this, anyAddress(), made);
    }
    return made;
  }

  private String anyAddress() {
    return Setup.ADDRESSES.get(chance.below(Setup.ADDRESSES.size()));
  }

  private void pump() {
    var to = wire();
    Tx now = tx;
    if (to == null || now == null || number <= 0) {
      return;
    }
    while (credit > 0 && !toSend.isEmpty()) {
      Sent next = toSend.removeFirst();
      credit--;
      unanswered++;
      to.sends.put(delivery, next);
      sendFragments(OUT, next.address, next);
      send(
          new Command.Send(
              connection(), OUT, delivery++, next.address, next.message, number, false));
    }
    if (toSend.isEmpty() && (unanswered == 0 || chance.oneIn(4))) {
      doubtful = commits ? number : 0;
      end(to, now, number, commits);
    }
  }

  private void end(Wire to, Tx now, long transaction, boolean commit) {
    var end = new Command.End(connection(), ++requests, transaction, commit);
    sim.ledger().asks(to, end, now);
    number = -2;
    send(end);
  }

  private void ended(boolean asAsked) {
    Tx now = tx;
    number = 0;
    doubtful = 0;
    if (repeating) {
      repeating = false;
      sim.stats().learnt(asAsked);
    }
    if (now != null && (asAsked || !now.triedAgain)) {
      tx = null;
    }
    if (!commits || !asAsked) {
      // What it had taken is as it was before, or somebody else's: begin with fresh ones.
      if (!taken.isEmpty()) {
        hangUp();
      }
    }
    taken.clear();
    credit();
    pause();
  }

  @Override
  boolean content() {
    return left == 0
        && tx == null
        && number == 0
        && doubtful == 0
        && unsettled.isEmpty()
        && connected();
  }
}
