package io.batonmq.log.file;

import io.batonmq.log.RecordFormat;
import io.batonmq.log.SnapshotRef;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Walks over the records of one tenure, segment by segment, as far as they are valid.
///
/// What it has once found valid stays valid; where it stops it may be asked again, and reads freshly
/// then. Owned by one lane.
final class Scanner implements AutoCloseable {
  /// Read at once while there is more to come.
  private static final int WINDOW = 256 << 10;

  /// Read at the end of the log, again and again, where mostly nothing is.
  private static final int PROBE = 4 << 10;

  private final Storage storage;
  private final Tenure tenure;
  private long at;
  private long chain;
  private long epoch;
  private long bytesRead;
  private long base;

  private @Nullable StoredFile file;
  private @Nullable Segment segment;
  private boolean fresh;

  private ByteBuffer window = RecordFormat.buffer(WINDOW);
  private long windowStart = -1;
  private int windowLength;
  private int eager = WINDOW;
  private SnapshotRef snapshot = SnapshotRef.NONE;

  private Stop stop = Stop.END;

  /// Why [#next] found no record.
  enum Stop {
    /// Zeros, and no further segment.
    END,
    /// Bytes that are not a valid successor: torn, or damage, as the committed mark tells.
    DAMAGE
  }

  /// @param first segment that holds `from`
  /// @param from position of the first record wanted
  /// @param chain of the record that ends at `from`
  Scanner(Storage storage, Tenure tenure, long first, long from, long chain) {
    this.storage = storage;
    this.tenure = tenure;
    this.at = from;
    this.chain = chain;
    this.base = first;
    open(first);
  }

  /// Position after the newest record found valid.
  long at() {
    return at;
  }

  long chain() {
    return chain;
  }

  Stop stop() {
    return stop;
  }

  /// The newest snapshot that a segment read so far refers to.
  SnapshotRef snapshot() {
    return snapshot;
  }

  long bytesRead() {
    return bytesRead;
  }

  /// Base of the segment that holds the record found last.
  long base() {
    return base;
  }

  /// The next valid record, as a buffer from its first byte to the end of its payload, valid until the
  /// next call; empty where there is none now.
  ///
  /// @param authoritative whether a segment that seems not to exist is looked for at the file server;
  ///     taking its name then, so that nobody makes it any more
  Optional<ByteBuffer> next(boolean authoritative) {
    while (true) {
      Optional<ByteBuffer> record = inSegment();
      if (record.isPresent()) {
        return record;
      }
      // The answer may be old: the handle was opened before the writer went on.
      if (!fresh) {
        open(base);
        continue;
      }
      if (!nextSegment(authoritative)) {
        fresh = false;
        eager = PROBE;
        return Optional.empty();
      }
    }
  }

  private Optional<ByteBuffer> inSegment() {
    if (segment == null || at + RecordFormat.HEADER > segment.limit()) {
      stop = Stop.END;
      return Optional.empty();
    }
    if (!inWindow(RecordFormat.HEADER)) {
      stop = Stop.END;
      return Optional.empty();
    }
    int offset = (int) (at - windowStart);
    switch (RecordFormat.look(window, offset, at)) {
      case END -> {
        stop = Stop.END;
        return Optional.empty();
      }
      case DAMAGE -> {
        stop = Stop.DAMAGE;
        return Optional.empty();
      }
      case HEADER -> {}
    }
    int whole = RecordFormat.HEADER + RecordFormat.payload(window, offset);
    stop = Stop.DAMAGE;
    if (at + whole > segment.limit() || !inWindow(whole)) {
      return Optional.empty();
    }
    offset = (int) (at - windowStart);
    boolean valid =
        RecordFormat.payloadSound(window, offset)
            && RecordFormat.continues(window, offset, chain)
            && RecordFormat.epoch(window, offset) >= epoch
            && RecordFormat.epoch(window, offset) <= tenure.epoch();
    if (!valid) {
      return Optional.empty();
    }
    chain = RecordFormat.chain(window, offset);
    epoch = RecordFormat.epoch(window, offset);
    at += RecordFormat.length(whole - RecordFormat.HEADER);
    eager = WINDOW;
    return Optional.of(window.slice(offset, whole).order(window.order()));
  }

  /// Whether the window holds `length` bytes from `at` on, after reading if need be.
  private boolean inWindow(int length) {
    if (holds(length)) {
      return true;
    }
    if (file == null || segment == null) {
      return false;
    }
    if (window.capacity() < length) {
      window = RecordFormat.buffer(Math.max(length, 2 * window.capacity()));
    }
    window.clear();
    long left = segment.limit() - at;
    window.limit((int) Math.min(Math.min(window.capacity(), left), Math.max(length, eager)));
    windowLength = file.read(at - segment.base() + Segment.HEADER, window);
    windowStart = at;
    bytesRead += windowLength;
    return holds(length);
  }

  private boolean holds(int length) {
    return windowStart >= 0 && at >= windowStart && at + length <= windowStart + windowLength;
  }

  private void open(long base) {
    close();
    windowStart = -1;
    fresh = true;
    Optional<StoredFile> opened =
        storage.open(tenure.path(Segment.name(base)), Storage.Access.READ);
    if (opened.isEmpty()) {
      return;
    }
    Optional<Segment> head = Segment.read(opened.get());
    if (head.isEmpty() || head.get().base() != base || head.get().epoch() != tenure.epoch()) {
      opened.get().close();
      return;
    }
    file = opened.get();
    segment = head.get();
    if (segment.snapshot().position() > snapshot.position()) {
      snapshot = segment.snapshot();
    }
  }

  private boolean nextSegment(boolean authoritative) {
    if (segment != null && segment.base() == at) {
      return false;
    }
    String name = tenure.path(Segment.name(at));
    boolean there = authoritative ? !storage.link(tenure.fence(), name) : storage.exists(name);
    if (!there) {
      return false;
    }
    Segment before = segment;
    StoredFile fileBefore = file;
    file = null;
    segment = null;
    open(at);
    if (segment == null || segment.chain() != chain) {
      close();
      file = fileBefore;
      segment = before;
      windowStart = -1;
      return false;
    }
    base = at;
    if (fileBefore != null) {
      fileBefore.close();
    }
    return true;
  }

  @Override
  public void close() {
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
