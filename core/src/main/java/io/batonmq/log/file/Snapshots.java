package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.log.SnapshotRef;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/// States of the broker in files. A snapshot has blocks of its own, and names pieces: blocks in the files
/// of earlier snapshots of the same tenure. A file that is named names nothing on behalf of who names it: a
/// snapshot needs its own file and those in its head, and no others.
///
/// The head:
///
/// | offset | bytes | field |
/// |-------:|------:|-------|
/// | 0 | 8 | `BATONSNP` |
/// | 8 | 4 | version of this format, 1 |
/// | 12 | 4 | number of files that are named, 0 to 32 |
/// | 16 | | for each of them: length of its name, 1 to 200 (2 bytes), and its name, UTF-8 |
/// | | 4 | CRC32C of all before |
///
/// Then a row of blocks, each of one of three kinds:
///
/// | kind | fields |
/// |------|--------|
/// | own | length, 1 to 1 MiB (4 bytes); CRC32C of the bytes (4); bytes |
/// | piece | -1 (4 bytes); CRC32C of the bytes (4); number of the file in the head (4); length (4); offset of the own block in that file (8) |
/// | end | 0 (4 bytes); 0 (4) |
///
/// Numbers are big-endian. The checksum in a [SnapshotRef] is the CRC32C of the head, the first 8 bytes
/// of each own block and each piece without its bytes, in the order of the file: so what was named by the
/// log is what was written, wherever it stands. A reader that meets another version refuses the snapshot.
public final class Snapshots {
  static final String DIRECTORY = "snapshots";
  static final int BLOCK_MAX = 1 << 20;
  static final int OWN_HEAD = 8;
  static final int PIECE_HEAD = 24;
  static final int PIECE = -1;

  private static final String PREFIX = "snapshot-";

  private final Storage storage;

  public Snapshots(Storage storage) {
    this.storage = storage;
  }

  static String name(long position, String unique) {
    return String.format(PREFIX + "%016x-%s", position, unique);
  }

  private static String path(String name) {
    return DIRECTORY + "/" + name;
  }

  /// Reads a state that the log names: once to see that it is whole, and again to hand out its blocks, so
  /// that it need not fit into memory twice.
  public void read(SnapshotRef ref, Consumer<ByteBuffer> blocks) {
    try (Reading reading = new Reading(ref.name())) {
      if (reading.walk(_ -> {}) != ref.checksum()) {
        throw damaged(ref.name(), 0);
      }
      reading.walk(blocks);
    }
  }

  /// The files that a snapshot needs beside its own.
  List<String> needs(SnapshotRef ref) {
    try (Reading reading = new Reading(ref.name())) {
      return reading.head.files();
    }
  }

  /// A snapshot's files, open.
  private final class Reading implements AutoCloseable {
    private final String name;
    private final List<StoredFile> open = new ArrayList<>();
    private final SnapshotHead head;

    Reading(String name) {
      this.name = name;
      boolean whole = false;
      try {
        StoredFile own = open(name);
        head = SnapshotHead.read(own).orElseThrow(() -> damaged(name, 0));
        // All of them now: one that is dropped while this is read stays readable where it can.
        head.files().forEach(this::open);
        whole = true;
      } finally {
        if (!whole) {
          close();
        }
      }
    }

    private StoredFile open(String wanted) {
      StoredFile file =
          storage
              .open(path(wanted), Storage.Access.READ)
              .orElseThrow(
                  () -> new DamagedException("the snapshot " + path(wanted) + " is missing"));
      open.add(file);
      return file;
    }

    /// Hands out the blocks and answers the checksum of the whole.
    int walk(Consumer<ByteBuffer> blocks) {
      CRC32C checksum = new CRC32C();
      ByteBuffer encoded = head.encode();
      long at = encoded.remaining();
      checksum.update(encoded);
      while (true) {
        ByteBuffer begin = read(0, at, OWN_HEAD);
        int length = begin.getInt(0);
        if (length == 0) {
          return (int) checksum.getValue();
        }
        if (length == PIECE) {
          ByteBuffer piece = read(0, at, PIECE_HEAD);
          checksum.update(piece.duplicate());
          blocks.accept(piece(piece, at));
          at += PIECE_HEAD;
        } else {
          checksum.update(begin.duplicate());
          blocks.accept(block(0, at, length, begin.getInt(4)));
          at += OWN_HEAD + length;
        }
      }
    }

    private ByteBuffer piece(ByteBuffer piece, long at) {
      int number = piece.getInt(8);
      if (number < 0 || number >= head.files().size()) {
        throw damaged(name, at);
      }
      return block(number + 1, piece.getLong(16), piece.getInt(12), piece.getInt(4));
    }

    private ByteBuffer block(int file, long at, int length, int crc) {
      if (length < 1 || length > BLOCK_MAX) {
        throw damaged(nameOf(file), at);
      }
      ByteBuffer bytes = read(file, at + OWN_HEAD, length);
      CRC32C is = new CRC32C();
      is.update(bytes.duplicate());
      if ((int) is.getValue() != crc) {
        throw damaged(nameOf(file), at);
      }
      return bytes;
    }

    private ByteBuffer read(int file, long at, int length) {
      ByteBuffer bytes = ByteBuffer.allocate(length);
      if (at < 0 || open.get(file).read(at, bytes) < length) {
        throw damaged(nameOf(file), at);
      }
      return bytes.flip();
    }

    private String nameOf(int file) {
      return file == 0 ? name : head.files().get(file - 1);
    }

    @Override
    public void close() {
      open.forEach(StoredFile::close);
    }
  }

  private static DamagedException damaged(String name, long at) {
    return new DamagedException("the snapshot " + path(name) + " is damaged at byte " + at);
  }

  /// Removes the files that neither a committed snapshot nor a newer one needs.
  public void removeBefore(SnapshotRef oldest) {
    List<String> names = storage.list(DIRECTORY);
    Set<String> needed = new HashSet<>();
    for (String name : names) {
      if (position(name) >= oldest.position()) {
        needed.add(name);
        Optional<SnapshotHead> head = head(name);
        if (head.isEmpty()) {
          // Being written, or given up by a crash; what it needs, if it is ever named, can not be
          // told. It
          // is passed by the next one that is named.
          return;
        }
        needed.addAll(head.get().files());
      }
    }
    for (String name : names) {
      if (name.startsWith(PREFIX) && !needed.contains(name)) {
        storage.remove(path(name));
      }
    }
  }

  private Optional<SnapshotHead> head(String name) {
    Optional<StoredFile> opened = storage.open(path(name), Storage.Access.READ);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (StoredFile file = opened.get()) {
      return SnapshotHead.read(file);
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
