package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.log.RecordFormat;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/// A segment of which only the records are left that somebody needed: whole, as they were written, each still
/// known by its position. The file is complete before it has a name, and never changes. Numbers are
/// big-endian.
///
/// | offset | bytes | field |
/// |-------:|------:|-------|
/// | 0 | 8 | `BATONSPR` |
/// | 8 | 4 | version of this format, 1 |
/// | 12 | 4 | number of records `n`, 1 to 16384 |
/// | 16 | 8 | base: position at which the segment began |
/// | 24 | 8 | limit: position at which the next one began |
/// | 32 | 8 | epoch of the tenure that wrote this file |
/// | 40 | 4 | generation, as in the name |
/// | 44 | 4 | CRC32C of bytes 0 to 43 and of the index |
/// | 48 | 16 n | index, positions ascending: position of a record (8), its offset in this file (4), the checksum of its header (4) |
/// | 48 + 16 n | | the records, one after the other, each with its padding; see [RecordFormat] |
///
/// The checksum of a header covers that of the payload, so that the one at offset 44 stands for all that the
/// file holds: it is what the log names. The chain of a record can not be looked at any more; that it was
/// sound was seen before. A position below the limit that is not in the index was dead.
///
/// A reader that meets a version that it does not know calls the file damaged and goes no further.
record Rewritten(SegmentFile file, long limit, Index index, int checksum) {
  static final int HEADER = 48;
  static final int ENTRY = 16;

  /// With more it is not rewritten: the index is held in memory by whoever reads the file, 256 KiB at most.
  static final int RECORDS_MAX = 16_384;

  private static final long MAGIC = 0x4241544f4e535052L;
  private static final int VERSION = 1;
  private static final int CRC_AT = 44;

  /// Where the records are.
  ///
  /// @param positions ascending
  /// @param offsets in the file
  /// @param headers checksums of their headers
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Index(long[] positions, int[] offsets, int[] headers) {
    int count() {
      return positions.length;
    }
  }

  /// A file of these records.
  static Rewritten of(SegmentFile file, long limit, Index index) {
    return new Rewritten(file, limit, index, checksum(encode(file, limit, index)));
  }

  /// Bytes before the first record.
  static int headBytes(int records) {
    return HEADER + ENTRY * records;
  }

  /// Head and index.
  ByteBuffer encode() {
    return encode(file, limit, index).putInt(CRC_AT, checksum);
  }

  private static ByteBuffer encode(SegmentFile file, long limit, Index index) {
    ByteBuffer head = ByteBuffer.allocate(headBytes(index.count()));
    head.putLong(MAGIC).putInt(VERSION).putInt(index.count());
    head.putLong(file.base()).putLong(limit).putLong(file.epoch()).putInt(file.generation());
    head.putInt(0);
    for (int i = 0; i < index.count(); i++) {
      head.putLong(index.positions[i]).putInt(index.offsets[i]).putInt(index.headers[i]);
    }
    return head.flip();
  }

  private static int checksum(ByteBuffer head) {
    CRC32C crc = new CRC32C();
    crc.update(head.slice(0, CRC_AT));
    crc.update(head.slice(HEADER, head.limit() - HEADER));
    return (int) crc.getValue();
  }

  /// Opens a rewritten segment freshly; empty if there is none of that name (a hint).
  ///
  /// @throws DamagedException if what has the name is not what was written
  static Optional<Opened> open(Storage storage, Tenure tenure, SegmentFile wanted) {
    String path = tenure.path(wanted.name());
    Optional<StoredFile> found = storage.open(path, Storage.Access.READ);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    StoredFile file = found.get();
    boolean kept = false;
    try {
      Opened opened = new Opened(path, read(file, path, wanted), file);
      kept = true;
      return Optional.of(opened);
    } finally {
      if (!kept) {
        file.close();
      }
    }
  }

  private static Rewritten read(StoredFile file, String path, SegmentFile wanted) {
    ByteBuffer first = ByteBuffer.allocate(HEADER);
    int count = file.read(0, first) < HEADER ? 0 : first.getInt(12);
    if (count < 1 || count > RECORDS_MAX) {
      throw damaged(path, 0);
    }
    ByteBuffer head = ByteBuffer.allocate(headBytes(count));
    if (file.read(0, head) < head.capacity()) {
      throw damaged(path, 0);
    }
    return decode(head.flip())
        .filter(read -> read.file.equals(wanted))
        .orElseThrow(() -> damaged(path, 0));
  }

  /// Reads head and index; empty if they are not whole.
  static Optional<Rewritten> decode(ByteBuffer head) {
    if (head.getLong(0) != MAGIC
        || head.getInt(8) != VERSION
        || head.limit() != headBytes(head.getInt(12))
        || head.getInt(CRC_AT) != checksum(head)) {
      return Optional.empty();
    }
    int count = head.getInt(12);
    Index index = new Index(new long[count], new int[count], new int[count]);
    for (int i = 0; i < count; i++) {
      int at = HEADER + ENTRY * i;
      index.positions[i] = head.getLong(at);
      index.offsets[i] = head.getInt(at + 8);
      index.headers[i] = head.getInt(at + 12);
    }
    SegmentFile file = new SegmentFile(head.getLong(32), head.getLong(16), head.getInt(40));
    return Optional.of(new Rewritten(file, head.getLong(24), index, head.getInt(CRC_AT)));
  }

  private static DamagedException damaged(String path, long at) {
    return new DamagedException("the rewritten segment " + path + " is damaged at byte " + at);
  }

  /// A rewritten segment that is open for reading.
  record Opened(String path, Rewritten head, StoredFile stored) implements Records {
    /// @throws DamagedException if the record is not what was written
    @Override
    public Optional<ByteBuffer> record(long position) {
      int at = Arrays.binarySearch(head.index.positions, position);
      return at < 0 ? Optional.empty() : Optional.of(at(at));
    }

    /// The record with a number, as [#record].
    ByteBuffer at(int number) {
      int offset = head.index.offsets[number];
      ByteBuffer first = RecordFormat.buffer(RecordFormat.HEADER);
      if (stored.read(offset, first) < RecordFormat.HEADER
          || RecordFormat.headerChecksum(first, 0) != head.index.headers[number]
          || RecordFormat.look(first, 0, head.index.positions[number])
              != RecordFormat.Found.HEADER) {
        throw damaged(path, offset);
      }
      ByteBuffer whole = ByteBuffer.allocate(RecordFormat.HEADER + RecordFormat.payload(first, 0));
      if (stored.read(offset, whole) < whole.capacity() || !RecordFormat.payloadSound(whole, 0)) {
        throw damaged(path, offset);
      }
      return whole.flip();
    }

    @Override
    public void close() {
      stored.close();
    }
  }
}
