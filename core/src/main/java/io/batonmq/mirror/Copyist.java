package io.batonmq.mirror;

import io.batonmq.log.Facts;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Does on this node's disk what the active node does on its own, for as long as one link lasts. Used by the lane that
/// reads the link.
///
/// Until the copy is *whole* the store here is neither the old one nor a new one; a file `incomplete` says so to every
/// later life of this node.
final class Copyist {
  private static final String INCOMPLETE = "incomplete";
  private static final String DIVERGED = "diverged-";
  private static final String TENURE = "epoch-";
  private static final String MANIFEST = "/manifest";
  private static final int OPEN_MAX = 32;
  private static final int DOUBTED = 2;

  private final Storage storage;
  private final Link link;
  private final Consumer<String> tell;
  private final Map<String, StoredFile> open = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, String> receiving = new HashMap<>();
  private final Map<Integer, Compared> compared = new HashMap<>();
  private final Set<String> there = new HashSet<>();
  private boolean begun;

  /// The directory of the first tenure that this node may have been writing to when its last life ended.
  private String doubtedFrom = "";

  private boolean whole;
  private long received;
  private long differed;
  private long bytesDiffered;

  private static final class Compared {
    private final String path;
    private final List<Long> missing = new ArrayList<>();
    private @Nullable StoredFile file;

    Compared(String path, @Nullable StoredFile file) {
      this.path = path;
      this.file = file;
    }
  }

  Copyist(Storage storage, Link link, Consumer<String> tell) {
    this.storage = storage;
    this.link = link;
    this.tell = tell;
  }

  /// Whether an earlier life of this node ended while its store was made whole.
  static boolean incomplete(Storage storage) {
    return storage.exists(INCOMPLETE);
  }

  /// Whether the store is that of the active, and all that is acknowledged is in it.
  boolean whole() {
    return whole;
  }

  /// Bytes that differed when the copy was made whole.
  long bytesDiffered() {
    return bytesDiffered;
  }

  /// Takes one frame of the active.
  ///
  /// @throws StorageException if the disk fails: the link is to be given up
  /// @throws Frame.BadFrameException if it asks for what it may not
  void heard(Frame frame) {
    if (!begun) {
      begin();
    }
    switch (frame) {
      case Frame.MakeDirectory(String path) -> {
        require(Paths.directory(path), path);
        storage.makeDirectory(path);
        if (!whole) {
          there.add(path);
        }
      }
      case Frame.Create(String path) -> {
        kept(path);
        forget(path);
        storage.remove(path);
        open(path);
      }
      case Frame.Write(String path, long offset, byte[] bytes) -> write(path, offset, bytes);
      case Frame.Zero(String path, long offset, long length) -> {
        kept(path);
        require(length <= 2L << 30, path);
        open(path).zero(offset, length);
      }
      case Frame.Sync(String path, long ticket) -> {
        StoredFile file = open.get(path);
        if (file != null) {
          file.sync();
        }
        link.send(new Frame.Ack(ticket).encode());
      }
      case Frame.SyncDirectory(String path, long ticket) -> {
        require(path.isEmpty() || Paths.directory(path), path);
        storage.syncDirectory(path);
        link.send(new Frame.Ack(ticket).encode());
      }
      case Frame.Remove(String path) -> {
        require(Paths.file(path) || Paths.directory(path), path);
        forget(path);
        there.remove(path);
        storage.remove(path);
      }
      case Frame.Begin(String path, long size) -> receive(path, size);
      case Frame.Publish(String path) -> publish(path);
      case Frame.File(int file, String path, long size) -> compare(file, path, size);
      case Frame.Digest digest -> compare(digest);
      case Frame.FileEnd(int file) -> answer(file);
      case Frame.Whole(long ticket) -> {
        finish();
        link.send(new Frame.Ack(ticket).encode());
      }
      default -> throw new Frame.BadFrameException("not for a standby: " + frame);
    }
  }

  private static void require(boolean allowed, String path) {
    if (!allowed) {
      throw new Frame.BadFrameException("not a file that is kept by all nodes: " + path);
    }
  }

  private void kept(String path) {
    require(Paths.file(path), path);
    if (!whole) {
      there.add(path);
      there.add(Paths.directoryOf(path));
    }
  }

  private void begin() {
    begun = true;
    List<String> tenures =
        storage.list("").stream().filter(name -> name.startsWith(TENURE)).sorted().toList();
    if (tenures.size() > DOUBTED && !storage.exists(INCOMPLETE)) {
      doubtedFrom = tenures.get(tenures.size() - DOUBTED);
    }
    if (!storage.exists(INCOMPLETE)) {
      storage
          .createExclusive(INCOMPLETE)
          .ifPresent(file -> {
            try (file) {
              file.write(0, ByteBuffer.wrap(Facts.of("baton-incomplete", "1").encode()));
              file.sync();
            }
          });
      storage.syncDirectory("");
    }
  }

  private StoredFile open(String path) {
    StoredFile file = open.get(path);
    if (file != null) {
      return file;
    }
    if (open.size() >= OPEN_MAX) {
      String eldest = open.keySet().iterator().next();
      try (StoredFile old = open.remove(eldest)) {
        if (old != null) {
          old.sync();
        }
      }
    }
    if (!storage.exists(Paths.directoryOf(path))) {
      storage.makeDirectory(Paths.directoryOf(path));
    }
    StoredFile opened =
        storage
            .open(path, Storage.Access.WRITE)
            .or(() -> storage.createExclusive(path))
            .orElseThrow(
                () -> new StorageException(StorageException.Kind.IO, "cannot make " + path));
    open.put(path, opened);
    return opened;
  }

