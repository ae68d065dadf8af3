package io.batonmq.ha;

import io.batonmq.log.DamagedException;
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
  private static final long QUIESCE_NANOS_MAX = 5_000_000_000L;
  private static final long CAUGHT_UP_BYTES = 8 << 20;
  private static final long PATIENCE_NANOS = 3_000_000_000L;
  private static final long PATIENCE_STALE_NANOS = 90_000_000_000L;

  private final Storage storage;
  private final HaSettings settings;
  private final FileLog log;
  private final Presence presence;
  private final Replica replica;
  private final RoleListener listener;
  private final Runnable wake;

  private volatile Role role = new Role.Standby(0, "");
  private volatile List<Presence.Peer> peers = List.of();
  private volatile long applied;
  private volatile @Nullable String request;
  private volatile boolean stopping;
  private volatile boolean left;

  private @Nullable Follower follower;
  private @Nullable Watched watched;
  private @Nullable HeldLock held;
  private @Nullable HandOver handOver;
  private long damagedSinceNanos = -1;
  private long nextLookNanos;
  private long nextPeersNanos;
  private long nextLockCheckNanos;
  private boolean appeared;
  private boolean due = true;

  /// A hand-over in progress.
  private record HandOver(Note note, long deadlineNanos, String reason) {}

  /// @param wake run on any thread when there is something for [#doWork]
  public Baton(
      Storage storage,
      HaSettings settings,
      FileLog log,
      Presence presence,
      Replica replica,
      RoleListener listener,
      Runnable wake) {
    this.storage = storage;
    this.settings = settings;
    this.log = log;
    this.presence = presence;
    this.replica = replica;
    this.listener = listener;
    this.wake = wake;
  }

  // ---- anyone

  public Role role() {
    return role;
  }

  /// The other nodes that are alive, as seen a moment ago.
  public List<Presence.Peer> peers() {
    return peers;
  }

  /// Position up to which this node has applied the log while it follows.
  public long applied() {
    return applied;
  }

  /// Asks an active node to hand over to another that is present.
  ///
  /// @param presence id of the other, or empty for any
  public void switchover(String presence) {
    request = presence;
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
    try {
      return switch (role) {
        case Role.Standby _, Role.Promoting _ -> stand(now);
        case Role.Active active -> serve(active, now);
        case Role.Fenced _ -> false;
      };
    } catch (StorageException e) {
      if (e.kind() == StorageException.Kind.STALE && role instanceof Role.Standby) {
        damaged(String.valueOf(e.getMessage()), now);
      } else {
        fence(ExitCode.STORE_FAILED, "the store failed: " + e.getMessage());
      }
    } catch (DamagedException e) {
      damaged(String.valueOf(e.getMessage()), now);
    }
    return true;
  }

  private void damaged(String message, Now now) {
    // What seems to be missing may only not be seen yet (names on a network file system are up to a
    // minute old), or was removed between two looks. A standby has promised nothing: it looks
    // again.
    if (damagedSinceNanos < 0) {
      damagedSinceNanos = now.nanos();
      listener.waiting(message);
    }
    long patience = storage.namesMayBeStale() ? PATIENCE_STALE_NANOS : PATIENCE_NANOS;
    if (role instanceof Role.Standby && now.nanos() - damagedSinceNanos < patience) {
      startAnew();
      nextLookNanos = now.nanos() + LOOK_NANOS;
    } else {
      fence(ExitCode.STORE_DAMAGED, message);
    }
  }

  // ---- standby

  private boolean stand(Now now) {
    if (stopping) {
      if (!left) {
        leave();
      }
      return false;
    }
    if (!appeared) {
      log.prepare();
      presence.appear(now);
      appeared = true;
    }
    boolean followed = follow();
    if (followed) {
      damagedSinceNanos = -1;
    }
    presence.update(now, role, applied);
    if (watched != null && watched.granted()) {
      due = true;
    }
    if (due || now.nanos() - nextLookNanos >= 0) {
      due = false;
      nextLookNanos = now.nanos() + LOOK_NANOS;
      look(now);
    }
    return followed;
  }

  private boolean follow() {
    if (follower == null && !openFollower()) {
      return false;
    }
    int handed = follower == null ? 0 : follower.poll(replica);
    applied = follower == null ? 0 : follower.position();
    return handed > 0;
  }

  private boolean openFollower() {
    log.forget();
    if (log.chain().isEmpty()) {
      return false;
    }
    var snapshot = log.newestSnapshot();
    replica.reset();
    if (snapshot.position() > 0) {
      log.snapshots().read(snapshot, replica::restore);
    }
    follower = log.follow(snapshot.position());
    return true;
  }

  private void look(Now now) {
    Optional<Tenure> newest = log.register().newest();
    if (newest.isEmpty()) {
      takeOver(Receipt.Cause.FIRST_START, "", now, 0);
      return;
    }
    Watched watch = watch(newest.get(), now);
    watch.look(log.heart(newest.get()), now);
    if (now.nanos() - nextPeersNanos >= 0) {
      nextPeersNanos = now.nanos() + PEERS_NANOS;
      peers = presence.others(now);
    }
    reason(watch, now)
        .ifPresent(cause -> {
          long silent = now.nanos() - watch.changedNanos();
          takeOver(cause, newest.get().node(), now, silent);
        });
  }

  private Watched watch(Tenure newest, Now now) {
    if (watched == null || !watched.tenure().equals(newest)) {
      if (watched != null) {
        watched.close();
      }
      watched = new Watched(storage, newest, now, wake);
      become(new Role.Standby(newest.epoch(), newest.node()), "following " + newest.node());
    }
    return watched;
  }

  /// Why to take over now, if at all.
  private Optional<Receipt.Cause> reason(Watched watch, Now now) {
    Optional<Note> note = Note.read(storage, watch.tenure());
    if (note.isPresent()) {
      return switch (note.get()) {
        case Note.Next next when next.presence().equals(presence.id()) ->
            Optional.of(Receipt.Cause.HANDED_OVER);
        case Note.Next next when presence.alive(next.presence(), now).isPresent() ->
            Optional.empty();
        case Note.Next _ -> Optional.of(Receipt.Cause.STOPPED);
        case Note.Free _ -> Optional.of(Receipt.Cause.STOPPED);
        case Note.Stopped _ ->
            settings.role() == HaSettings.Configured.PRIMARY
                ? Optional.of(Receipt.Cause.STOPPED)
                : Optional.empty();
      };
    }
    if (watch.granted()) {
      return Optional.of(Receipt.Cause.LOCK_FREE);
    }
    if (now.nanos() - watch.changedNanos() >= settings.stallNanos()) {
      return Optional.of(Receipt.Cause.HUNG);
    }
    return Optional.empty();
  }

  private void takeOver(Receipt.Cause cause, String before, Now now, long silentNanos) {
    long known = role.epoch();
    become(new Role.Promoting(known, cause), cause.name());
    long readBefore = follower == null ? 0 : follower.bytesRead();
    Optional<FileLog.Taken> taken = log.takeOver(Optional.ofNullable(follower), replica);
    if (taken.isEmpty()) {
      startAnew();
      become(new Role.Standby(known, before), "another node was first");
      return;
    }
    Follower finished = follower;
    long read = finished == null ? 0 : finished.bytesRead() - readBefore;
    closeFollower();
    held = taken.get().lock();
    LogWriter writer = taken.get().writer();
    Receipt receipt =
        new Receipt(
            taken.get().tenure().epoch(),
            cause,
            before,
            taken.get().sealed(),
            taken.get().tail(),
            read,
            silentNanos / 1_000_000,
            (listener.nanos() - now.nanos()) / 1_000_000,
            now.wallMillis());
    Role.Active active = new Role.Active(receipt.epoch(), writer, receipt);
    nextLockCheckNanos = now.nanos() + LOCK_CHECK_NANOS;
    become(active, cause.name());
    replica.serve(active);
    presence.update(now, role, writer.committed());
  }

  /// Throws away what was applied and reads again.
  private void startAnew() {
    closeFollower();
    log.forget();
    replica.reset();
  }

  private void closeFollower() {
    if (follower != null) {
      follower.close();
    }
    follower = null;
  }

  private void leave() {
    closeFollower();
    if (watched != null) {
      watched.close();
    }
    watched = null;
    presence.close();
    left = true;
  }

  // ---- active

  private boolean serve(Role.Active active, Now now) {
    Optional<LogWriter.End> end = active.appender().ended();
    if (end.isPresent()) {
      fence(code(end.get()), end.get().reason());
      return true;
    }
    presence.update(now, role, active.appender().committed());
    if (handOver != null) {
      return goOn(active, handOver, now);
    }
    if (stopping) {
      begin(active, stopNote(now), "stopped by request", now);
      return true;
    }
    if (now.nanos() - nextLockCheckNanos >= 0) {
      nextLockCheckNanos = now.nanos() + LOCK_CHECK_NANOS;
      if (held != null && !held.stillHeld()) {
        fence(ExitCode.LOCK_LOST, "the lock of epoch " + active.epoch() + " is lost");
        return true;
      }
    }
    if (now.nanos() - nextPeersNanos >= 0) {
      nextPeersNanos = now.nanos() + PEERS_NANOS;
      peers = presence.others(now);
      successor(active).ifPresent(peer -> begin(active, new Note.Next(peer.id()), why(peer), now));
    }
    return false;
  }

  private static String why(Presence.Peer peer) {
    return "handing over to " + peer.node();
  }

  /// The peer to hand over to, if there is reason to.
  private Optional<Presence.Peer> successor(Role.Active active) {
    String wanted = request;
    boolean failback = settings.role() == HaSettings.Configured.BACKUP && settings.allowFailback();
    for (Presence.Peer peer : peers) {
      boolean ready =
          peer.fresh()
              && peer.role().equals("standby")
              && active.appender().committed() - peer.applied() <= CAUGHT_UP_BYTES;
      boolean asked = wanted != null && (wanted.isEmpty() || wanted.equals(peer.id()));
      boolean due = failback && peer.configured() == HaSettings.Configured.PRIMARY;
      if (ready && (asked || due)) {
        request = null;
        return Optional.of(peer);
      }
    }
    return Optional.empty();
  }

  private Note stopNote(Now now) {
    if (!settings.failoverOnShutdown()) {
      return new Note.Stopped();
    }
    return presence.others(now).stream()
        .filter(peer -> peer.fresh() && peer.role().equals("standby"))
        .findFirst()
        .<Note>map(peer -> new Note.Next(peer.id()))
        .orElseGet(Note.Free::new);
  }

  private void begin(Role.Active active, Note note, String reason, Now now) {
    listener.waiting(reason + ", draining at position " + active.appender().committed());
    handOver = new HandOver(note, now.nanos() + QUIESCE_NANOS_MAX, reason);
    replica.quiesce();
  }

  private boolean goOn(Role.Active active, HandOver going, Now now) {
    if (!replica.quiesced() && now.nanos() - going.deadlineNanos() < 0) {
      return false;
    }
    // From here on nothing is confirmed; what was not confirmed is not lost either, it is in the
    // tail.
    active.appender().end(new LogWriter.End.Released(going.reason()));
    replica.release(going.reason());
    Tenure mine = active.appender().tenure();
    active.appender().close();
    Note.leave(storage, mine, going.note());
    if (held != null) {
      held.close();
    }
    held = null;
    handOver = null;
    watched = null;
    startAnew();
    become(new Role.Standby(active.epoch(), settings.node()), going.reason());
    presence.update(now, role, 0);
    return true;
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
      replica.release(reason);
    }
    become(new Role.Fenced(before.epoch(), code, reason), reason);
  }

  private void become(Role next, String reason) {
    Role before = role;
    Transitions.require(before, next);
    role = next;
    listener.became(before, next, reason);
  }
}
