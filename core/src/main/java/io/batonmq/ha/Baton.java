package io.batonmq.ha;

import io.batonmq.log.DamagedException;
import io.batonmq.log.FencedException;
import io.batonmq.log.VersionException;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.Follower;
import io.batonmq.log.file.LogWriter;
import io.batonmq.log.file.Tenure;
import io.batonmq.seam.HeldLock;
import io.batonmq.seam.Now;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The role of one node of a pair over a shared store, and every change of it.
///
/// As a standby it follows the log and watches the active; when there is reason to, it takes over; as the
/// active it looks whether it still may, and hands over when asked. One lane calls [#doWork]; the rest may
/// be called by anyone. The legal transitions are in [Transitions].
///
/// Nothing here decides who may confirm: that is the fence and the log's lane. What is decided here is
/// when to try.
public final class Baton {
  private static final long LOOK_NANOS = 50_000_000L;
  private static final long LOCK_CHECK_NANOS = 1_000_000_000L;
  private static final long PEERS_NANOS = 100_000_000L;
  private static final long RETRY_NANOS = 1_000_000_000L;

  private final Storage storage;
  private final HaSettings settings;
  private final FileLog log;
  private final Presence presence;
  private final Replica replica;
  private final Warrant warrant;
  private final RoleListener listener;
  private final Runnable wake;
  private final Standing standing;
  private final Succession succession;

  private volatile Role role = new Role.Standby(0, "");
  private volatile List<Presence.Peer> peers = List.of();
  private volatile String nobody = "";
  private volatile boolean stopping;
  private volatile boolean left;

  private @Nullable Watched watched;
  private @Nullable HeldLock held;
  private @Nullable Departure departure;
  private @Nullable OpenReceipt receipt;
  private long nextLookNanos;
  private long nextTryNanos;
  private long nextPeersNanos;
  private long nextLockCheckNanos;
  private boolean prepared;
  private String trouble = "";
  private boolean begun;
  private boolean due = true;
  private boolean readable = true;
  private String waitingFor = "";

  /// @param warrant what is asked beside the store
  /// @param wake run on any thread when there is something for [#doWork]
  public Baton(
      Storage storage,
      HaSettings settings,
      FileLog log,
      Presence presence,
      Replica replica,
      Warrant warrant,
      RoleListener listener,
      Runnable wake) {
    this.storage = storage;
    this.settings = settings;
    this.log = log;
    this.presence = presence;
    this.replica = replica;
    this.warrant = warrant;
    this.listener = listener;
    this.wake = wake;
    this.standing = new Standing(log, replica, storage.namesMayBeStale());
    this.succession = new Succession(settings, presence.id());
  }

  // ---- anyone

  public Role role() {
    return role;
  }

  /// The other nodes that are alive, as seen a moment ago.
  public List<Presence.Peer> peers() {
    return peers;
  }

  /// Why nobody has the baton and this node does not take it; empty where that is not so.
  public String nobody() {
    return nobody;
  }

  /// Position up to which this node has applied the log while it follows.
  public long applied() {
    return standing.applied();
  }

  /// Position that is committed as far as this node knows while it follows.
  public long committed() {
    return standing.committed();
  }

  /// Asks an active node to hand over to another that is present; forgotten when none of them is ready
  /// within half a minute.
  ///
  /// @param peer id of its presence, or empty for any
  public void switchover(String peer) {
    succession.request(peer);
    wake.run();
  }

  /// Asks the node to end cleanly; [#stopped] says when it has.
  public void stop() {
    stopping = true;
    wake.run();
  }

  /// Whether the node has ended after [#stop].
  public boolean stopped() {
    return left;
  }

  // ---- lane

  /// Does what is due; answers whether there was anything.
  public boolean doWork(Now now) {
    if (!begun) {
      // Not 0: a monotonic clock may begin anywhere, also far below it.
      begun = true;
      nextLookNanos = now.nanos();
      nextTryNanos = now.nanos();
      nextPeersNanos = now.nanos();
    }
    try {
      return switch (role) {
        case Role.Standby _, Role.Promoting _ -> stand(now);
        case Role.Active active -> serve(active, now);
        case Role.Fenced _ -> false;
      };
    } catch (StorageException e) {
      failed(e, now);
    } catch (DamagedException e) {
      damaged(String.valueOf(e.getMessage()), now);
    } catch (FencedException e) {
      fence(ExitCode.SUPERSEDED, String.valueOf(e.getMessage()));
    } catch (UndecidedException e) {
      standBack(String.valueOf(e.getMessage()), now);
    } catch (VersionException e) {
      fence(ExitCode.STORE_VERSION, String.valueOf(e.getMessage()));
    }
    return true;
  }

  private void failed(StorageException e, Now now) {
    String reason = "the store failed: " + e.getMessage();
    if (role instanceof Role.Active) {
      fence(ExitCode.STORE_FAILED, reason);
      return;
    }
    switch (e.kind()) {
      // What was removed while it was open here may be found again under the newest snapshot.
      case STALE, MISSING -> damaged(reason, now);
      // A node that confirms nothing may wait until there is room for its first segment.
      case NO_SPACE -> standBack(reason, now);
      default -> fence(ExitCode.STORE_FAILED, reason);
    }
  }

