package io.batonmq.wire.openwire;

import io.batonmq.broker.Refusal;
import io.batonmq.broker.Xid;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The transactions of one connection. The peer names its local ones itself and does not wait for their beginning;
/// the broker gives out numbers. So one is begun ahead as soon as the peer has used the first, and only that one is
/// waited for.
final class Transactions {
  private static final int BEGIN = 0;
  private static final int PREPARE = 1;
  private static final int COMMIT_ONE_PHASE = 2;
  private static final int COMMIT_TWO_PHASE = 3;
  private static final int ROLLBACK = 4;
  private static final int RECOVER = 5;
  private static final int FORGET = 6;
  private static final int END = 7;
  private static final int XA_RDONLY = 3;

  /// Stands for a branch that was prepared before.
  static final long PREPARED = -2;

  private final Peer peer;
  private final Runnable whenBegun;
  private final Map<String, Open> open = new HashMap<>();
  private long spare;
  private boolean spareAsked;
  private @Nullable Refusal spareRefused;

  /// One that is open, or prepared here.
  private static final class Open {
    long number;
    @Nullable Refusal refused;
    boolean prepared;
    final Map<Unacknowledged.Entry, ConsumerEnd> entries = new HashMap<>();
  }

  /// @param whenBegun to be told when a number has come
  Transactions(Peer peer, Runnable whenBegun) {
    this.peer = peer;
    this.whenBegun = whenBegun;
  }

  /// The number of the transaction that a command names; 0 for none, -1 for one that is not open here, [#PREPARED]
  /// for a branch that was prepared before a failover, of which the client says all once more.
  long number(@Nullable Struct id) {
    if (id == null) {
      return 0;
    }
    Open one = open.get(Ids.transaction(id));
    if (one != null && one.prepared) {
      return PREPARED;
    }
    return one == null || one.number == 0 ? -1 : one.number;
  }

  /// Why none has begun, once; null if it is only waited for.
  @Nullable Refusal refusal() {
    Refusal why = spareRefused;
    spareRefused = null;
    return why;
  }

  /// Keeps what a transaction acknowledges until it ends.
  void keep(Struct id, ConsumerEnd consumer, List<Unacknowledged.Entry> entries) {
    Open one = open.get(Ids.transaction(id));
    if (one != null) {
      entries.forEach(entry -> one.entries.put(entry, consumer));
    }
  }

  /// Does what the peer asks.
  ///
  /// @return false if that is not possible before the broker has answered
  boolean handle(Struct command) {
    int type = command.number(Field.TYPE);
    if (type == RECOVER) {
      recover(command, null, new ArrayList<>());
      return true;
    }
    Struct id = command.needed(Field.TRANSACTION_ID);
    String name = Ids.transaction(id);
    switch (type) {
      case BEGIN -> {
        return begin(command, id, name);
      }
      case END, FORGET -> peer.answer(command);
      case PREPARE, COMMIT_ONE_PHASE, COMMIT_TWO_PHASE, ROLLBACK -> {
        if (id.type() == Type.XA_TRANSACTION_ID) {
          endBranch(command, name, Branch.of(id), type);
        } else {
          endLocal(command, name, type);
        }
      }
      default -> throw new Malformed("a TransactionInfo has the type " + type);
    }
    return true;
  }

  private boolean begin(Struct command, Struct id, String name) {
    Open known = open.get(name);
    if (known == null && open.size() >= peer.limits().transactions()) {
      peer.fail(
          command,
          Faults.of(
              new Refusal(
                  Refusal.Reason.LIMIT_REACHED,
                  "the connection has " + open.size() + " transactions open")));
      return true;
    }
    return id.type() == Type.XA_TRANSACTION_ID
        ? beginBranch(command, known, name, Branch.of(id))
        : beginLocal(command, known, name);
  }

  private boolean beginLocal(Struct command, @Nullable Open known, String name) {
    if (known != null) {
      // Comes again after a failover, or twice.
      peer.answer(command);
      return true;
    }
    long number = take();
    if (number == 0) {
      Refusal refused = refusal();
      if (refused != null) {
        peer.fail(command, Faults.of(refused));
      }
      return refused != null;
    }
    Open one = new Open();
    one.number = number;
    open.put(name, one);
    peer.answer(command);
    return true;
  }

  /// A transaction of the broker that has begun, and the next one is asked for; 0 if none has.
  long take() {
    long number = spare;
    spare = 0;
    if (!spareAsked && spareRefused == null) {
      spareAsked = true;
      peer.submit(new Command.Begin(peer.connection(), peer.request((output, _) -> spare(output))));
    }
    return number;
  }

  private void spare(Output output) {
    spareAsked = false;
    if (output instanceof Output.Begun(long _, long number)) {
      spare = number;
    } else if (output instanceof Output.Ended(long _, Refusal refusal)) {
      spareRefused = refusal;
    }
    whenBegun.run();
  }

