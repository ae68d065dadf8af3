package io.batonmq.log.file;

import java.nio.ByteBuffer;
import java.util.Optional;

/// A file that holds records of one segment: the segment as it was written, or a [Rewritten] one. Its name is
/// never used again.
///
/// @param epoch of the tenure in whose directory it stands
/// @param base position at which the segment begins
/// @param generation 0 for the segment itself, otherwise a number that the tenure gave its rewriting
public record SegmentFile(long epoch, long base, int generation) {
  /// Bytes that it takes in a record that names it: epoch (8), base (8), generation (4).
  static final int BYTES = 20;

  private static final String REWRITTEN = "sparse-";

  /// Of a rewritten segment that no committed record has named: it counts for nothing.
  private static final String UNNAMED = "rewriting-";

  private static final int DIGITS = 16;

  /// Its name in the directory of its tenure.
  String name() {
    return generation == 0 ? Segment.name(base) : numbered(REWRITTEN);
  }

  /// The name of a rewritten segment before a committed record has named it.
  String unnamed() {
    return numbered(UNNAMED);
  }

  private String numbered(String prefix) {
    return prefix + String.format("%016x-%d", base, generation);
  }

  static boolean isUnnamed(String name) {
    return name.startsWith(UNNAMED);
  }

  /// The rewritten segment that has a name; empty for other names.
  static Optional<SegmentFile> rewritten(Tenure tenure, String name) {
    int digits = REWRITTEN.length() + DIGITS;
    if (!name.startsWith(REWRITTEN) || name.length() < digits + 2 || name.charAt(digits) != '-') {
      return Optional.empty();
    }
    try {
      long base = Long.parseUnsignedLong(name.substring(REWRITTEN.length(), digits), 16);
      int generation = Integer.parseInt(name.substring(digits + 1));
      SegmentFile file = new SegmentFile(tenure.epoch(), base, generation);
      return Optional.of(file).filter(found -> generation > 0 && found.name().equals(name));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  void write(ByteBuffer to) {
    to.putLong(epoch).putLong(base).putInt(generation);
  }

  static SegmentFile read(ByteBuffer from) {
    return new SegmentFile(from.getLong(), from.getLong(), from.getInt());
  }
}
