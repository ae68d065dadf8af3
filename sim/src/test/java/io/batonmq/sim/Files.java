package io.batonmq.sim;

import io.batonmq.seam.Storage;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Short words for tests.
final class Files {
  private Files() {}

  static StoredFile create(Storage storage, String path) {
    return storage.createExclusive(path).orElseThrow();
  }

  static void write(StoredFile file, long offset, String text) {
    file.write(offset, ByteBuffer.wrap(text.getBytes()));
  }

  static String read(StoredFile file) {
    var bytes = ByteBuffer.allocate((int) file.size());
    int count = file.read(0, bytes);
    return new String(bytes.array(), 0, count);
  }

  /// Through a fresh handle; empty if there is no such file.
  static Optional<String> read(Storage storage, String path) {
    return storage
        .open(path, Storage.Access.READ)
        .map(file -> {
          try (file) {
            return read(file);
          }
        });
  }

  /// Creates and syncs, the name too.
  static void save(Storage storage, String path, String text) {
    try (var file = create(storage, path)) {
      write(file, 0, text);
      file.sync();
    }
    storage.syncDirectory(DiskImage.parent(path));
  }
}
