package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.log.SnapshotContent;
import io.batonmq.log.SnapshotRef;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/// States of the broker in files.
///
/// A file is a row of blocks: length (4 bytes, 1 to 1 MiB), CRC32C of the bytes (4), bytes; closed by a
/// length of 0. The checksum in a [SnapshotRef] is the CRC32C of the row of block checksums, so a file
/// that was named by the log is the file that was written.
public final class Snapshots {
  private static final String DIRECTORY = "snapshots";
  private static final String PREFIX = "snapshot-";
  private static final int BLOCK_MAX = 1 << 20;

  private final Storage storage;

  public Snapshots(Storage storage) {
    this.storage = storage;
  }

  /// Writes a state; durable when this returns, valid when a committed record names it.
  ///
  /// @param unique part of the file's name that nobody else uses
  public SnapshotRef write(SnapshotContent content, String unique) {
    storage.makeDirectory(DIRECTORY);
    storage.syncDirectory("");
    String name = String.format(PREFIX + "%016x-%s", content.position(), unique);
    StoredFile file =
        storage
            .createExclusive(DIRECTORY + "/" + name)
            .orElseThrow(() -> new IllegalStateException("somebody else wrote " + name));
    boolean written = false;
    try (file) {
      Writing writing = new Writing(file);
      content.writeTo(writing);
      writing.close();
      file.sync();
      storage.syncDirectory(DIRECTORY);
      written = true;
      return new SnapshotRef(content.position(), name, (int) writing.checksum.getValue());
    } finally {
      if (!written) {
        // Half a snapshot on a full disk would only keep it full.
        storage.remove(DIRECTORY + "/" + name);
      }
    }
  }

  private static final class Writing implements Consumer<ByteBuffer> {
    private final StoredFile file;
    private final CRC32C checksum = new CRC32C();
    private long at;

    Writing(StoredFile file) {
      this.file = file;
    }

    @Override
    public void accept(ByteBuffer block) {
      if (!block.hasRemaining() || block.remaining() > BLOCK_MAX) {
        throw new IllegalArgumentException("a block has 1 to " + BLOCK_MAX + " bytes");
      }
      CRC32C crc = new CRC32C();
      crc.update(block.duplicate());
      ByteBuffer head = ByteBuffer.allocate(8);
      head.putInt(block.remaining()).putInt((int) crc.getValue()).flip();
      checksum.update(head.duplicate());
      file.write(at, head);
      file.write(at + 8, block.duplicate());
      at += 8 + block.remaining();
    }

    void close() {
      file.write(at, ByteBuffer.allocate(8));
    }
  }

  /// Reads a state that the log names: once to see that it is whole, and again to hand out its blocks, so
  /// that it need not fit into memory twice.
  public void read(SnapshotRef ref, Consumer<ByteBuffer> blocks) {
    String path = DIRECTORY + "/" + ref.name();
    StoredFile file =
        storage
            .open(path, Storage.Access.READ)
            .orElseThrow(() -> new DamagedException("the snapshot " + path + " is missing"));
    try (file) {
      if (walk(file, path, _ -> {}) != ref.checksum()) {
        throw damaged(path, 0);
      }
      walk(file, path, blocks);
    }
  }

  /// Hands out the blocks and answers the checksum of the whole.
  private static int walk(StoredFile file, String path, Consumer<ByteBuffer> blocks) {
    CRC32C checksum = new CRC32C();
    long at = 0;
    while (true) {
      ByteBuffer head = ByteBuffer.allocate(8);
      int length = file.read(at, head) < 8 ? -1 : head.getInt(0);
      if (length == 0) {
        return (int) checksum.getValue();
      }
      if (length < 0 || length > BLOCK_MAX) {
        throw damaged(path, at);
      }
      ByteBuffer block = ByteBuffer.allocate(length);
      CRC32C crc = new CRC32C();
      if (file.read(at + 8, block) < length) {
        throw damaged(path, at);
      }
      crc.update(block.flip().duplicate());
      if ((int) crc.getValue() != head.getInt(4)) {
        throw damaged(path, at);
      }
      checksum.update(head.rewind());
      blocks.accept(block);
      at += 8 + length;
    }
  }

  private static DamagedException damaged(String path, long at) {
    return new DamagedException("the snapshot " + path + " is damaged at byte " + at);
  }

  /// Removes snapshots older than a committed one, but for those in use.
  public void removeBefore(SnapshotRef oldest) {
    for (String name : storage.list(DIRECTORY)) {
      if (position(name) < oldest.position()) {
        storage.remove(DIRECTORY + "/" + name);
      }
    }
  }

  private static long position(String name) {
    if (!name.startsWith(PREFIX) || name.length() < PREFIX.length() + 16) {
      return Long.MAX_VALUE;
    }
    try {
      return Long.parseUnsignedLong(name.substring(PREFIX.length(), PREFIX.length() + 16), 16);
    } catch (NumberFormatException _) {
      return Long.MAX_VALUE;
    }
  }
}
