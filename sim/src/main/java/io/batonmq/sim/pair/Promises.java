package io.batonmq.sim.pair;

import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.broker.Xid;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was said of branches of distributed transactions: one that was said to be prepared can be committed and
/// rolled back, by whatever node, until its manager has said which.
final class Promises {
  private final Ledger ledger;
  private final Stats stats;
  private final Map<Xid, Tx> branches = new LinkedHashMap<>();

  Promises(Ledger ledger, Stats stats) {
    this.ledger = ledger;
    this.stats = stats;
  }

  /// A manager begins a branch.
  void begins(Xid xid, Tx tx) {
    branches.put(xid, tx);
  }

  /// A manager asks for a step.
  void asks(Wire wire, Command.EndBranch step, Tx tx) {
    wire.ends.put(step.request(), new Wire.Ending(tx, false, step.step()));
    switch (step.step()) {
      case PREPARE -> {
        tx.prepareAsked = true;
        // If it is rolled back, what it took counts as an attempt that failed.
        tx.takes.forEach(take -> take.moveAsked = true);
      }
      case COMMIT, COMMIT_ONE_PHASE -> {
        tx.commitAsked = true;
        tx.commitsAsked++;
        tx.endAsked = true;
      }
      case ROLLBACK -> tx.endAsked = true;
    }
  }

  void ended(Wire wire, Wire.Ending ending, Command.Step step, @Nullable Refusal refusal) {
    Tx tx = ending.tx();
    switch (step) {
      case PREPARE -> {
        if (refusal == null) {
          stats.prepared += tx.promised == Long.MAX_VALUE ? 1 : 0;
          tx.promised = Math.min(tx.promised, wire.epoch());
        } else if (tx.promised <= wire.epoch()) {
          throw new Violation(tx + " was prepared, and is refused now: " + refusal);
        } else {
          ledger.rolledBack(tx, wire);
        }
      }
      case COMMIT -> {
        if (refusal != null) {
          throw new Violation(tx + " was prepared, and cannot be committed: " + refusal);
        }
        ledger.committed(tx, wire);
      }
      case COMMIT_ONE_PHASE -> {
        if (refusal == null) {
          ledger.committed(tx, wire);
        } else {
          ledger.rolledBack(tx, wire);
        }
      }
      case ROLLBACK -> {
        if (refusal != null && refusal.reason() != Reason.NOT_FOUND) {
          throw new Violation(tx + " cannot be rolled back: " + refusal);
        }
        ledger.rolledBack(tx, wire);
      }
    }
  }

  void readOnly(Wire wire, long request) {
    Wire.Ending ending = wire.ends.get(request);
    if (ending == null || !ending.tx().sends.isEmpty() || !ending.tx().takes.isEmpty()) {
      throw new Violation("there is something to prepare in " + ending);
    }
  }

  /// A node tells which branches of a user are prepared: all that were said to be and are not to end, and none that
  /// has ended.
  void recovered(Wire wire, Output.Recovered answer) {
    for (Xid xid : answer.xids()) {
      Tx tx = branches.get(xid);
      if (tx == null || !tx.prepareAsked) {
        throw new Violation("nobody prepared " + xid);
      }
      if (tx.ended <= wire.epoch()) {
        throw new Violation(tx + " has ended, and is prepared in epoch " + wire.epoch());
      }
    }
    stats.recovered += answer.xids().size();
    String user = wire.client().name;
    branches.forEach((xid, tx) -> {
      boolean lasts = tx.promised <= wire.epoch() && !tx.endAsked;
      if (lasts && !answer.more() && tx.manager.equals(user) && !answer.xids().contains(xid)) {
        throw new Violation(tx + " was prepared, and epoch " + wire.epoch() + " knows nothing");
      }
    });
  }

  /// What a prepared branch has taken is given to nobody before its manager has said how it ends.
  static void isWithNobody(Copy.Delivery delivery) {
    for (Copy.Delivery other : delivery.copy.deliveries) {
      for (Tx tx : other.takenIn) {
        boolean promised = Ledger.knows(delivery.copy.sent, tx.promised, delivery.epoch);
        if (promised && !tx.endAsked) {
          throw new Violation(delivery.copy + " was taken in " + tx + ", which is prepared");
        }
      }
    }
  }
}
