package io.batonmq.ha;

import io.batonmq.log.DamagedException;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.Follower;
import io.batonmq.seam.Now;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A standby's reading of the log: hands what is committed to the replica, and begins anew from the newest
/// snapshot where it cannot read on.
///
/// What cannot be read may be damaged; it may also have been dropped because a snapshot lies above it, or
/// not be seen yet (names on a network file system are up to a minute old). A standby has promised
/// nothing, so it looks again for a while before it says that the store is damaged.
final class Standing implements AutoCloseable {
  private static final long STUCK_NANOS = 3_000_000_000L;
  private static final long PATIENCE_NANOS = 10_000_000_000L;
  private static final long PATIENCE_STALE_NANOS = 90_000_000_000L;
  private static final long READY_NANOS = 5_000_000_000L;
  private static final int LOOKS_MIN = 5;

  private final FileLog log;
  private final Replica replica;
  private final boolean namesMayBeStale;

  private @Nullable Follower follower;
  private boolean caughtUp;
  private boolean moving;
  private long movedNanos;
  private long nextReadyNanos;
  private volatile long applied;
  private volatile long committed;

  private int damages;
  private long damagedSinceNanos;
  private long damagedAt;

  Standing(FileLog log, Replica replica, boolean namesMayBeStale) {
    this.log = log;
    this.replica = replica;
    this.namesMayBeStale = namesMayBeStale;
  }

  /// Position up to which the replica has the log. Anyone may ask.
  long applied() {
    return applied;
  }

  /// Position that is known to be committed, at least; anyone may ask.
  long committed() {
    return Math.max(committed, applied);
  }

  /// Whether the last look found nothing new. A node that has not read everything does not take over:
  /// with the log fenced nobody would serve for as long as it reads.
  boolean caughtUp() {
    return caughtUp;
  }

  /// Whether the last look found something, so that there may be more at once.
  boolean mayHaveMore() {
    return moving;
  }

  Optional<Follower> follower() {
    return Optional.ofNullable(follower);
  }

  /// Bytes read from segments so far.
  long bytesRead() {
    return follower == null ? 0 : follower.bytesRead();
  }

  /// Reads on; answers whether there may be more at once.
  ///
  /// @param announced position that the tenure observed has announced as committed
  boolean read(long announced, Now now) {
    committed = announced;
    if (follower == null && !open(now)) {
      caughtUp = true;
      return false;
    }
    Follower in = follower;
    moving = false;
    boolean more = in != null && in.poll(replica) > 0;
    caughtUp = !more;
    moving = more;
    long reached = in == null ? 0 : in.appliedUpTo();
    if (caughtUp && now.nanos() - nextReadyNanos >= 0) {
      log.keepReady();
      nextReadyNanos = now.nanos() + READY_NANOS;
    }
    // The newest record of a silent log is a mark that no later record covers: read, never handed
    // out.
    long read = in == null ? 0 : in.readUpTo();
    if (reached != applied || read >= announced) {
      movedNanos = now.nanos();
      applied = reached;
      if (reached > damagedAt) {
        damages = 0;
      }
    } else if (now.nanos() - movedNanos >= STUCK_NANOS) {
      movedNanos = now.nanos();
      throw new DamagedException(
          "the log can not be read on at position "
              + reached
              + " although position "
              + announced
              + " is committed");
    }
    return more;
  }

  private boolean open(Now now) {
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
    movedNanos = now.nanos();
    nextReadyNanos = now.nanos();
    return true;
  }

  /// Something could not be read. Throws away what was applied, to begin anew; answers whether it is
  /// worth it.
  boolean mayLookAgain(Now now) {
    if (damages == 0) {
      damagedSinceNanos = now.nanos();
    }
    damages++;
    damagedAt = Math.max(damages == 1 ? 0 : damagedAt, applied);
    startAnew();
    long patience = namesMayBeStale ? PATIENCE_STALE_NANOS : PATIENCE_NANOS;
    return damages < LOOKS_MIN || now.nanos() - damagedSinceNanos < patience;
  }

  /// Throws away what was applied and reads again.
  void startAnew() {
    close();
    log.forget();
    replica.reset();
  }

  @Override
  public void close() {
    if (follower != null) {
      follower.close();
    }
    follower = null;
    applied = 0;
    caughtUp = false;
    moving = false;
  }
}