  private void damaged(String reason, Now now) {
    if (!(role instanceof Role.Active) && standing.mayLookAgain(now)) {
      standBack(reason, now);
    } else {
      fence(ExitCode.STORE_DAMAGED, reason);
    }
  }

  /// After a failure that may pass: whoever was about to take over is a standby again, and the next try
  /// is not made at once, since each uses up an epoch.
  private void standBack(String reason, Now now) {
    if (!reason.equals(waitingFor)) {
      listener.waiting(reason);
    }
    waitingFor = reason;
    if (role instanceof Role.Promoting) {
      warrant.over();
      standing.startAnew();
      become(new Role.Standby(role.epoch(), ""), reason);
    }
    nextTryNanos = now.nanos() + RETRY_NANOS;
  }

  private boolean mayTry(Now now) {
    return now.nanos() - nextTryNanos >= 0;
  }

  /// What the others do not see of this node they do not wait for; it goes on all the same.
  private void show(Now now, long position) {
    presence.update(now, role, position);
    String told = presence.trouble();
    if (!told.equals(trouble) && !told.isEmpty()) {
      listener.waiting(told);
    }
    trouble = told;
  }

  // ---- standby

  private boolean stand(Now now) {
    if (stopping) {
      if (!left) {
        leave();
      }
      return false;
    }
    show(now, standing.applied());
    if (!warrant.readable()) {
      // What was read is being replaced.
      if (readable) {
        readable = false;
        standing.startAnew();
        unwatch();
      }
      return false;
    }
    readable = true;
    if (!prepared && mayTry(now)) {
      // Once more a second later if it fails; the log is followed meanwhile.
      log.prepare();
      prepared = true;
    }
    if (watched != null && watched.grantedNow()) {
      due = true;
    }
    boolean look = due || now.nanos() - nextLookNanos >= 0;
    if (look) {
      // Before anything that may fail, or a store that cannot be read would be read without a
      // pause.
      due = false;
      nextLookNanos = now.nanos() + LOOK_NANOS;
    }
    // Idle, it costs a handful of calls on the storage at each look, and none between.
    boolean more =
        (look || standing.mayHaveMore())
            && standing.read(watched == null ? 0 : watched.committed(), now);
    if (look) {
      look(now);
    }
    return more;
  }

  private void look(Now now) {
    Optional<Tenure> newest = log.register().newest();
    Optional<String> objection = warrant.objection(now);
    if (newest.isEmpty()) {
      tellNobody(objection.orElse(""));
      if (mayTry(now) && objection.isEmpty()) {
        takeOver(Receipt.Cause.FIRST_START, "", now, 0);
      }
      return;
    }
    Watched watch = watch(newest.get(), now);
    watch.look(log, now);
    if (now.nanos() - nextPeersNanos >= 0) {
      nextPeersNanos = now.nanos() + PEERS_NANOS;
      peers = presence.others(now);
    }
    Optional<Receipt.Cause> cause = watch.reason(presence, warrant.sole(), now);
    String why =
        watch.waitsForPrimary()
            ? newest.get().node() + " was stopped on purpose; a primary has to start"
            : "";
    tellNobody(cause.isPresent() ? objection.orElse(why) : why);
    if (cause.isPresent() && objection.isEmpty() && nearTheEnd(watch) && mayTry(now)) {
      takeOver(cause.get(), newest.get().node(), now, watch.silentNanos(now));
    }
  }

  private void tellNobody(String why) {
    if (!why.equals(nobody) && !why.isEmpty()) {
      listener.waiting("nobody has the baton: " + why);
    }
    nobody = why;
  }

  /// A node that goes on writing although the lock was given here as well is never caught up with to the
  /// last record: near is enough, the rest is read once it is fenced.
  private boolean nearTheEnd(Watched watch) {
    return standing.caughtUp()
        || (watch.committed() > 0
            && watch.committed() - standing.applied() <= Succession.CAUGHT_UP_BYTES);
  }

  private Watched watch(Tenure newest, Now now) {
    if (watched == null || !watched.tenure().equals(newest)) {
      unwatch();
      watched = new Watched(storage, settings, newest, now, wake, listener::waiting);
      become(new Role.Standby(newest.epoch(), newest.node()), "following " + newest.node());
    }
    return watched;
  }

  private void unwatch() {
    if (watched != null) {
      watched.close();
    }
    watched = null;
  }

