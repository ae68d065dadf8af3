package io.batonmq.log.file;

import io.batonmq.log.FencedException;
import io.batonmq.log.LogSettings;
import io.batonmq.log.SnapshotRef;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Makes the segments of one tenure and writes to the newest. Used by the log's lane alone.
///
/// A segment gets its name only when it is whole: zeros and head are on stable storage before. So a name
/// that cannot be made says that a later claimant took it to stop this tenure.
final class SegmentWriter implements AutoCloseable {
  private final Storage storage;
  private final Tenure tenure;
  private final LogSettings settings;
  private final Spares spares;
  private Segment segment;
  private StoredFile file;
  private boolean dirty;

  /// Makes the first segment.
  SegmentWriter(
      Storage storage, Tenure tenure, LogSettings settings, Spares spares, Segment first) {
    this.storage = storage;
    this.tenure = tenure;
    this.settings = settings;
    this.spares = spares;
    this.segment = first;
    this.file = make(first);
  }

  long limit() {
    return segment.limit();
  }

  /// Writes records that belong to the current segment.
  void write(long position, ByteBuffer records) {
    file.write(position - segment.base() + Segment.HEADER, records);
    dirty = true;
  }

  /// Ends the current segment and goes on in a new one.
  void next(long base, int capacity, long chain, SnapshotRef snapshot) {
    sync();
    file.close();
    segment = new Segment(base, capacity, tenure.epoch(), chain, snapshot);
    file = make(segment);
  }

  /// Returns when all that was written is on stable storage.
  void sync() {
    if (dirty && settings.sync()) {
      file.sync();
    }
    dirty = false;
  }

  /// The base of the current segment, which has its name.
  long base() {
    return segment.base();
  }

  private StoredFile make(Segment head) {
    Optional<String> ready =
        head.capacity() == settings.segmentBytes() ? spares.take() : Optional.empty();
    String spare = ready.orElseGet(() -> spares.make(head.capacity()));
    StoredFile opened = storage.open(spare, Storage.Access.WRITE).orElseThrow(() -> removed(spare));
    boolean made = false;
    try {
      opened.write(0, head.encode());
      opened.sync();
      if (!storage.link(spare, tenure.path(Segment.name(head.base())))) {
        throw new FencedException("a later claimant took the name of the next segment");
      }
      storage.remove(spare);
      storage.syncDirectory(tenure.directory());
      made = true;
      return opened;
    } catch (StorageException e) {
      // A claimant in need of space removes the spares of those before it.
      if (e.kind() == StorageException.Kind.MISSING) {
        throw removed(spare);
      }
      throw e;
    } finally {
      if (!made) {
        opened.close();
      }
    }
  }

  private static FencedException removed(String spare) {
    return new FencedException("a later claimant removed " + spare);
  }

  @Override
  public void close() {
    file.close();
  }
}
