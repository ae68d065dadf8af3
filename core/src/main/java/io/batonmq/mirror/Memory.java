package io.batonmq.mirror;

import io.batonmq.log.Facts;
import io.batonmq.seam.Storage;
import java.util.Optional;
import java.util.function.Supplier;

/// The newest reign that this node was in sync with, on its own disk: an arbiter that knows less has forgotten, or is
/// an old copy, and nobody may be made active by it. By one lane at a time.
final class Memory {
  private static final String DIRECTORY = "accord";
  private static final String PREFIX = "reign-";

  private final Storage storage;
  private final Supplier<String> unique;
  private long version;
  private boolean read;

  Memory(Storage storage, Supplier<String> unique) {
    this.storage = storage;
    this.unique = unique;
  }

  /// Its version; 0 if there was none.
  long version() {
    if (!read) {
      for (String name : storage.list(DIRECTORY)) {
        if (name.startsWith(PREFIX)) {
          Optional<Facts> facts = Facts.read(storage, DIRECTORY + "/" + name);
          facts.ifPresent(found -> version = Math.max(version, Reign.of(found).version()));
        }
      }
      read = true;
    }
    return version;
  }

  void keep(Reign reign) {
    if (reign.version() <= version()) {
      return;
    }
    storage.makeDirectory(DIRECTORY);
    storage.syncDirectory("");
    reign.facts().publish(storage, DIRECTORY, name(reign.version()), unique.get());
    version = reign.version();
    for (String name : storage.list(DIRECTORY)) {
      if (name.startsWith(PREFIX) && !name.equals(name(version))) {
        storage.remove(DIRECTORY + "/" + name);
      }
    }
  }

  private static String name(long version) {
    return PREFIX + String.format("%010d", version);
  }
}
