package io.batonmq.log.file;

import io.batonmq.log.LogSettings;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StoredFile;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Segments made of zeros ahead of time, so that a record's write changes no metadata, and so that some
/// room is left when the disk is full.
///
/// [#take] and [#make] are called by the log's lane, [#doWork] by the housekeeping lane and, where that is
/// busy with something else, by the log's; the others by anyone.
final class Spares {
  private static final String PREFIX = "spare-";

  private final Storage storage;
  private final Tenure tenure;
  private final LogSettings settings;
  private final ConcurrentLinkedQueue<String> ready = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong number = new AtomicLong();
  private final AtomicBoolean making = new AtomicBoolean();
  private volatile boolean full;
  private volatile Runnable wanted = () -> {};

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

  /// Whether the disk had no room for another one when that was last tried.
  boolean full() {
    return full;
  }

  /// Segments that are ready.
  int kept() {
    return count.get();
  }

  /// Tells whom to wake when one is missing.
  void wakes(Runnable housekeeping) {
    wanted = housekeeping;
  }

  Optional<String> take() {
    Optional<String> spare = Optional.ofNullable(ready.poll());
    spare.ifPresent(_ -> count.decrementAndGet());
    // Not at the next look only, 200 ms later: 40 MB a second use up all of them before.
    wanted.run();
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

  /// Makes one spare if one is missing and nobody is about it; answers whether it did.
  boolean doWork() {
    if (count.get() >= settings.sparesMin() || !making.compareAndSet(false, true)) {
      return false;
    }
    try {
      return makeMissing();
    } finally {
      making.set(false);
    }
  }

  private boolean makeMissing() {
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
