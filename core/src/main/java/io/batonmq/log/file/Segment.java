package io.batonmq.log.file;

import io.batonmq.log.RecordFormat;
import io.batonmq.log.SnapshotRef;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The head of a segment file. The record at position `p` stands at offset `p - base + [#HEADER]`; the
/// rest of the file is zeros. Numbers are big-endian.
///
/// | offset | bytes | field |
/// |-------:|------:|-------|
/// | 0 | 8 | `BATONLOG` |
/// | 8 | 4 | version of this format, 1 |
/// | 12 | 4 | capacity: bytes for records |
/// | 16 | 8 | base: position of the first record |
/// | 24 | 8 | epoch of the tenure |
/// | 32 | 8 | chain of the record that ends at base |
/// | 40 | 8 | position of the newest snapshot that was committed when the segment was begun |
/// | 48 | 4 | its checksum |
/// | 52 | 4 | length `n` of its name, 0 to 200 |
/// | 56 | 200 | its name, UTF-8, then zeros |
/// | 256 | 4 | CRC32C of bytes 0 to 255 |
/// | 260 | 3836 | zeros, so that records begin at a block's edge |
public record Segment(long base, int capacity, long epoch, long chain, SnapshotRef snapshot) {
  public static final int HEADER = 4096;
  private static final long MAGIC = 0x4241544f4e4c4f47L;
  private static final int VERSION = 1;
  private static final int NAME_MAX = 200;
  private static final int CRC_AT = 256;
  private static final String PREFIX = "segment-";

  /// The position at which the segment is full.
  public long limit() {
    return base + capacity;
  }

  static String name(long base) {
    return PREFIX + String.format("%016x", base);
  }

  /// The base in a segment's name; empty for other names.
  static Optional<Long> base(String name) {
    if (!name.startsWith(PREFIX) || name.length() != PREFIX.length() + 16) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseUnsignedLong(name.substring(PREFIX.length()), 16));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /// A segment that is open for reading.
  record Opened(Segment head, StoredFile file) implements Records {
    @Override
    public Optional<ByteBuffer> record(long position) {
      long offset = position - head.base + HEADER;
      ByteBuffer first = RecordFormat.buffer(RecordFormat.HEADER);
      if (file.read(offset, first) < RecordFormat.HEADER
          || RecordFormat.look(first, 0, position) != RecordFormat.Found.HEADER) {
        return Optional.empty();
      }
      int payload = RecordFormat.payload(first, 0);
      if (position + RecordFormat.HEADER + payload > head.limit()) {
        return Optional.empty();
      }
      ByteBuffer whole = ByteBuffer.allocate(RecordFormat.HEADER + payload);
      if (file.read(offset, whole) < whole.capacity() || !RecordFormat.payloadSound(whole, 0)) {
        return Optional.empty();
      }
      return Optional.of(whole.flip());
    }

    @Override
    public void close() {
      file.close();
    }
  }

  /// Opens a segment freshly; empty if there is none of that name (a hint), or if what has the name is
  /// not a segment of this tenure but a stub that a claimant left to stop it.
  static Optional<Opened> open(Storage storage, Tenure tenure, long base) {
    Optional<StoredFile> found = storage.open(tenure.path(name(base)), Storage.Access.READ);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    StoredFile file = found.get();
    boolean kept = false;
    try {
      Optional<Opened> opened =
          read(file)
              .filter(head -> head.base == base && head.epoch == tenure.epoch())
              .map(head -> new Opened(head, file));
      kept = opened.isPresent();
      return opened;
    } finally {
      if (!kept) {
        file.close();
      }
    }
  }

  /// What a name of a segment stands for.
  enum Standing {
    /// Nothing.
    NONE,
    /// A segment of this tenure.
    SEGMENT,
    /// The fence under another name, by which a claimant has stopped the tenure.
    STUB,
    /// What was a segment: it had its head before it had its name.
    DAMAGED
  }

  static Standing standing(Storage storage, Tenure tenure, long base) {
    Optional<StoredFile> found = storage.open(tenure.path(name(base)), Storage.Access.READ);
    if (found.isEmpty()) {
      return Standing.NONE;
    }
    try (StoredFile file = found.get()) {
      if (read(file)
          .filter(head -> head.base == base && head.epoch == tenure.epoch())
          .isPresent()) {
        return Standing.SEGMENT;
      }
      ByteBuffer first = ByteBuffer.allocate(8);
      boolean raised = file.read(0, first) == 8 && first.getLong(0) != 0;
      return raised && first.getLong(0) != MAGIC && file.size() <= HEADER
          ? Standing.STUB
          : Standing.DAMAGED;
    }
  }

  /// The head of a segment; empty as for [#open].
  static Optional<Segment> head(Storage storage, Tenure tenure, long base) {
    Optional<Opened> opened = open(storage, tenure, base);
    opened.ifPresent(segment -> segment.file.close());
    return opened.map(Opened::head);
  }

  ByteBuffer encode() {
    ByteBuffer head = RecordFormat.buffer(HEADER);
    byte[] name = snapshot.name().getBytes(StandardCharsets.UTF_8);
    head.putLong(0, MAGIC).putInt(8, VERSION).putInt(12, capacity).putLong(16, base);
    head.putLong(24, epoch).putLong(32, chain).putLong(40, snapshot.position());
    head.putInt(48, snapshot.checksum()).putInt(52, name.length).put(56, name);
    head.putInt(CRC_AT, RecordFormat.crc(head, 0, CRC_AT));
    return head;
  }

  /// Reads the head of a file; empty if it is not one (a segment that was being made, or a name that was
  /// taken so that nobody makes one).
  private static Optional<Segment> read(StoredFile file) {
    ByteBuffer head = RecordFormat.buffer(HEADER);
    if (file.read(0, head) < HEADER) {
      return Optional.empty();
    }
    return decode(head.order(ByteOrder.BIG_ENDIAN));
  }

  static Optional<Segment> decode(ByteBuffer head) {
    int name = head.getInt(52);
    boolean sound =
        head.getLong(0) == MAGIC
            && head.getInt(8) == VERSION
            && head.getInt(CRC_AT) == RecordFormat.crc(head, 0, CRC_AT)
            && name >= 0
            && name <= NAME_MAX;
    if (!sound) {
      return Optional.empty();
    }
    byte[] text = new byte[name];
    head.get(56, text);
    SnapshotRef snapshot =
        new SnapshotRef(
            head.getLong(40), new String(text, StandardCharsets.UTF_8), head.getInt(48));
    return Optional.of(
        new Segment(
            head.getLong(16), head.getInt(12), head.getLong(24), head.getLong(32), snapshot));
  }
}