  private boolean beginBranch(Struct command, @Nullable Open known, String name, Xid xid) {
    if (known == null) {
      Open one = new Open();
      open.put(name, one);
      long request =
          peer.request((output, _) -> {
            if (output instanceof Output.Begun(long _, long number)) {
              one.number = number;
            } else if (output instanceof Output.Ended(long _, Refusal refusal)) {
              one.refused = refusal;
            }
            whenBegun.run();
          });
      peer.submit(new Command.BeginBranch(peer.connection(), request, xid, 0));
      return false;
    }
    Refusal refused = known.refused;
    if (refused != null && refused.reason() == Refusal.Reason.IN_USE) {
      known.refused = null;
      known.prepared = true;
      peer.answer(command);
      return true;
    }
    if (known.prepared) {
      peer.answer(command);
      return true;
    }
    if (refused != null) {
      open.remove(name);
      peer.fail(command, Faults.xa(refused));
      return true;
    }
    if (known.number == 0) {
      return false;
    }
    peer.answer(command);
    return true;
  }

  private void endLocal(Struct command, String name, int type) {
    if (type != COMMIT_ONE_PHASE && type != ROLLBACK) {
      peer.fail(command, Faults.jms("a local transaction has one phase"));
      return;
    }
    Open one = open.remove(name);
    if (one == null) {
      if (type == ROLLBACK) {
        peer.answer(command);
      } else {
        peer.fail(
            command,
            Faults.of(
                new Refusal(
                    Refusal.Reason.ROLLED_BACK,
                    "the transaction is not open here: it was rolled back")));
      }
    } else {
      boolean commit = type == COMMIT_ONE_PHASE;
      end(command, one, commit);
    }
  }

  private void end(Struct command, Open one, boolean commit) {
    long request =
        peer.request((output, _) -> {
          Refusal refusal = output instanceof Output.Ended(long _, Refusal why) ? why : null;
          over(one, commit && refusal == null);
          peer.end(command, refusal);
        });
    peer.submit(new Command.End(peer.connection(), request, one.number, commit));
  }

  /// Ends a transaction that [#take] gave, and answers the command for whose sake it was.
  void end(Struct command, long number) {
    Open one = new Open();
    one.number = number;
    end(command, one, true);
  }

  private void endBranch(Struct command, String name, Xid xid, int type) {
    Command.Step step =
        switch (type) {
          case PREPARE -> Command.Step.PREPARE;
          case COMMIT_ONE_PHASE -> Command.Step.COMMIT_ONE_PHASE;
          case COMMIT_TWO_PHASE -> Command.Step.COMMIT;
          default -> Command.Step.ROLLBACK;
        };
    long request =
        peer.request((output, _) -> {
          Refusal refusal = output instanceof Output.Ended(long _, Refusal why) ? why : null;
          ended(command, name, step, output, refusal);
        });
    peer.submit(new Command.EndBranch(peer.connection(), request, xid, step));
  }

  private void ended(
      Struct command, String name, Command.Step step, Output output, @Nullable Refusal refusal) {
    boolean rolledBack =
        step == Command.Step.ROLLBACK
            || (refusal != null && refusal.reason() == Refusal.Reason.ROLLED_BACK);
    Open one = refusal == null || rolledBack ? open.remove(name) : null;
    if (one != null && step == Command.Step.PREPARE && !rolledBack) {
      one.entries.forEach((entry, consumer) -> consumer.prepared(entry));
      pump(one);
    } else if (one != null) {
      over(one, !rolledBack);
    }
    if (refusal != null) {
      peer.fail(command, Faults.xa(refusal));
    } else if (step == Command.Step.PREPARE) {
      peer.write(
          Peer.response(Type.INTEGER_RESPONSE, command)
              .with(Field.RESULT, output instanceof Output.ReadOnly ? XA_RDONLY : 0));
    } else {
      peer.answer(command);
    }
  }

  private void over(Open one, boolean happened) {
    spareRefused = null;
    one.entries.forEach((entry, consumer) -> consumer.ended(entry, happened));
    pump(one);
  }

  private static void pump(Open one) {
    Set.copyOf(one.entries.values()).forEach(ConsumerEnd::pump);
  }

  private void recover(Struct command, @Nullable Xid after, List<Struct> found) {
    long request =
        peer.request((output, _) -> {
          if (output instanceof Output.Recovered recovered) {
            recovered.xids().forEach(xid -> found.add(Branch.struct(xid)));
            if (recovered.more()) {
              recover(command, recovered.xids().getLast(), found);
              return;
            }
          }
          peer.write(
              Peer.response(Type.DATA_ARRAY_RESPONSE, command)
                  .with(Field.DATA, List.copyOf(found)));
        });
    peer.submit(new Command.Recover(peer.connection(), request, after));
  }
}
