package io.batonmq.log.file;

import io.batonmq.log.SnapshotContent;
import io.batonmq.log.SnapshotPart;
import io.batonmq.log.SnapshotPlace;
import io.batonmq.log.SnapshotRef;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/// Writes the snapshots of one tenure. The first is complete; a later one names what stands in an earlier
/// one of the same tenure. Used by the lane that keeps house.
///
/// What only a small share of an old file is needed for is written again, so that the file can go: less
/// than half of it, or the least of more files than one snapshot names.
public final class SnapshotWriter {
  private final Storage storage;

  /// Bytes of the files of this tenure that may be named.
  private final Map<String, Long> sizes = new HashMap<>();

  SnapshotWriter(Storage storage) {
    this.storage = storage;
  }

  /// A snapshot that is on stable storage.
  ///
  /// @param bytes that its file took: what it names elsewhere is not in it
  public record Written(SnapshotRef ref, long bytes) {}

  /// Writes a state; durable when this returns, valid when a committed record names it.
  ///
  /// @param unique part of the file's name that nobody else uses
  public Written write(SnapshotContent content, String unique) {
    storage.makeDirectory(Snapshots.DIRECTORY);
    storage.syncDirectory("");
    String name = Snapshots.name(content.position(), unique);
    String path = Snapshots.DIRECTORY + "/" + name;
    StoredFile file =
        storage
            .createExclusive(path)
            .orElseThrow(() -> new IllegalStateException("somebody else wrote " + name));
    boolean written = false;
    try (file) {
      List<SnapshotPart> parts = content.parts();
      List<String> named = worthNaming(parts);
      Writing writing = new Writing(file, named);
      content.writeBefore(writing::own);
      Map<SnapshotPart, SnapshotPlace> places = writeParts(parts, named, name, writing);
      content.writeAfter(writing::own);
      writing.end();
      file.sync();
      storage.syncDirectory(Snapshots.DIRECTORY);
      written = true;
      places.forEach(SnapshotPart::placed);
      sizes.keySet().retainAll(named);
      sizes.put(name, writing.at);
      int checksum = (int) writing.checksum.getValue();
      return new Written(new SnapshotRef(content.position(), name, checksum), writing.at);
    } finally {
      if (!written) {
        // Half a snapshot on a full disk would only keep it full.
        storage.remove(path);
      }
    }
  }

  private static Map<SnapshotPart, SnapshotPlace> writeParts(
      List<SnapshotPart> parts, List<String> named, String name, Writing writing) {
    // Told to the parts only when all is on stable storage: a place in a file that was given up,
    // because
    // the disk was full, would be named by the next snapshot.
    Map<SnapshotPart, SnapshotPlace> places = new HashMap<>();
    for (SnapshotPart part : parts) {
      SnapshotPlace place = part.place();
      int number = place == null ? -1 : named.indexOf(place.file());
      if (place != null && number >= 0) {
        writing.piece(number, place);
      } else {
        long offset = writing.at;
        ByteBuffer bytes = part.bytes();
        places.put(part, new SnapshotPlace(name, offset, bytes.remaining(), writing.own(bytes)));
      }
    }
    return places;
  }

  /// The files of which enough is needed still.
  private List<String> worthNaming(List<SnapshotPart> parts) {
    Map<String, Long> needed = new HashMap<>();
    for (SnapshotPart part : parts) {
      SnapshotPlace place = part.place();
      if (place != null) {
        needed.merge(place.file(), (long) place.length(), Long::sum);
      }
    }
    List<String> named = new ArrayList<>();
    needed.forEach((file, bytes) -> {
      Long size = sizes.get(file);
      if (size != null && 2 * bytes >= size) {
        named.add(file);
      }
    });
    named.sort(
        Comparator.<String>comparingLong(file -> -needed.getOrDefault(file, 0L))
            .thenComparing(Comparator.naturalOrder()));
    return List.copyOf(named.subList(0, Math.min(named.size(), SnapshotHead.FILES_MAX)));
  }

  private static final class Writing {
    private static final int BUFFER = 64 << 10;

    private final StoredFile file;
    private final CRC32C checksum = new CRC32C();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private long flushed;
    private long at;

    Writing(StoredFile file, List<String> named) {
      this.file = file;
      ByteBuffer head = new SnapshotHead(named).encode();
      checksum.update(head.duplicate());
      put(head);
    }

    /// Writes a block and answers the CRC32C of its bytes.
    int own(ByteBuffer block) {
      if (!block.hasRemaining() || block.remaining() > Snapshots.BLOCK_MAX) {
        throw new IllegalArgumentException("a block has 1 to " + Snapshots.BLOCK_MAX + " bytes");
      }
      CRC32C crc = new CRC32C();
      crc.update(block.duplicate());
      ByteBuffer head = ByteBuffer.allocate(Snapshots.OWN_HEAD);
      head.putInt(block.remaining()).putInt((int) crc.getValue()).flip();
      checksum.update(head.duplicate());
      put(head);
      put(block.duplicate());
      return (int) crc.getValue();
    }

    void piece(int number, SnapshotPlace place) {
      ByteBuffer head = ByteBuffer.allocate(Snapshots.PIECE_HEAD);
      head.putInt(Snapshots.PIECE).putInt(place.checksum()).putInt(number);
      head.putInt(place.length()).putLong(place.offset()).flip();
      checksum.update(head.duplicate());
      put(head);
    }

    void end() {
      put(ByteBuffer.allocate(Snapshots.OWN_HEAD));
      flush();
    }

    private void put(ByteBuffer bytes) {
      at += bytes.remaining();
      if (bytes.remaining() > buffer.remaining()) {
        flush();
      }
      if (bytes.remaining() > buffer.remaining()) {
        int length = bytes.remaining();
        file.write(flushed, bytes);
        flushed += length;
      } else {
        buffer.put(bytes);
      }
    }

    private void flush() {
      buffer.flip();
      int length = buffer.remaining();
      if (length > 0) {
        file.write(flushed, buffer);
        flushed += length;
      }
      buffer.clear();
    }
  }
}
