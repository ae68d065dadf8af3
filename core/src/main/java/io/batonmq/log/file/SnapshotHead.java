package io.batonmq.log.file;

import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/// The head of a snapshot's file: which other files it needs. The format is described in [Snapshots].
///
/// @param files names, by their numbers
record SnapshotHead(List<String> files) {
  /// No snapshot names more: beyond that, what the least of them hold is written again.
  static final int FILES_MAX = 32;

  private static final long MAGIC = 0x4241544f4e534e50L;
  private static final int VERSION = 1;
  private static final int FIXED = 16;
  private static final int NAME_MAX = 200;

  /// Largest head, in bytes.
  private static final int SIZE_MAX = FIXED + FILES_MAX * (2 + NAME_MAX) + 4;

  SnapshotHead {
    files = List.copyOf(files);
    if (files.size() > FILES_MAX) {
      throw new IllegalArgumentException("a snapshot names at most " + FILES_MAX + " files");
    }
  }

  ByteBuffer encode() {
    ByteBuffer head = ByteBuffer.allocate(SIZE_MAX);
    head.putLong(MAGIC).putInt(VERSION).putInt(files.size());
    for (String file : files) {
      byte[] name = file.getBytes(StandardCharsets.UTF_8);
      head.putShort((short) name.length).put(name);
    }
    head.putInt(crc(head.duplicate().flip()));
    return head.flip();
  }

  /// Reads the head of a file; empty if it is not one.
  static Optional<SnapshotHead> read(StoredFile file) {
    ByteBuffer bytes = ByteBuffer.allocate(SIZE_MAX);
    file.read(0, bytes);
    return decode(bytes.flip());
  }

  static Optional<SnapshotHead> decode(ByteBuffer bytes) {
    if (bytes.remaining() < FIXED || bytes.getLong(0) != MAGIC || bytes.getInt(8) != VERSION) {
      return Optional.empty();
    }
    int count = bytes.getInt(12);
    if (count < 0 || count > FILES_MAX) {
      return Optional.empty();
    }
    List<String> files = new ArrayList<>();
    int at = FIXED;
    for (int i = 0; i < count; i++) {
      int length = at + 2 <= bytes.limit() ? bytes.getShort(at) : -1;
      if (length < 1 || length > NAME_MAX || at + 2 + length > bytes.limit()) {
        return Optional.empty();
      }
      byte[] name = new byte[length];
      bytes.get(at + 2, name);
      files.add(new String(name, StandardCharsets.UTF_8));
      at += 2 + length;
    }
    if (at + 4 > bytes.limit() || bytes.getInt(at) != crc(bytes.slice(0, at))) {
      return Optional.empty();
    }
    return Optional.of(new SnapshotHead(files));
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
