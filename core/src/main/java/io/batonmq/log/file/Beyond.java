package io.batonmq.log.file;

import io.batonmq.log.RecordFormat;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Looks behind the place where the valid records of a tenure end, for signs that what should stand there
/// was committed.
///
/// A record that cannot be read is a torn tail if it was never committed, and a loss if it was; the
/// record itself does not tell. What was written after it does: a heart that announced more, a segment
/// that was begun later (all before it was on stable storage by then), a later record whose committed
/// mark lies above; and a segment that is shorter than it was made tells that somebody cut it. Without this a single flipped bit would cut off everything behind it in silence.
///
/// What can not be told from a torn tail is damage to records so new that nothing was written after
/// they were committed, not even the heart.
final class Beyond {
  /// Looked through where there are zeros; a page that never reached its place is smaller.
  private static final int ZEROS_MAX = 256 << 10;

  private static final int WINDOW = 256 << 10;

  private Beyond() {}

  /// A sentence about what was found; empty if there is no sign.
  static Optional<String> sign(Storage storage, Tenure tenure, Scanner ended) {
    long at = ended.at();
    Optional<String> found = heart(storage, tenure, at);
    if (found.isEmpty()) {
      found = laterSegment(storage, tenure, ended);
    }
    if (found.isEmpty()) {
      found = laterRecord(storage, tenure, ended);
    }
    return found.isEmpty() ? cutShort(storage, tenure, ended) : found;
  }

  /// A segment has its whole length on stable storage before it has its name: no crash makes it shorter.
  private static Optional<String> cutShort(Storage storage, Tenure tenure, Scanner ended) {
    Optional<Segment.Opened> opened = Segment.open(storage, tenure, ended.base());
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (Segment.Opened segment = opened.get()) {
      long length = segment.file().size();
      long whole = (long) Segment.HEADER + segment.head().capacity();
      return length < whole
          ? Optional.of(
              "%s was cut off at %d of %d bytes"
                  .formatted(Segment.name(ended.base()), length, whole))
          : Optional.empty();
    }
  }

  private static Optional<String> heart(Storage storage, Tenure tenure, long at) {
    return Heart.read(storage, tenure)
        .filter(heart -> heart.committed() > at)
        .map(heart -> "the heart announced position " + heart.committed() + " as committed");
  }

  private static Optional<String> laterSegment(Storage storage, Tenure tenure, Scanner ended) {
    for (String name : storage.list(tenure.directory())) {
      Optional<Long> base = Segment.base(name).filter(found -> found >= ended.at());
      if (base.isEmpty() || base.get() == ended.base()) {
        continue;
      }
      switch (standing(storage, tenure, base.get())) {
        case SEGMENT -> {
          return Optional.of(name + " was begun later");
        }
        case DAMAGED -> {
          return Optional.of(name + ", begun later, has a damaged head");
        }
        case STUB, NONE -> {}
      }
    }
    return Optional.empty();
  }

  private static Segment.Standing standing(Storage storage, Tenure tenure, long base) {
    try {
      return Segment.standing(storage, tenure, base);
    } catch (StorageException e) {
      if (e.kind() == StorageException.Kind.STALE) {
        return Segment.Standing.NONE;
      }
      throw e;
    }
  }

  private static Optional<String> laterRecord(Storage storage, Tenure tenure, Scanner ended) {
    Optional<Segment.Opened> opened = Segment.open(storage, tenure, ended.base());
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (var file = opened.get().file()) {
      Segment head = opened.get().head();
      long limit =
          ended.stop() == Scanner.Stop.DAMAGE
              ? head.limit()
              : Math.min(head.limit(), ended.at() + ZEROS_MAX);
      ByteBuffer window = RecordFormat.buffer(WINDOW);
      long from = ended.at();
      while (from + RecordFormat.HEADER <= limit) {
        window.clear().limit((int) Math.min(WINDOW, limit - from));
        int length = file.read(from - head.base() + Segment.HEADER, window);
        long mark = markAbove(window, length, from, ended.at(), tenure.epoch());
        if (mark > 0) {
          return Optional.of("a later record says that position " + mark + " was committed");
        }
        if (length < WINDOW) {
          break;
        }
        from += length - RecordFormat.HEADER;
      }
      return Optional.empty();
    }
  }

  /// A committed mark above `at` in any record header of the window; 0 if there is none.
  private static long markAbove(ByteBuffer window, int length, long from, long at, long epoch) {
    for (int offset = 0; offset + RecordFormat.HEADER <= length; offset += 8) {
      // Cheap to rule out: the position must be the one where it stands.
      if (RecordFormat.position(window, offset) == from + offset
          && RecordFormat.look(window, offset, from + offset) == RecordFormat.Found.HEADER
          && RecordFormat.epoch(window, offset) <= epoch
          && RecordFormat.committed(window, offset) > at) {
        return RecordFormat.committed(window, offset);
      }
    }
    return 0;
  }
}
