package io.batonmq.log.file;

import io.batonmq.log.RecordFormat;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The sign of life of a tenure, and what it announces.
///
/// A file that exists before the tenure is claimed and is written again at each beat. On a network file
/// system a name that was looked for too early is believed missing for a minute; so nobody looks for a
/// name there before a heart, whose own name is old, has said that it exists: a heart that beats says
/// that the manifest does, `newestSegment` that this segment does, `noted` that the note does.
///
/// | offset | bytes | field |
/// |-------:|------:|-------|
/// | 0 | 8 | beats so far; 0 until the tenure serves |
/// | 8 | 8 | committed position |
/// | 16 | 8 | base of the newest segment |
/// | 24 | 8 | 1 once a note is left, otherwise 0 |
/// | 32 | 4 | CRC32C of bytes 0 to 31 |
///
/// @param beats 0 until the tenure serves
/// @param committed position that was committed at the last beat
/// @param newestSegment base of a segment that has its name
/// @param noted whether the tenure has ended with a note
public record Heart(long beats, long committed, long newestSegment, boolean noted) {
  private static final int SIZE = 36;
  private static final int CRC_AT = 32;

  /// Claimed, and not serving yet.
  static final Heart NONE = new Heart(0, 0, 0, false);

  /// Reads it freshly; empty if it is missing, or was caught while it changes.
  static Optional<Heart> read(Storage storage, Tenure tenure) {
    Optional<StoredFile> file = storage.open(tenure.heart(), Storage.Access.READ);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try (StoredFile opened = file.get()) {
      ByteBuffer bytes = RecordFormat.buffer(SIZE);
      return opened.read(0, bytes) < SIZE ? Optional.empty() : decode(bytes);
    }
  }

  static Optional<Heart> decode(ByteBuffer bytes) {
    if (bytes.getLong(0) == 0 && bytes.getInt(CRC_AT) == 0) {
      return Optional.of(NONE);
    }
    if (bytes.getInt(CRC_AT) != RecordFormat.crc(bytes, 0, CRC_AT)) {
      return Optional.empty();
    }
    return Optional.of(
        new Heart(bytes.getLong(0), bytes.getLong(8), bytes.getLong(16), bytes.getLong(24) != 0));
  }

  ByteBuffer encode() {
    ByteBuffer bytes = RecordFormat.buffer(SIZE);
    bytes.putLong(0, beats).putLong(8, committed).putLong(16, newestSegment);
    bytes.putLong(24, noted ? 1 : 0);
    return bytes.putInt(CRC_AT, RecordFormat.crc(bytes, 0, CRC_AT));
  }

  static StoredFile open(Storage storage, Tenure tenure) {
    return storage
        .open(tenure.heart(), Storage.Access.WRITE)
        .orElseThrow(
            () -> new StorageException(StorageException.Kind.MISSING, "no " + tenure.heart()));
  }

  /// The last beat of a tenure that left a note.
  static void sayNoted(Storage storage, Tenure tenure) {
    Heart last = read(storage, tenure).orElse(NONE);
    try (StoredFile file = open(storage, tenure)) {
      file.write(0, new Heart(last.beats + 1, last.committed, last.newestSegment, true).encode());
      file.sync();
    }
  }
}
