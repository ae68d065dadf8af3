package io.batonmq.log.file;

import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Removes what earlier claimants left and nobody needs: spare segments and unfinished rewritings of tenures
/// that are over, and directories of claims that were lost before they were cleared away. Used by the housekeeping lane.
final class Leftovers {
  private static final String PREFIX = "epoch-";
  private static final int EPOCH_DIGITS = 10;

  private final Storage storage;
  private final Tenure mine;
  private final Register register;
  private @Nullable ArrayDeque<String> directories;

  Leftovers(Storage storage, Tenure mine) {
    this.storage = storage;
    this.mine = mine;
    this.register = new Register(storage);
  }

  /// Clears one directory; answers whether there was one.
  boolean doWork() {
    try {
      if (directories == null) {
        directories = new ArrayDeque<>(storage.list(""));
      }
      for (String name = directories.poll(); name != null; name = directories.poll()) {
        long epoch = epoch(name);
        if (epoch > 0 && epoch < mine.epoch()) {
          clear(name, register.read(epoch));
          return true;
        }
      }
    } catch (StorageException _) {
      // Nothing depends on it, and the next active node tries again.
    }
    return false;
  }

  private void clear(String directory, Tenure claimed) {
    if (claimed.directory().equals(directory)) {
      Spares.remove(storage, claimed);
      Rewriter.remove(storage, claimed);
      return;
    }
    // The epoch belongs to another, so whoever made this directory can not win it any more.
    for (String name : storage.list(directory)) {
      storage.remove(directory + "/" + name);
    }
    storage.remove(directory);
  }

  private static long epoch(String name) {
    int end = PREFIX.length() + EPOCH_DIGITS;
    if (!name.startsWith(PREFIX) || name.length() <= end || name.charAt(end) != '-') {
      return 0;
    }
    try {
      return Long.parseLong(name.substring(PREFIX.length(), end));
    } catch (NumberFormatException _) {
      return 0;
    }
  }
}
