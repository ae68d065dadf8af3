package io.batonmq.log.file;

import io.batonmq.log.FencedException;
import io.batonmq.log.LogSettings;
import io.batonmq.log.SnapshotRef;
import io.batonmq.seam.Storage;
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

  private StoredFile make(Segment head) {
    Optional<String> ready =
        head.capacity() == settings.segmentBytes() ? spares.take() : Optional.empty();
    String spare = ready.orElseGet(() -> spares.make(head.capacity()));
    StoredFile opened =
        storage
            .open(spare, Storage.Access.WRITE)
            .orElseThrow(() -> new FencedException("somebody removed " + spare));
    opened.write(0, head.encode());
    opened.sync();
    if (!storage.link(spare, tenure.path(Segment.name(head.base())))) {
      opened.close();
      throw new FencedException("a later claimant took the name of the next segment");
    }
    storage.remove(spare);
    storage.syncDirectory(tenure.directory());
    return opened;
  }

  @Override
  public void close() {
    file.close();
  }
}
