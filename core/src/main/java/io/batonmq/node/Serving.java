package io.batonmq.node;

import io.batonmq.broker.BrokerState;
import io.batonmq.broker.Refusal;
import io.batonmq.ha.Aftermath;
import io.batonmq.ha.Role;
import io.batonmq.log.FencedException;
import io.batonmq.log.RecordFormat;
import io.batonmq.log.SnapshotContent;
import io.batonmq.log.SnapshotRef;
import io.batonmq.log.file.LogWriter;
import io.batonmq.log.file.Reclaimer;
import io.batonmq.log.file.Rewriter;
import io.batonmq.log.file.SegmentFile;
import io.batonmq.seam.Now;
import io.batonmq.seam.StorageException;
import io.batonmq.session.Command;
import io.batonmq.session.Gateway;
import io.batonmq.session.Sessions;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/// The broker of an active node and its three lanes: *broker* owns the queues, *log* writes and syncs,
/// *keeper* does what may take its time (spare segments, bodies, snapshots).
public final class Serving implements Gateway {
  private static final int COMMANDS_PER_TURN = 256;
  private static final int ANSWERS_PER_TURN = 64;

  /// For a client that does not give its credit back.
  private static final long WITHDRAW_NANOS_MAX = 1_000_000_000L;

  private static final Refusal HANDING_OVER =
      new Refusal(Refusal.Reason.HANDING_OVER, "this node hands over; connect to the other");

  private static final long BUSY_NAP_NANOS = 50_000_000L;

  private final Role.Active active;
  private final BrokerState.UnderWay found;
  private final BrokerState state;
  private final LogWriter writer;
  private final Sessions sessions;
  private final Keeper keeper;
  private final Lanes lanes;
  private final Turns turns;
  private final Inbox inbox = new Inbox();
  private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Runnable> questions = new ConcurrentLinkedQueue<>();

  private volatile boolean quiescing;
  private volatile boolean quiesced;
  private volatile boolean released;
  private volatile long applied;

  // Log's lane.
  private long logNanos;

  // Owner's of the queues.
  private boolean activated;
  private boolean withdrawing;
  private long withdrawNanosMax;
  private boolean over;
  private boolean handedOver;
  private volatile long committed = -1;
  private volatile boolean starved;
  private volatile boolean fed;
  private final ArrayDeque<Named> named = new ArrayDeque<>();

  /// What the keeper brings back to the broker's lane.
  sealed interface Answer {
    record Loaded(long position, ByteBuffer payload) implements Answer {}

    record Written(SnapshotRef snapshot, long bytes) implements Answer {}

    /// There was no room for the snapshot.
    record NotWritten() implements Answer {}

    record Droppable(List<SegmentFile> dropped) implements Answer {}

    record Rewritten(Rewriter.Result.Replaced replaced) implements Answer {}
  }

  Serving(
      Role.Active active, BrokerState state, NodeSettings settings, Keeper keeper, Lanes lanes) {
    this.active = active;
    this.found = state.underWay();
    this.state = state;
    this.writer = active.appender();
    this.applied = writer.end();
    this.keeper = keeper;
    this.lanes = lanes;
    this.sessions =
        new Sessions(
            state,
            writer,
            settings.broker(),
            settings.access(),
            settings.extractors(),
            new KeeperEffects(keeper, lanes));
    keeper.answersTo(answer -> {
      answers.add(answer);
      lanes.wakeBroker();
    });
    this.turns =
        new Turns(
            new Turns.Work() {
              @Override
              public boolean turn(Now now) {
                return guardedTurn(now);
              }

              @Override
              public long deadlineNanos() {
                return withdrawing && !over ? withdrawNanosMax : sessions.nextDeadlineNanos();
              }
            },
            lanes::wakeBroker);
    writer.wakes(
        () -> {
          // What was committed the log's lane tells itself, see logWork.
          if (writer.ended().isPresent()) {
            lanes.wakeBroker();
            lanes.wakeBaton();
          }
        },
        () -> {
          // What was handed over is written by whoever's turn it was, see write.
          if (writer.ended().isPresent()) {
            lanes.wakeLog();
          }
        },
        lanes::wakeKeeper);
  }

  public Role.Active active() {
    return active;
  }

  /// Position up to which the queues have it, committed or not. Anyone may ask.
  public long applied() {
    return applied;
  }

  // ---- any thread

  /// What became of that which was under way before.
  Aftermath aftermath() {
    return new Aftermath(
        keeper.zombieBytes(), sessions.resends(), found.out(), found.kept(), found.transactions());
  }

  @Override
  public boolean submit(Command command) {
    return inbox.put(command);
  }

  @Override
  public void submitted(Now now) {
    turns.borrow(now);
    write(now);
  }

