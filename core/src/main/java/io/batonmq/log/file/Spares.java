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
  private static final String PREFIX = "spare-";

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

  /// Whether more messages may come. What is on its way already (three batches, each at most half a
  /// segment) and the acknowledgements after it must find a segment without asking the disk.
  boolean plenty() {
    return !full && count.get() >= Math.max(1, settings.sparesMin() - 1);
  }

  Optional<String> take() {
    Optional<String> spare = Optional.ofNullable(ready.poll());
    spare.ifPresent(_ -> count.decrementAndGet());
    return spare;
  }

  /// Makes one ready, of the usual size.
  void makeReady() {
    ready.add(make(settings.segmentBytes()));
    count.incrementAndGet();
  }

  /// Takes over the segment that a standby has kept ready, or makes one.
  void takeReady(Ready kept) {
    String path = tenure.path(PREFIX + number.incrementAndGet());
    if (kept.takeAs(path)) {
      ready.add(path);
      count.incrementAndGet();
    } else {
      makeReady();
    }
  }

  /// Makes a file of zeros and answers its path.
  String make(int capacity) {
    String path = tenure.path(PREFIX + number.incrementAndGet());
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
    if (storage.usableBytes() < settings.segmentBytes() + settings.segmentBytes() / 4) {
      // Not to the last byte: manifests, notes and presence need a little, and a file that does not
      // fit would be written and removed again for as long as the disk is full.
      full = true;
      return false;
    }
    try {
      makeReady();
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

  /// Removes the spares of a tenure that is over.
  static void remove(Storage storage, Tenure over) {
    for (String name : storage.list(over.directory())) {
      if (name.startsWith(PREFIX)) {
        storage.remove(over.path(name));
      }
    }
  }
}
