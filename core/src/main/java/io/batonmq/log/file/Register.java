package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.log.Facts;
import io.batonmq.seam.Storage;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The row of numbered files that says who claimed which epoch. An entry is made by link(2) with its
/// whole content, never changed and never removed: making one is a compare-and-set.
///
/// Not thread-safe: each lane has its own.
public final class Register {
  private static final String DIRECTORY = "register";
  private static final String PREFIX = "epoch-";

  /// A fence that names an epoch further ahead than this was caught while it changes.
  static final long EPOCHS_AHEAD_MAX = 1_000_000;

  private final Storage storage;
  private final Map<Long, Tenure> known = new HashMap<>();
  private long newest;

  public Register(Storage storage) {
    this.storage = storage;
  }

  /// Makes the directory of the register if this store is new.
  public void prepare() {
    storage.makeDirectory(DIRECTORY);
    storage.syncDirectory("");
  }

  /// The newest claim that this node can see. May be behind (names are cached), never ahead.
  public Optional<Tenure> newest() {
    if (newest == 0) {
      newest = newestListed();
    }
    if (newest == 0) {
      return Optional.empty();
    }
    if (storage.namesMayBeStale()) {
      lookAtFences();
    } else {
      while (storage.exists(path(newest + 1))) {
        newest++;
      }
    }
    return Optional.of(read(newest));
  }

  /// Who asks for a name that does not exist yet does not see it for a minute after it was made. The
  /// fence of the newest tenure has an old name, and says who claimed after it.
  private void lookAtFences() {
    while (true) {
      long by = Fence.raisedBy(storage, read(newest));
      if (by <= newest || by > newest + EPOCHS_AHEAD_MAX || find(by).isEmpty()) {
        return;
      }
      newest = by;
    }
  }

  private long newestListed() {
    long highest = 0;
    for (String name : storage.list(DIRECTORY)) {
      if (name.startsWith(PREFIX)) {
        highest = Math.max(highest, parse(name));
      }
    }
    return highest;
  }

  private static long parse(String name) {
    try {
      return Long.parseLong(name.substring(PREFIX.length()));
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  /// The claim of an epoch that is known to have been claimed.
  public Tenure read(long epoch) {
    return find(epoch).orElseThrow(() -> new DamagedException("unreadable: " + path(epoch)));
  }

  /// The claim of an epoch; empty if it has none, or one that cannot be read.
  Optional<Tenure> find(long epoch) {
    Tenure read = known.get(epoch);
    if (read != null) {
      return Optional.of(read);
    }
    Optional<Tenure> found =
        Facts.read(storage, path(epoch))
            .map(
                facts -> new Tenure(facts.number("epoch"), facts.get("tenure"), facts.get("node")));
    found.ifPresent(tenure -> known.put(epoch, tenure));
    return found;
  }

  /// Tries to claim an epoch; the claimant's directory must be complete before. False if the epoch is
  /// taken: its entry can then be read by this node.
  public boolean claim(Tenure claim) {
    Facts facts =
        Facts.of(
            "baton-register", "1",
            "epoch", Long.toString(claim.epoch()),
            "tenure", claim.id(),
            "node", claim.node());
    boolean mine = facts.publish(storage, DIRECTORY, name(claim.epoch()), claim.id());
    newest = Math.max(newest, claim.epoch());
    return mine;
  }

  private static String name(long epoch) {
    return PREFIX + String.format("%010d", epoch);
  }

  private static String path(long epoch) {
    return DIRECTORY + "/" + name(epoch);
  }
}