  /// Writes, syncs and commits what the turn has handed over, and takes the turn that follows: where one
  /// connection waits for its answer, waking the log's lane for that costs more than the rest. Only once:
  /// what gathered meanwhile is for the log's lane, and so is all where another thread is in the files.
  private void write(Now now) {
    if (!writer.waiting()) {
      return;
    }
    if (writer.waitsForOthers()) {
      // A thread that has sockets to look after does not wait for another machine.
      lanes.wakeLog();
      return;
    }
    boolean worked;
    try {
      worked = writer.doWork(now);
    } catch (RuntimeException | Error e) {
      turns.fail(e);
      throw e;
    }
    if (worked && mayGoOn()) {
      turns.borrow(now);
    }
    if (writer.waiting()) {
      lanes.wakeLog();
    }
  }

  /// To tell what was committed, or to hand over what gathered meanwhile.
  private boolean mayGoOn() {
    return writer.committed() != committed || writer.held();
  }

  @Override
  public void whenReady(Runnable ready) {
    inbox.whenReady(ready);
  }

  /// Runs something on the broker's lane, where the sessions may be looked at.
  public void ask(Consumer<Sessions> question) {
    questions.add(() -> question.accept(sessions));
    lanes.wakeBroker();
  }

  /// Hands out the durable state as it is between two turns of the broker's lane.
  public void freeze(Consumer<SnapshotContent> to) {
    questions.add(() -> to.accept(state.freeze()));
    lanes.wakeBroker();
  }

  void quiesce() {
    quiescing = true;
    lanes.wakeBroker();
  }

  boolean quiesced() {
    return quiesced;
  }

  void release() {
    released = true;
  }

  // ---- broker's lane

  /// One turn of the owner of the queues; answers whether there was anything to do.
  public boolean brokerWork(Now now) {
    boolean worked = turns.own(now);
    if (writer.waiting()) {
      lanes.wakeLog();
    }
    return worked;
  }

  private boolean guardedTurn(Now now) {
    if (released || writer.ended().isPresent()) {
      return false;
    }
    try {
      return turn(now);
    } catch (FencedException e) {
      // The tenure ended in the middle of the turn. The baton's lane is awake and closes the doors;
      // what this turn did to the state nobody will ever see.
      return false;
    }
  }

  private boolean turn(Now now) {
    boolean worked = false;
    if (!activated) {
      activated = true;
      sessions.activate(active.epoch(), now);
      worked = true;
    }
    if (quiescing && !withdrawing) {
      withdrawing = true;
      withdrawNanosMax = now.nanos() + WITHDRAW_NANOS_MAX;
      sessions.withdraw();
    }
    worked |= open(now);
    worked |= answer(now);
    worked |= commands(now);
    if (fed) {
      fed = false;
      sessions.dispatch(now);
    }
    long due = sessions.nextDeadlineNanos();
    if (due != Long.MAX_VALUE && now.nanos() - due >= 0) {
      sessions.tick(now);
      worked = true;
    }
    applied = writer.end();
    writer.flush();
    if (withdrawing) {
      finish(now);
    }
    if (!worked) {
      writer.idle(now);
    }
    return worked;
  }

  /// The monotonic time at which [#brokerWork] is to be called without being woken.
  public long nextDeadlineNanos() {
    return turns.deadlineNanos();
  }

  private boolean open(Now now) {
    long reached = writer.committed();
    if (reached == committed) {
      return false;
    }
    committed = reached;
    // Before the sessions hear of it: what is given back rests on the snapshot of the log.
    act(reached);
    sessions.committed(reached, now);
    if (keeper.loading()) {
      lanes.wakeKeeper();
    }
    return true;
  }

  private void act(long reached) {
    while (!named.isEmpty() && named.getFirst().end() <= reached) {
      switch (named.removeFirst()) {
        case Named.Taken(SnapshotRef snapshot, long _) -> writer.snapshotCommitted(snapshot);
        case Named.Drop(List<SegmentFile> dropped, long end) -> {
          keeper.unlink(dropped, end);
          lanes.wakeKeeper();
        }
        case Named.Replace(Rewriter.Result.Replaced replaced, long end) -> {
          keeper.replace(replaced, end);
          lanes.wakeKeeper();
        }
      }
    }
  }