  private void takeOver(Receipt.Cause cause, String before, Now now, long silentNanos) {
    long known = role.epoch();
    if (!warrant.claim(now)) {
      nextTryNanos = now.nanos() + RETRY_NANOS;
      return;
    }
    become(new Role.Promoting(known, cause), cause.name());
    long readBefore = standing.bytesRead();
    Stopwatch watch = new Stopwatch(listener::nanos);
    Optional<Follower> follower = standing.follower();
    Optional<FileLog.Taken> won = log.takeOver(known, follower, replica, watch::done);
    if (won.isEmpty()) {
      warrant.over();
      standing.startAnew();
      become(new Role.Standby(known, before), "another node was first");
      return;
    }
    FileLog.Taken taken = won.get();
    held = taken.lock();
    long read = standing.bytesRead() - readBefore;
    boolean given = cause == Receipt.Cause.HANDED_OVER && watched != null;
    succession.begin(given && watched != null ? watched.handedOverBy() : "");
    standing.close();
    unwatch();
    Receipt taking =
        new Receipt(
            taken.tenure().epoch(),
            cause,
            before,
            taken.sealed(),
            taken.tail(),
            read,
            watch.phases(silentNanos / 1_000_000),
            now.wallMillis(),
            Aftermath.UNKNOWN,
            false);
    Role.Active active = new Role.Active(taking.epoch(), taken.writer(), taking);
    nextLockCheckNanos = now.nanos() + LOCK_CHECK_NANOS;
    become(active, cause.name());
    warrant.begun();
    watch.lapMillis();
    replica.serve(active);
    Receipt issued = taking.opened(watch.lapMillis(), replica.aftermath());
    receipt = new OpenReceipt(issued, replica, listener, now.nanos());
  }

  private void leave() {
    standing.close();
    unwatch();
    log.giveUpReady();
    presence.close();
    left = true;
  }

  // ---- active

  private boolean serve(Role.Active active, Now now) {
    if (departure != null && departure.released()) {
      if (departure.passed(active, now)) {
        pass(active, departure, now);
        return true;
      }
      return false;
    }
    Optional<LogWriter.End> end = active.appender().ended();
    if (end.isPresent()) {
      fence(code(end.get()), end.get().reason());
      return true;
    }
    show(now, active.appender().committed());
    if (receipt != null) {
      receipt.update(now);
    }
    if (now.nanos() - nextLockCheckNanos >= 0) {
      nextLockCheckNanos = now.nanos() + LOCK_CHECK_NANOS;
      if (held != null && !held.stillHeld()) {
        fence(ExitCode.LOCK_LOST, "the lock of epoch " + active.epoch() + " is lost");
        return true;
      }
    }
    if (departure != null) {
      return departure.release(
          active,
          () -> {
            warrant.ending();
            closeReceipt();
          },
          now);
    }
    if (stopping) {
      begin(active, succession.stopNote(presence.others(now)), "stopped by request", now);
      return true;
    }
    if (now.nanos() - nextPeersNanos >= 0) {
      nextPeersNanos = now.nanos() + PEERS_NANOS;
      peers = presence.others(now);
      succession
          .successor(peers, active.appender().committed())
          .ifPresent(peer -> begin(active, succession.next(peer), why(peer), now));
      if (succession.lapse(now.nanos())) {
        listener.waiting("no other node was ready to be handed over to");
      }
    }
    return false;
  }

  private static String why(Presence.Peer peer) {
    return "handing over to " + peer.node();
  }

  private void begin(Role.Active active, Note note, String reason, Now now) {
    listener.waiting(reason + ", draining at position " + active.appender().committed());
    departure = new Departure(storage, log, replica, note, reason, now);
  }

  /// The baton is another's, or nobody's; this node follows.
  private void pass(Role.Active active, Departure going, Now now) {
    if (held != null) {
      held.close();
    }
    held = null;
    departure = null;
    warrant.over();
    standing.startAnew();
    become(new Role.Standby(active.epoch(), settings.node()), going.reason());
    show(now, 0);
  }

  private void closeReceipt() {
    if (receipt != null) {
      receipt.close();
    }
    receipt = null;
  }

  private static ExitCode code(LogWriter.End end) {
    return switch (end) {
      case LogWriter.End.Superseded _ -> ExitCode.SUPERSEDED;
      case LogWriter.End.Failed _ -> ExitCode.STORE_FAILED;
      case LogWriter.End.Released _ -> ExitCode.BUG;
    };
  }

  private void fence(ExitCode code, String reason) {
    Role before = role;
    if (before instanceof Role.Active active) {
      active.appender().end(new LogWriter.End.Superseded(reason));
      closeReceipt();
      replica.release(reason);
      active.appender().close();
    }
    warrant.over();
    become(new Role.Fenced(before.epoch(), code, reason), reason);
    giveBack();
  }

  /// The process is about to end and loses all this anyway; but not if it stands still instead, and
  /// others wait.
  private void giveBack() {
    try {
      if (held != null) {
        held.close();
      }
      standing.close();
      unwatch();
      presence.close();
    } catch (StorageException e) {
      listener.waiting("not everything was given back: " + e.getMessage());
    }
  }

  private void become(Role next, String reason) {
    Role before = role;
    Transitions.require(before, next);
    role = next;
    listener.became(before, next, reason);
  }
}
