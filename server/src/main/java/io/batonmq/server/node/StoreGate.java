package io.batonmq.server.node;

import io.batonmq.ha.Presence;
import io.batonmq.log.Facts;
import io.batonmq.log.file.Register;
import io.batonmq.log.file.Tenure;
import io.batonmq.seam.Clock;
import io.batonmq.seam.HeldLock;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StoredFile;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The door of a store, by which one node at a time comes in: it holds the lock of the file `starting` until the
/// others can see it. So a node that empties the store at its start sees everybody who is there, and nobody begins
/// to read what it is about to remove.
///
/// A node that only wants in does not wait for ever: whoever holds the door may be hung.
final class StoreGate implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreGate.class);
  private static final String FILE = "starting";
  private static final String PRESENCE = "presence";
  private static final long WAIT_NANOS_MAX = 10_000_000_000L;
  private static final long NAP_NANOS = 20_000_000L;

  /// Longer than a node that lives leaves its presence as it is.
  private static final long LOOK_NANOS = 2_000_000_000L;

  private static final List<String> OWN = List.of("register", "snapshots", "ready", PRESENCE);
  private static final String TENURE = "epoch-";

  private final Storage storage;
  private final Clock clock;
  private final Optional<HeldLock> lock;

  private StoreGate(Storage storage, Clock clock, Optional<HeldLock> lock) {
    this.storage = storage;
    this.clock = clock;
    this.lock = lock;
  }

  static StoreGate pass(Storage storage, Clock clock) {
    try {
      storage.createExclusive(FILE).ifPresent(StoredFile::close);
    } catch (StorageException e) {
      // Such as a disk that is full: whoever only follows needs no room.
      LOG.warn("the door of the store cannot be had, nobody is kept out: {}", e.getMessage());
      return new StoreGate(storage, clock, Optional.empty());
    }
    long deadline = clock.monotonicNanos() + WAIT_NANOS_MAX;
    Optional<HeldLock> lock = storage.tryLock(FILE);
    while (lock.isEmpty() && clock.monotonicNanos() - deadline < 0) {
      LockSupport.parkNanos(NAP_NANOS);
      lock = storage.tryLock(FILE);
    }
    if (lock.isEmpty()) {
      LOG.warn("another node is starting at this store and does not get on; it is not waited for");
    }
    return new StoreGate(storage, clock, lock);
  }

  /// Removes everything in the store that Baton has written; false, with a reason in the log, if another node has
  /// it, or is recorded there under another name.
  boolean wipe(String node) {
    Optional<String> refusal =
        lock.isEmpty() ? Optional.of("another node is starting at it") : inTheWay(node);
    if (refusal.isPresent()) {
      LOG.error(
          "deleteAllMessagesOnStartup: the store is not emptied, {}; start without it, or end the"
              + " others first; exit_code={}",
          refusal.get(),
          ServerMain.EXIT_STORE_IN_USE);
      return false;
    }
    // The register first: without it nothing else there counts, wherever this is cut off.
    int removed = 0;
    for (String name : OWN) {
      removed += remove(name);
    }
    for (String name : storage.list("")) {
      if (name.startsWith(TENURE)) {
        removed += remove(name);
      }
    }
    storage.syncDirectory("");
    LOG.warn("deleteAllMessagesOnStartup: the store is emptied files={}", removed);
    return true;
  }

  private Optional<String> inTheWay(String node) {
    List<Presence.Peer> holders = Presence.holders(storage);
    if (!holders.isEmpty()) {
      return Optional.of("a node named " + holders.getFirst().node() + " has it");
    }
    Optional<String> moving = moving();
    if (moving.isPresent()) {
      return moving;
    }
    TreeSet<String> recorded = new TreeSet<>();
    for (String name : storage.list(PRESENCE)) {
      presence(name).map(facts -> facts.get("node")).ifPresent(recorded::add);
    }
    Register register = new Register(storage);
    register
        .newest()
        .map(Tenure::epoch)
        .ifPresent(newest -> {
          for (long epoch = newest; epoch > 0; epoch--) {
            recorded.add(register.read(epoch).node());
          }
        });
    recorded.remove(node);
    return recorded.isEmpty()
        ? Optional.empty()
        : Optional.of("it is recorded to be needed by " + String.join(", ", recorded));
  }

  /// Where locks do not reach from one machine to another, a node shows that it lives by its presence.
  private Optional<String> moving() {
    List<String> names = storage.list(PRESENCE);
    if (names.isEmpty()) {
      return Optional.empty();
    }
    List<Optional<String>> before = counts(names);
    long until = clock.monotonicNanos() + LOOK_NANOS;
    while (clock.monotonicNanos() - until < 0) {
      LockSupport.parkNanos(NAP_NANOS);
    }
    return counts(names).equals(before) ? Optional.empty() : Optional.of("another node has it");
  }

  private List<Optional<String>> counts(List<String> names) {
    return names.stream().map(name -> presence(name).map(facts -> facts.get("count"))).toList();
  }

  private Optional<Facts> presence(String name) {
    return Facts.read(storage, PRESENCE + "/" + name);
  }

  private int remove(String path) {
    int removed = 1;
    for (String name : storage.list(path)) {
      removed += remove(path + "/" + name);
    }
    storage.remove(path);
    return removed;
  }

  /// Keeps the door until the node can be seen, or takes too long.
  void hold(CompletableFuture<Boolean> shown) {
    try {
      shown.get(WAIT_NANOS_MAX, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the node does not get on; others are let in");
    }
  }

  @Override
  public void close() {
    lock.ifPresent(HeldLock::close);
  }
}
