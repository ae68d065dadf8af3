package io.batonmq.sim.pair;

import io.batonmq.broker.Refusal;
import io.batonmq.broker.Xid;
import io.batonmq.queue.Disposition;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.session.Source;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Works in branches of distributed transactions as a transaction manager has them done, and is that manager: it
/// prepares some at once, ends them later and in any order, on whatever connection it has then, and asks again for
/// every step whose answer was lost.
final class Manager extends Client {
  private static final int OUT = 1;
  private static final int IN = 2;
  private static final int SENDS_MAX = 5;
  private static final int TAKES_MAX = 4;
  private static final int PENDING_MAX = 4;

  private final String source;
  private final long paceNanosMax;
  private int left;
  private int branches;
  private long requests;
  private long delivery;
  private int credit;
  private long delivered;
  private long limit;
  private boolean open;
  private int unanswered;
  private final List<Sent> toSend = new ArrayList<>();
  private final ArrayDeque<Long> unsettled = new ArrayDeque<>();
  private boolean tookSome;

  /// What was begun and is not to be ended yet; 0 for a number that is not known yet.
  private @Nullable Branch working;

  private long number;

  /// What a step was asked for that is not answered.
  private @Nullable Branch asked;

  private Command.Step step = Command.Step.PREPARE;
  private boolean recovering;

  /// Branches that are prepared, or of which a step was asked for.
  private final List<Branch> pending = new ArrayList<>();

  private static final class Branch {
    final Xid xid;
    final Tx tx;

    /// How it ends, once it is prepared.
    final boolean commits;

    /// Whether it is not prepared but committed at once.
    final boolean onePhase;

    boolean promised;
    boolean again;

    Branch(Xid xid, Tx tx, boolean commits, boolean onePhase) {
      this.xid = xid;
      this.tx = tx;
      this.commits = commits;
      this.onePhase = onePhase;
    }
  }

  /// @param source empty for none
  Manager(Simulation sim, String name, String source, int branches, long paceNanosMax) {
    super(sim, name);
    this.source = source;
    this.left = branches;
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
    recovering = false;
    tookSome = false;
    unsettled.clear();
    toSend.clear();
    // What was not to be prepared yet ends with its connection.
    working = null;
    if (asked != null) {
      asked.again = true;
      asked = null;
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
        if (!pending.isEmpty() || chance.oneIn(4)) {
          recovering = true;
          send(new Command.Recover(connection(), ++requests, null));
        } else {
          pause();
        }
      }
      case Output.Recovered _ -> {
        recovering = false;
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
      case Output.Ended ended -> ended(ended.refusal());
      case Output.ReadOnly _ -> over();
      case Output.Delivered given -> {
        delivered++;
        unsettled.add(given.delivery());
        fetch(given);
      }
      case Output.Restored back -> {
        delivered++;
        unsettled.add(back.delivery());
        credit();
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
            act();
          }
        });
  }

  private void act() {
    if (!open || recovering || working != null || asked != null) {
      return;
    }
    boolean enough = pending.size() >= PENDING_MAX || sim.calm() || chance.oneIn(2);
    if (!pending.isEmpty() && enough) {
      finish(pending.get(chance.below(pending.size())));
    } else if (!unsettled.isEmpty() || (left > 0 && (source.isEmpty() || chance.oneIn(4)))) {
      begin();
    } else {
      pause();
    }
  }

  private void begin() {
    int count = ++branches;
    Tx tx = new Tx(name + "-" + count, name);
    byte[] global = (name + count).getBytes(StandardCharsets.US_ASCII);
    Xid xid = new Xid(7, global, new byte[] {(byte) chance.below(2)});
    boolean commits = sim.calm() || !chance.oneIn(3);
    working = new Branch(xid, tx, commits, chance.oneIn(5));
    number = 0;
    sim.ledger().promises().begins(xid, tx);
    long timeout = !sim.calm() && chance.oneIn(6) ? chance.magnitude(2_000_000_000L) : 0;
    send(new Command.BeginBranch(connection(), ++requests, xid, timeout));
  }

  private void begun(long transaction) {
    var to = wire();
    Branch now = working;
    if (to == null || now == null) {
      return;
    }
    number = transaction;
    to.begun.put(number, now.tx);
    if (left > 0) {
      left--;
      int sends = (source.isEmpty() && !chance.oneIn(8) ? 1 : 0) + chance.below(SENDS_MAX);
      for (int i = 0; i < sends; i++) {
        String address = Setup.ADDRESSES.get(chance.below(Setup.ADDRESSES.size()));
        // Branches end in any order, so each has an order of its own.
        toSend.add(sim.ledger().compose(this, now.tx.name, address, now.tx));
      }
    }
    for (int i = 0; i < TAKES_MAX && !unsettled.isEmpty(); i++) {
      long one = unsettled.removeFirst();
      tookSome = true;
      var settle =
          new Command.Settle(
              connection(), IN, one, one, Disposition.ACCEPTED, number, !chance.oneIn(4));
      sim.ledger().asks(to, settle);
      send(settle);
    }
    pump();
  }

  private void pump() {
    Branch now = working;
    var to = wire();
    if (now == null || to == null || number == 0) {
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
      working = null;
      if (!now.commits && chance.oneIn(3)) {
        ask(now, Command.Step.ROLLBACK);
        return;
      }
      pending.add(now);
      ask(now, now.onePhase ? Command.Step.COMMIT_ONE_PHASE : Command.Step.PREPARE);
    }
  }

  private void finish(Branch branch) {
    if (branch.onePhase) {
      ask(branch, Command.Step.COMMIT_ONE_PHASE);
    } else if (!branch.promised && chance.oneIn(2)) {
      // Nobody knows whether it is prepared.
      ask(branch, Command.Step.PREPARE);
    } else {
      boolean commit = branch.promised && branch.commits;
      ask(branch, commit ? Command.Step.COMMIT : Command.Step.ROLLBACK);
    }
  }

  private void ask(Branch branch, Command.Step what) {
    var to = wire();
    if (to == null) {
      return;
    }
    asked = branch;
    step = what;
    var command = new Command.EndBranch(connection(), ++requests, branch.xid, what);
    sim.ledger().promises().asks(to, command, branch.tx);
    send(command);
  }

  private void ended(@Nullable Refusal refusal) {
    Branch branch = asked;
    if (branch == null) {
      // It did not begin: there are too many.
      throw new Violation(name + " may not begin: " + refusal);
    }
    if (branch.again) {
      branch.again = false;
      sim.stats().stepsRepeated++;
    }
    if (step == Command.Step.PREPARE && refusal == null) {
      asked = null;
      branch.promised = true;
      tookSome = false;
      credit();
      if (!sim.calm() && chance.oneIn(8)) {
        // It is ended on another connection.
        hangUp();
      } else {
        pause();
      }
      return;
    }
    boolean cameBack =
        tookSome && !branch.promised && (refusal != null || step == Command.Step.ROLLBACK);
    over();
    if (cameBack) {
      // What it had taken is as it was before, or somebody else's: begin with fresh ones.
      hangUp();
    }
  }

  private void over() {
    pending.remove(asked);
    asked = null;
    tookSome = false;
    credit();
    pause();
  }

  @Override
  boolean content() {
    return left == 0
        && pending.isEmpty()
        && working == null
        && asked == null
        && unsettled.isEmpty()
        && connected();
  }
}
