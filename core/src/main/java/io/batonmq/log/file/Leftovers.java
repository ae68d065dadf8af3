package io.batonmq.log.file;

import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Removes what earlier claimants left and nobody needs: spare segments and unfinished rewritings of tenures
/// that are over, and directories of claims that were lost before they were cleared away. Used by the housekeeping lane.
final class Leftovers {
  private final Storage storage;
  private final Tenure mine;
  private final Register register;
  private final Witnesses witnesses;
  private @Nullable ArrayDeque<String> directories;

  Leftovers(Storage storage, Tenure mine) {
    this.storage = storage;
    this.mine = mine;
    this.register = new Register(storage);
    this.witnesses = new Witnesses(storage, register);
  }

  /// Clears one directory; answers whether there was one.
  boolean doWork() {
    try {
      if (directories == null) {
        directories = new ArrayDeque<>(storage.list(""));
      }
      for (String name = directories.poll(); name != null; name = directories.poll()) {
        Optional<Tenure> tenure = Tenure.of(name);
        if (tenure.isPresent() && tenure.get().epoch() < mine.epoch()) {
          clear(tenure.get());
          return true;
        }
      }
    } catch (StorageException _) {
      // Nothing depends on it, and the next active node tries again.
    }
    return false;
  }

  private void clear(Tenure tenure) {
    Tenure claimed = register.read(tenure.epoch());
    String directory = tenure.directory();
    if (claimed.directory().equals(directory)) {
      Spares.remove(storage, claimed);
      Rewriter.remove(storage, claimed);
      return;
    }
    if (witnesses.served(tenure)) {
      // Not of a claim that was lost, whatever the register says: the only copy of messages,
      // perhaps.
      return;
    }
    // The epoch belongs to another, so whoever made this directory can not win it any more.
    for (String name : storage.list(directory)) {
      storage.remove(directory + "/" + name);
    }
    storage.remove(directory);
  }
}
