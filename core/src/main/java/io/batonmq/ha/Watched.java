package io.batonmq.ha;

import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.Heart;
import io.batonmq.log.file.Tenure;
import io.batonmq.seam.HeldLock;
import io.batonmq.seam.LockWatch;
import io.batonmq.seam.Now;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The tenure that a standby observes: its lock, its heart and its note; and whether they are reason to
/// take over.
final class Watched implements AutoCloseable {
  private static final long WATCH_AGAIN_NANOS = 5_000_000_000L;

  private static final LockWatch NO_LOCK =
      new LockWatch() {
        @Override
        public Optional<HeldLock> granted() {
          return Optional.empty();
        }

        @Override
        public void close() {}
      };

  private final Storage storage;
  private final HaSettings settings;
  private final Tenure tenure;
  private final Consumer<String> tell;
  private final Runnable wake;
  private long watchedNanos;
  private boolean told;
  private LockWatch lock;
  private @Nullable HeldLock granted;
  private @Nullable Heart heart;
  private long changedNanos;
  private @Nullable Note note;
  private long notedNanos;
  private boolean alone;

  /// @param tell is told, once, if the lock can not be waited for
  Watched(
      Storage storage,
      HaSettings settings,
      Tenure tenure,
      Now now,
      Runnable wake,
      Consumer<String> tell) {
    this.storage = storage;
    this.settings = settings;
    this.tenure = tenure;
    this.tell = tell;
    this.wake = wake;
    this.lock = watch();
    this.watchedNanos = now.nanos();
    this.changedNanos = now.nanos();
  }

  /// Without its lock file, which people and backups leave out, a tenure is judged by its heart and its note
  /// alone: a lock decides when to try, never who is right.
  private LockWatch watch() {
    try {
      return storage.watchLock(tenure.lock(), wake);
    } catch (StorageException e) {
      return withoutLock(e);
    }
  }

  private LockWatch withoutLock(StorageException e) {
    if (!told) {
      told = true;
      tell.accept(
          "the lock of epoch "
              + tenure.epoch()
              + " can not be waited for, its heart alone is watched: "
              + e.getMessage());
    }
    return NO_LOCK;
  }

  Tenure tenure() {
    return tenure;
  }

  /// Reads the heart; asks for the lock again where that has failed.
  void look(FileLog log, Now now) {
    if (lock.equals(NO_LOCK) && now.nanos() - watchedNanos >= WATCH_AGAIN_NANOS) {
      watchedNanos = now.nanos();
      lock = watch();
    }
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
      try {
        granted = lock.granted().orElse(null);
      } catch (StorageException e) {
        // Such as a lock server that does not answer.
        lock.close();
        lock = withoutLock(e);
      }
      return granted != null;
    }
    return false;
  }

  /// Who handed over to this node, by that node's presence; empty if nobody did.
  String handedOverBy() {
    return note instanceof Note.Next next ? next.from() : "";
  }

  /// Why to take over now, if at all.
  ///
  /// @param sole whether nobody else can
  Optional<Receipt.Cause> reason(Presence presence, boolean sole, Now now) {
    alone = sole;
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
      case Note.Stopped _ -> mayEndStop() ? Optional.of(Receipt.Cause.STOPPED) : Optional.empty();
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
    return note instanceof Note.Stopped && !mayEndStop();
  }

  private boolean mayEndStop() {
    return alone || settings.role() == HaSettings.Configured.PRIMARY;
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
