package io.batonmq.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who has which lock. It may forget a holder, and give to two what only one should have.
final class LockServer {
  private final SimDisk disk;
  private final List<SimLock> held = new ArrayList<>();

  LockServer(SimDisk disk) {
    this.disk = disk;
  }

  @Nullable SimLock tryLock(SimStorage by, String path, Inode inode) {
    boolean taken = !inode.locks.isEmpty();
    if (taken && !disk.chance().perMillion(disk.faults().lockTwice())) {
      return null;
    }
    return give(by, path, inode);
  }

  SimLockWatch watch(SimStorage by, String path, Inode inode, Runnable wake) {
    var watch = new SimLockWatch(by, path, inode, wake);
    inode.watches.add(watch);
    if (inode.locks.isEmpty() || disk.chance().perMillion(disk.faults().lockTwice())) {
      grantSoon(inode, !inode.locks.isEmpty());
    }
    return watch;
  }

  void endWatch(SimLockWatch watch) {
    watch.inode.watches.remove(watch);
  }

  void release(SimLock lock) {
    lock.closed = true;
    drop(lock);
  }

  boolean stillHeld(SimLock lock) {
    if (lock.lost && !lock.blind && lock.inode.locks.isEmpty()) {
      // Asking again takes it again where nobody else has it: what happened in between stays
      // unknown.
      lock.lost = false;
      lock.inode.locks.add(lock);
      held.add(lock);
    }
    var named = disk.image().get(lock.path);
    return (!lock.lost || lock.blind) && named != null && named.id == lock.inode.id;
  }

  void maybeLose(SimStorage by) {
    if (disk.chance().perMillion(disk.faults().lockLost())) {
      for (var lock : List.copyOf(held)) {
        if (lock.storage.mount == by.mount) {
          lose(lock, disk.chance().oneIn(2));
        }
      }
    }
  }

  /// Takes away what is held on a path.
  void lose(String path, boolean blind) {
    for (var lock : List.copyOf(held)) {
      if (lock.path.equals(path)) {
        lose(lock, blind);
      }
    }
  }

  /// Gives the lock of a path to one who waits for it, although another has it.
  void grantTwice(String path) {
    var inode = disk.image().get(path);
    if (inode != null) {
      grant(inode, true);
    }
  }

  @Nullable String holder(String path) {
    var inode = disk.image().get(path);
    return inode == null || inode.locks.isEmpty()
        ? null
        : inode.locks.getFirst().storage.process.name();
  }

  void ownerDied(SimStorage owner) {
    for (var inode : disk.image().files()) {
      inode.watches.removeIf(watch -> watch.storage == owner);
    }
    for (var lock : List.copyOf(held)) {
      if (lock.storage == owner) {
        var delay = disk.releaseDelay();
        if (delay.isZero()) {
          release(lock);
        } else {
          disk.scheduler().after(delay, () -> release(lock));
        }
      }
    }
  }

  /// Clients claim their locks again; now and then one comes too late.
  void serverRestarted() {
    for (var lock : List.copyOf(held)) {
      if (disk.chance().oneIn(8)) {
        lose(lock, disk.chance().oneIn(2));
      }
    }
  }

  private void lose(SimLock lock, boolean blind) {
    disk.scheduler()
        .trace()
        .tell(() -> disk.scheduler().at() + lock.storage.process + " loses lock " + lock.path);
    lock.lost = true;
    lock.blind = blind;
    drop(lock);
  }

  private void drop(SimLock lock) {
    held.remove(lock);
    lock.inode.locks.remove(lock);
    if (lock.inode.locks.isEmpty() && !lock.inode.watches.isEmpty()) {
      grantSoon(lock.inode, false);
    }
  }

  private SimLock give(SimStorage to, String path, Inode inode) {
    var lock = new SimLock(to, path, inode);
    inode.locks.add(lock);
    held.add(lock);
    return lock;
  }

  private void grantSoon(Inode inode, boolean twice) {
    disk.scheduler()
        .after(
            Duration.ofNanos(disk.chance().magnitude(disk.grantNanosMax())),
            () -> grant(inode, twice));
  }

  private void grant(Inode inode, boolean twice) {
    if ((twice || inode.locks.isEmpty()) && !inode.watches.isEmpty()) {
      var watch = inode.watches.remove(disk.chance().below(inode.watches.size()));
      if (!watch.storage.process.alive()) {
        return;
      }
      disk.scheduler()
          .trace()
          .tell(() -> disk.scheduler().at() + watch.storage.process + " gets lock " + watch.path);
      watch.grant(give(watch.storage, watch.path, inode));
    }
  }
}
