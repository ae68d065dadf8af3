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
  private long sure;

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
    DAMAGE,
    /// The segment is not there any more: it was dropped. Or not yet, as far as this node can see.
    GONE
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

  /// Says that this tenure has all segments that begin below a position, so that they may be looked for.
  void sureUpTo(long position) {
    sure = position;
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

  /// Base of the segment that holds the record found last, or of one after it.
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
      if (stop != Stop.END || !nextSegment(authoritative)) {
        fresh = false;
        eager = PROBE;
        return Optional.empty();
      }
    }
  }

  private Optional<ByteBuffer> inSegment() {
    if (segment == null) {
      stop = Stop.GONE;
      return Optional.empty();
    }
    if (at + RecordFormat.HEADER > segment.limit()) {
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

  private void open(long wanted) {
    close();
    Optional<Segment.Opened> opened = Segment.open(storage, tenure, wanted);
    fresh = true;
    opened.ifPresent(this::use);
  }

  private void use(Segment.Opened opened) {
    file = opened.file();
    segment = opened.head();
    base = opened.head().base();
    windowStart = -1;
    if (opened.head().snapshot().position() > snapshot.position()) {
      snapshot = opened.head().snapshot();
    }
  }

  private boolean nextSegment(boolean authoritative) {
    if (base == at || !isNamed(authoritative)) {
      return false;
    }
    Optional<Segment.Opened> next = Segment.open(storage, tenure, at);
    if (next.isPresent() && next.get().head().chain() != chain) {
      next.get().file().close();
      return false;
    }
    if (next.isEmpty()) {
      return false;
    }
    close();
    use(next.get());
    return true;
  }

  private boolean isNamed(boolean authoritative) {
    String name = tenure.path(Segment.name(at));
    if (authoritative) {
      return !storage.link(tenure.fence(), name);
    }
    if (!storage.namesMayBeStale()) {
      return storage.exists(name);
    }
    return at < sure || Heart.read(storage, tenure).orElse(Heart.NONE).newestSegment() >= at;
  }

  @Override
  public void close() {
    if (file != null) {
      file.close();
    }
    file = null;
    segment = null;
    windowStart = -1;
  }
}
