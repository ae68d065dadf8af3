package io.batonmq.ha;

import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.Heart;
import io.batonmq.log.file.Tenure;
import io.batonmq.seam.HeldLock;
import io.batonmq.seam.LockWatch;
import io.batonmq.seam.Now;
import io.batonmq.seam.Storage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The tenure that a standby observes: its lock, its heart and its note; and whether they are reason to
/// take over.
final class Watched implements AutoCloseable {
  private final Storage storage;
  private final HaSettings settings;
  private final Tenure tenure;
  private final LockWatch lock;
  private @Nullable HeldLock granted;
  private @Nullable Heart heart;
  private long changedNanos;
  private @Nullable Note note;
  private long notedNanos;

  Watched(Storage storage, HaSettings settings, Tenure tenure, Now now, Runnable wake) {
    this.storage = storage;
    this.settings = settings;
    this.tenure = tenure;
    this.lock = storage.watchLock(tenure.lock(), wake);
    this.changedNanos = now.nanos();
  }

  Tenure tenure() {
    return tenure;
  }

  /// Reads the heart.
  void look(FileLog log, Now now) {
    Optional<Heart> read = log.heart(tenure);
    if (read.isPresent() && !read.get().equals(heart)) {
      heart = read.get();
      changedNanos = now.nanos();
    }
  }

  /// Position that the tenure has announced as committed.
  long committed() {
    return heart == null ? 0 : heart.committed();
  }

  /// For how long the heart was not seen to beat, by this node's own clock.
  long silentNanos(Now now) {
    return now.nanos() - changedNanos;
  }

  /// Whether the lock of the tenure was given to this node since it was last asked, which says that its
  /// holder is gone.
  boolean grantedNow() {
    if (granted == null) {
      granted = lock.granted().orElse(null);
      return granted != null;
    }
    return false;
  }

  /// Who handed over to this node, by that node's presence; empty if nobody did.
  String handedOverBy() {
    return note instanceof Note.Next next ? next.from() : "";
  }

  /// Why to take over now, if at all.
  Optional<Receipt.Cause> reason(Presence presence, Now now) {
    grantedNow();
    boolean free = granted != null;
    boolean silent = silentNanos(now) >= settings.stallNanos();
    if (note == null && (free || silent || (heart != null && heart.noted()))) {
      note = Note.read(storage, tenure).orElse(null);
      notedNanos = now.nanos();
    }
    return switch (note) {
      case Note.Next next -> next(next, presence, now);
      case Note.Free _ -> Optional.of(Receipt.Cause.STOPPED);
      case Note.Stopped _ ->
          settings.role() == HaSettings.Configured.PRIMARY
              ? Optional.of(Receipt.Cause.STOPPED)
              : Optional.empty();
      case null -> {
        if (free) {
          yield Optional.of(Receipt.Cause.LOCK_FREE);
        }
        yield silent ? Optional.of(Receipt.Cause.HUNG) : Optional.empty();
      }
    };
  }

  /// Whether the note says that only a primary is to go on, and this node is none.
  boolean waitsForPrimary() {
    return note instanceof Note.Stopped && settings.role() != HaSettings.Configured.PRIMARY;
  }

  private Optional<Receipt.Cause> next(Note.Next next, Presence presence, Now now) {
    if (Presence.same(next.presence(), presence.id())) {
      return Optional.of(Receipt.Cause.HANDED_OVER);
    }
    // One that only holds the lock of its presence may be hung: it is waited for, but not for ever.
    boolean awaited =
        presence
            .alive(next.presence(), now)
            .filter(peer -> peer.fresh() || now.nanos() - notedNanos < settings.stallNanos())
            .isPresent();
    return awaited ? Optional.empty() : Optional.of(Receipt.Cause.STOPPED);
  }

  @Override
  public void close() {
    lock.close();
    if (granted != null) {
      granted.close();
      granted = null;
    }
  }
}