  private void forget(String path) {
    StoredFile file = open.remove(path);
    if (file != null) {
      file.close();
    }
  }

  private void write(String path, long offset, byte[] bytes) {
    String unnamed = receiving.get(path);
    if (unnamed != null) {
      open(unnamed).write(offset, ByteBuffer.wrap(bytes));
      return;
    }
    if (!Paths.presence(path)) {
      kept(path);
    } else if (!storage.exists(path)) {
      // Who looked dead was tidied up, and lives.
      forget(path);
    }
    open(path).write(offset, ByteBuffer.wrap(bytes));
  }

  private void receive(String path, long size) {
    kept(path);
    require(size <= 2L << 30, path);
    String unnamed = Paths.unnamed(path, ++received);
    storage.remove(unnamed);
    receiving.put(path, unnamed);
    open(unnamed).zero(0, size);
  }

  private void publish(String path) {
    String unnamed = receiving.remove(path);
    require(unnamed != null, path);
    String from = String.valueOf(unnamed);
    open(from).sync();
    forget(from);
    if (!storage.link(from, path)) {
      // Of an earlier life of this link's other end: what counts is what it says now.
      forget(path);
      storage.remove(path);
      storage.link(from, path);
    }
    storage.remove(from);
  }

  // ---- becoming whole

  private void compare(int number, String path, long size) {
    kept(path);
    require(size <= 2L << 40 && compared.size() < 1024, path);
    Optional<StoredFile> found = storage.open(path, Storage.Access.READ);
    if (found.isPresent() && found.get().size() > size) {
      // Longer than it ever was there: of another life.
      found.get().close();
      forget(path);
      storage.remove(path);
      found = Optional.empty();
    }
    // Also where nothing will differ: what an earlier life wrote may be in the cache of this
    // machine alone.
    StoredFile written = open(path);
    long there = found.isEmpty() ? 0 : written.size();
    if (there < size) {
      // Most of a new segment is zeros, which need not be sent.
      written.zero(there, size - there);
    }
    if (found.isEmpty()) {
      found = storage.open(path, Storage.Access.READ);
    }
    compared.put(number, new Compared(path, found.orElse(null)));
  }

  private void compare(Frame.Digest digest) {
    Compared with = compared.get(digest.file());
    if (with == null || with.file == null) {
      throw new Frame.BadFrameException("a block of a file that was not named");
    }
    ByteBuffer block = ByteBuffer.allocate(digest.length());
    int length = with.file.read(digest.offset(), block);
    if (length < digest.length() || !Arrays.equals(Copy.digest(block.flip()), digest.digest())) {
      if (with.missing.size() >= Frame.BLOCKS_MAX) {
        throw new Frame.BadFrameException("a file of too many blocks: " + with.path);
      }
      with.missing.add(digest.offset());
      bytesDiffered += digest.length();
    } else if (doubted(with.path)) {
      open(with.path).write(digest.offset(), block);
    }
  }

  /// Whether what is there may be in the cache of this machine alone: an earlier life wrote it and did not come to sync
  /// it, or its sync failed. It is written once more, without being sent.
  private boolean doubted(String path) {
    String directory = Paths.directoryOf(path);
    return !directory.startsWith(TENURE) || directory.compareTo(doubtedFrom) >= 0;
  }

  private void answer(int number) {
    Compared with = compared.remove(number);
    if (with == null) {
      throw new Frame.BadFrameException("the end of a file that was not named");
    }
    if (with.file != null) {
      with.file.close();
      with.file = null;
    }
    differed += with.missing.isEmpty() ? 0 : 1;
    link.send(new Frame.Missing(number, List.copyOf(with.missing)).encode());
  }

  /// Everything that the active has is here; what it has not is put aside or removed.
  private void finish() {
    clear("register");
    clear("snapshots");
    for (String directory : storage.list("")) {
      if (directory.startsWith(TENURE) && Paths.directory(directory)) {
        clearTenure(directory);
      }
    }
    for (StoredFile file : open.values()) {
      file.sync();
    }
    for (String directory : storage.list("")) {
      if (Paths.directory(directory)) {
        storage.syncDirectory(directory);
      }
    }
    storage.syncDirectory("");
    storage.remove(INCOMPLETE);
    storage.syncDirectory("");
    whole = true;
    there.clear();
    tell.accept(
        "the copy of the store is whole: %d bytes in %d files differed"
            .formatted(bytesDiffered, differed));
  }

  private void clearTenure(String directory) {
    if (there.contains(directory)) {
      clear(directory);
      return;
    }
    if (!storage.exists(directory + MANIFEST)) {
      // A claim that came to nothing.
      storage.list(directory).forEach(name -> storage.remove(directory + "/" + name));
      storage.remove(directory);
      return;
    }
    String aside = DIVERGED + directory;
    storage.makeDirectory(aside);
    for (String name : storage.list(directory)) {
      storage.link(directory + "/" + name, aside + "/" + name);
      storage.remove(directory + "/" + name);
    }
    storage.remove(directory);
    storage.syncDirectory(aside);
    tell.accept(
        "this node was active in %s, of which the active node knows nothing: kept as %s"
            .formatted(directory, aside));
  }

  private void clear(String directory) {
    for (String name : storage.list(directory)) {
      String path = directory + "/" + name;
      if (!there.contains(path)) {
        forget(path);
        storage.remove(path);
      }
    }
  }

  void close() {
    open.values().forEach(StoredFile::close);
    open.clear();
    for (Compared with : compared.values()) {
      if (with.file != null) {
        with.file.close();
      }
    }
    compared.clear();
  }
}
