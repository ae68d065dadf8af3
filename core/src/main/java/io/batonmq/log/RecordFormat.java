package io.batonmq.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// The bytes of a record. All numbers are big-endian; a record begins at a multiple of 8.
///
/// | offset | bytes | field |
/// |-------:|------:|-------|
/// | 0 | 4 | payload length `n`, 0 to [#PAYLOAD_MAX] |
/// | 4 | 2 | type: 0 to 15 belong to the log, the rest to its user |
/// | 6 | 2 | version of this format, 1 |
/// | 8 | 8 | position of this record |
/// | 16 | 8 | epoch in which it was appended |
/// | 24 | 8 | committed mark: the committed position that the writer knew |
/// | 32 | 8 | chain: hash over this record's fields, its payload and the chain of the record before |
/// | 40 | 4 | CRC32C of the payload |
/// | 44 | 4 | CRC32C of bytes 0 to 43 |
/// | 48 | n | payload |
/// | 48+n | 0–7 | zeros up to a multiple of 8 |
///
/// **Valid** is a record whose header checksum, payload checksum, version, position and chain are
/// right, and whose epoch is not below that of the record before. A header of zeros is the end of what
/// was written. Anything else is *torn* above the newest committed mark, and *damage* below it. A
/// reader that meets a version it does not know stops there and says so: it never guesses a length.
///
/// The chain makes a record worthless without everything before it: a write that reached the disk while
/// an earlier one did not (unsynced sectors are written in any order) is never taken for a successor of
/// something else.
public final class RecordFormat {
  public static final int HEADER = 48;
  public static final int VERSION = 1;

  /// Largest payload that any record of this version has.
  public static final int PAYLOAD_MAX = 64 << 20;

  /// A committed mark and nothing else; written when there was nothing else to carry it.
  public static final int MARK = 0;

  /// Names files of segments that may be unlinked once this record is committed.
  public static final int SEGMENTS_DROPPED = 1;

  /// Names a file that takes the place of others, which may be unlinked once this record is committed and
  /// the file has its name.
  public static final int SEGMENT_REWRITTEN = 2;

  /// First type that belongs to the user of the log.
  public static final int USER_MIN = 16;

  private static final int POSITION = 8;
  private static final int EPOCH = 16;
  private static final int COMMITTED = 24;
  private static final int CHAIN = 32;
  private static final int PAYLOAD_CRC = 40;
  private static final int HEADER_CRC = 44;

  private RecordFormat() {}

  /// Bytes that a record with such a payload takes, padding included.
  public static int length(int payload) {
    return (HEADER + payload + 7) & ~7;
  }

  /// Writes the part of the header that is known when a record is appended; [#seal] adds the rest when
  /// it is written.
  public static void begin(
      ByteBuffer to, int at, int payload, int type, long position, long epoch) {
    to.putInt(at, payload);
    to.putShort(at + 4, (short) type);
    to.putShort(at + 6, (short) VERSION);
    to.putLong(at + POSITION, position);
    to.putLong(at + EPOCH, epoch);
  }

  /// Completes the header of the record at `at` and answers its chain.
  public static long seal(ByteBuffer buffer, int at, long committed, long chainBefore) {
    buffer.putLong(at + COMMITTED, committed);
    int payloadCrc = crc(buffer, at + HEADER, buffer.getInt(at));
    long chain = chain(buffer, at, payloadCrc, chainBefore);
    buffer.putLong(at + CHAIN, chain);
    buffer.putInt(at + PAYLOAD_CRC, payloadCrc);
    buffer.putInt(at + HEADER_CRC, crc(buffer, at, HEADER_CRC));
    return chain;
  }

  /// What stands at an offset of a buffer.
  public enum Found {
    /// A header whose checksum, version and position are right.
    HEADER,
    /// Zeros: nothing was written here.
    END,
    /// Neither.
    DAMAGE
  }

  /// Looks at the header at `at`, which is completely in the buffer.
  public static Found look(ByteBuffer buffer, int at, long position) {
    if (isZero(buffer, at)) {
      return Found.END;
    }
    boolean sound =
        buffer.getInt(at + HEADER_CRC) == crc(buffer, at, HEADER_CRC)
            && buffer.getShort(at + 6) == VERSION
            && buffer.getLong(at + POSITION) == position
            && payload(buffer, at) >= 0
            && payload(buffer, at) <= PAYLOAD_MAX;
    return sound ? Found.HEADER : Found.DAMAGE;
  }

  private static boolean isZero(ByteBuffer buffer, int at) {
    for (int offset = 0; offset < HEADER; offset += 8) {
      if (buffer.getLong(at + offset) != 0) {
        return false;
      }
    }
    return true;
  }

  public static int payload(ByteBuffer buffer, int at) {
    return buffer.getInt(at);
  }

  public static int type(ByteBuffer buffer, int at) {
    return buffer.getShort(at + 4) & 0xffff;
  }

  public static long position(ByteBuffer buffer, int at) {
    return buffer.getLong(at + POSITION);
  }

  public static long epoch(ByteBuffer buffer, int at) {
    return buffer.getLong(at + EPOCH);
  }

  public static long committed(ByteBuffer buffer, int at) {
    return buffer.getLong(at + COMMITTED);
  }

  public static long chain(ByteBuffer buffer, int at) {
    return buffer.getLong(at + CHAIN);
  }

  /// The checksum of the header, which covers that of the payload.
  public static int headerChecksum(ByteBuffer buffer, int at) {
    return buffer.getInt(at + HEADER_CRC);
  }

  /// Whether the payload, completely in the buffer, is what was written.
  public static boolean payloadSound(ByteBuffer buffer, int at) {
    return buffer.getInt(at + PAYLOAD_CRC) == crc(buffer, at + HEADER, payload(buffer, at));
  }

  /// Whether the record continues a history that ended with `chainBefore`.
  public static boolean continues(ByteBuffer buffer, int at, long chainBefore) {
    return chain(buffer, at) == chain(buffer, at, buffer.getInt(at + PAYLOAD_CRC), chainBefore);
  }

  private static long chain(ByteBuffer buffer, int at, int payloadCrc, long before) {
    long fields = Integer.toUnsignedLong(crc(buffer, at, CHAIN)) << 32;
    long mixed = before * 0x9e3779b97f4a7c15L + (fields | Integer.toUnsignedLong(payloadCrc));
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }

  public static int crc(ByteBuffer buffer, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(at, length));
    return (int) crc.getValue();
  }

  /// A buffer in the byte order of the format.
  public static ByteBuffer buffer(int capacity) {
    return ByteBuffer.allocateDirect(capacity).order(ByteOrder.BIG_ENDIAN);
  }
}