  private boolean answer(Now now) {
    boolean any = false;
    boolean loaded = false;
    int taken = 0;
    Answer answer = answers.peek();
    while (answer != null && taken < ANSWERS_PER_TURN && room(answer)) {
      answers.remove();
      any = true;
      taken++;
      switch (answer) {
        case Answer.Loaded(long position, ByteBuffer payload) -> {
          sessions.loaded(position, payload);
          loaded = true;
        }
        case Answer.Written(SnapshotRef ref, long bytes) -> {
          long before = writer.end();
          sessions.snapshotWritten(ref.name(), ref.checksum(), ref.position(), bytes, now);
          if (writer.end() > before) {
            named.add(new Named.Taken(ref, writer.end()));
          }
        }
        case Answer.NotWritten _ -> sessions.snapshotFailed(now);
        case Answer.Droppable(List<SegmentFile> dropped) -> {
          writer.append(RecordFormat.SEGMENTS_DROPPED, Reclaimer.encode(dropped));
          named.add(new Named.Drop(dropped, writer.end()));
        }
        case Answer.Rewritten(Rewriter.Result.Replaced replaced) -> {
          writer.append(RecordFormat.SEGMENT_REWRITTEN, replaced.encode());
          named.add(new Named.Replace(replaced, writer.end()));
        }
      }
      answer = answers.peek();
    }
    if (loaded) {
      // Once for all: a keeper that reads faster than we dispatch, out of the page cache, kept a
      // turn
      // going until a whole queue was looked through, and nothing was written meanwhile.
      sessions.dispatch(now);
    }
    if (answer != null) {
      // A borrowed turn does not come back by itself.
      lanes.wakeBroker();
    }
    for (Runnable question = questions.poll(); question != null; question = questions.poll()) {
      any = true;
      question.run();
    }
    return any;
  }

  private boolean room(Answer answer) {
    return !(answer instanceof Answer.Loaded(long _, ByteBuffer payload))
        || sessions.roomToLoad(payload.remaining());
  }

  private boolean commands(Now now) {
    if (over) {
      // What is in the inbox has been promised to nobody; its senders send it again elsewhere.
      return false;
    }
    int taken = 0;
    boolean enough = false;
    while (!enough && !writer.full() && !starving()) {
      Command command = inbox.take();
      if (command == null) {
        break;
      }
      taken++;
      sessions.accept(command, now);
      // Asked after the first: what chores have spent before does not keep all commands out.
      enough = taken == COMMANDS_PER_TURN || sessions.spent() || writer.gathered();
    }
    if (enough) {
      // A borrowed turn does not come back by itself, and what appends nothing brings no commit.
      lanes.wakeBroker();
    }
    if (taken > 0) {
      sessions.dispatch(now);
    }
    return taken > 0;
  }

  /// Whether what comes waits for a spare segment. A producer faster than those was told of a full disk.
  private boolean starving() {
    if (!writer.outOfRoom()) {
      return false;
    }
    starved = true;
    lanes.wakeKeeper();
    lanes.wakeLog();
    // It may have been made since the first look, and nobody would come.
    return writer.outOfRoom();
  }

  /// A spare segment was made, or there is no room for one: who waits for room goes on. A producer that came when
  /// there was none got its credit when somebody else took a turn, after a take-over up to a second later.
  private void fed(boolean made) {
    boolean settled = starved && writer.sparesSettled();
    if (settled) {
      starved = false;
    }
    if (made || settled) {
      fed = true;
      lanes.wakeBroker();
    }
  }

  private void finish(Now now) {
    over = over || (inbox.isEmpty() && sessions.withdrawn()) || now.nanos() - withdrawNanosMax >= 0;
    if (over && !handedOver && committed == writer.end()) {
      handedOver = true;
      sessions.handOver(HANDING_OVER, now);
    }
    if (handedOver && sessions.quiet()) {
      quiesced = true;
      lanes.wakeBaton();
    }
  }

  // ---- log's lane

  public boolean logWork(Now now) {
    logNanos = now.nanos();
    boolean worked = writer.doWork(now);
    if (writer.committed() != committed || (worked && writer.held())) {
      turns.borrow(now);
    }
    if (starved && !worked && !writer.waiting()) {
      // The keeper may write a snapshot for seconds.
      worked = writer.makeSpare();
      fed(worked);
    }
    return worked || (writer.waiting() && !writer.busy());
  }

  /// The monotonic time at which [#logWork] is to be called without being woken.
  public long nextBeatNanos() {
    // Whoever is in the files beats too, and wakes this lane where something is left.
    return writer.busy() ? logNanos + BUSY_NAP_NANOS : writer.nextBeatNanos();
  }

  /// The monotonic time at which the heart is to beat next. It stays the same while a beat or a sync
  /// hangs.
  public long heartDueNanos() {
    return writer.nextBeatNanos();
  }

  // ---- keeper's lane

  public boolean keeperWork(Now now) {
    if (released || writer.ended().isPresent()) {
      return false;
    }
    try {
      boolean spare = writer.prepareSpare();
      fed(spare);
      return keeper.doWork(now) || spare;
    } catch (FencedException _) {
      // The log's lane hears of it as well, and ends the tenure.
      return false;
    } catch (StorageException e) {
      writer.failed(e);
      return false;
    }
  }
}
