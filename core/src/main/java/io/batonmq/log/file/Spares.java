package io.batonmq.log.file;

import io.batonmq.log.LogSettings;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StoredFile;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Segments made of zeros ahead of time, so that a record's write changes no metadata, and so that some
/// room is left when the disk is full.
///
/// [#take] and [#make] are called by the log's lane, [#doWork] by the housekeeping lane, [#plenty] by
/// anyone.
final class Spares {
  private final Storage storage;
  private final Tenure tenure;
  private final LogSettings settings;
  private final ConcurrentLinkedQueue<String> ready = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong number = new AtomicLong();
  private volatile boolean full;

  Spares(Storage storage, Tenure tenure, LogSettings settings) {
    this.storage = storage;
    this.tenure = tenure;
    this.settings = settings;
  }

  /// Whether more messages may come: the last attempt to make a spare found room.
  boolean plenty() {
    return !full;
  }

  Optional<String> take() {
    Optional<String> spare = Optional.ofNullable(ready.poll());
    spare.ifPresent(_ -> count.decrementAndGet());
    return spare;
  }

  /// Makes a file of zeros and answers its path.
  String make(int capacity) {
    String path = tenure.path("spare-" + number.incrementAndGet());
    StoredFile file =
        storage
            .createExclusive(path)
            .orElseThrow(() -> new IllegalStateException("somebody else made " + path));
    try (file) {
      file.zero(0, (long) capacity + Segment.HEADER);
      file.sync();
    } catch (StorageException e) {
      storage.remove(path);
      throw e;
    }
    return path;
  }

  /// Makes one spare if one is missing; answers whether it did.
  boolean doWork() {
    if (count.get() >= settings.sparesMin()) {
      return false;
    }
    try {
      ready.add(make(settings.segmentBytes()));
      count.incrementAndGet();
      full = false;
      return true;
    } catch (StorageException e) {
      if (e.kind() != StorageException.Kind.NO_SPACE) {
        throw e;
      }
      // What is left of the current segment and the spares already made are for acknowledgements.
      full = true;
      return false;
    }
  }
}
