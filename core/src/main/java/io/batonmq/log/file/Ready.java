package io.batonmq.log.file;

import io.batonmq.log.LogSettings;
import io.batonmq.seam.HeldLock;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StoredFile;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a standby keeps ready for the tenure that it may have to begin: a segment of zeros and a little
/// room beside it, made while there is space. On a full disk it can take over with these, and it takes
/// over quicker everywhere. Used by the lane that follows the log.
///
/// The files are locked while their maker lives; who finds them unlocked removes them. Only the maker ever
/// gives the segment another name, once, so that it is never in two tenures.
final class Ready {
  private static final String DIRECTORY = "ready";
  private static final String SEGMENT = "segment-";
  private static final String ROOM = "room-";

  /// For a fence, a heart, a lock, a manifest and an entry of the register.
  private static final int ROOM_BYTES = 64 << 10;

  /// So much is left to the node that serves, in segments beyond its spares.
  private static final int LEFT = 2;

  private final Storage storage;
  private final LogSettings settings;
  private final Supplier<String> unique;
  private @Nullable String id;
  private @Nullable HeldLock lock;

  Ready(Storage storage, LogSettings settings, Supplier<String> unique) {
    this.storage = storage;
    this.settings = settings;
    this.unique = unique;
  }

  /// Makes them unless they are there or there is no space; answers whether they are there.
  boolean make() {
    if (id != null) {
      return true;
    }
    try {
      storage.makeDirectory(DIRECTORY);
      clear();
      long wanted = (long) (settings.sparesMin() + LEFT) * settings.segmentBytes();
      if (storage.usableBytes() >= wanted) {
        make(unique.get());
      }
    } catch (StorageException _) {
      // Nothing depends on it: a claimant without it makes its own, where there is room.
      giveUp();
    }
    return id != null;
  }

  private void make(String mine) {
    id = mine;
    if (zeros(SEGMENT + mine, (long) settings.segmentBytes() + Segment.HEADER)) {
      lock = storage.tryLock(path(SEGMENT + mine)).orElse(null);
    }
    if (lock == null || !zeros(ROOM + mine, ROOM_BYTES)) {
      giveUp();
    }
  }

  private boolean zeros(String name, long bytes) {
    Optional<StoredFile> created = storage.createExclusive(path(name));
    if (created.isEmpty()) {
      return false;
    }
    try (StoredFile file = created.get()) {
      file.zero(0, bytes);
      file.sync();
    }
    return true;
  }

  /// Removes what was left by nodes that are gone.
  private void clear() {
    for (String name : storage.list(DIRECTORY)) {
      if (name.startsWith(SEGMENT)) {
        Optional<HeldLock> free = storage.tryLock(path(name));
        if (free.isPresent()) {
          storage.remove(path(name));
          storage.remove(path(ROOM + name.substring(SEGMENT.length())));
          free.get().close();
        }
      } else if (name.startsWith(ROOM)
          && !storage.exists(path(SEGMENT + name.substring(ROOM.length())))) {
        storage.remove(path(name));
      }
    }
  }

  /// Gives the segment another name for good; false if there is none. Not durable before the directories
  /// are synced.
  boolean takeAs(String name) {
    if (id == null) {
      return false;
    }
    boolean taken;
    try {
      taken = storage.link(path(SEGMENT + id), name);
    } catch (StorageException e) {
      // Another held this node for dead and cleared it away.
      if (e.kind() != StorageException.Kind.MISSING && e.kind() != StorageException.Kind.STALE) {
        throw e;
      }
      taken = false;
    }
    giveUp();
    return taken;
  }

  /// Makes room for the small files of a claim.
  void giveRoom() {
    if (id != null) {
      storage.remove(path(ROOM + id));
    }
  }

  /// Removes the files.
  void giveUp() {
    String mine = id;
    HeldLock held = lock;
    id = null;
    lock = null;
    try {
      if (mine != null) {
        storage.remove(path(SEGMENT + mine));
        storage.remove(path(ROOM + mine));
      }
    } catch (StorageException _) {
      // The next one that looks clears them away, which it can once they are not locked.
    } finally {
      if (held != null) {
        held.close();
      }
    }
  }

  private static String path(String name) {
    return DIRECTORY + "/" + name;
  }
}
