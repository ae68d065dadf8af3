package io.batonmq.sim;

import io.batonmq.seam.HeldLock;
import io.batonmq.seam.LockWatch;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A wait for a lock.
final class SimLockWatch implements LockWatch {
  final SimStorage storage;
  final String path;
  final Inode inode;
  private final Runnable wake;
  private @Nullable SimLock granted;

  SimLockWatch(SimStorage storage, String path, Inode inode, Runnable wake) {
    this.storage = storage;
    this.path = path;
    this.inode = inode;
    this.wake = wake;
  }

  void grant(SimLock lock) {
    granted = lock;
    wake.run();
  }

  @Override
  public Optional<HeldLock> granted() {
    var lock = granted;
    granted = null;
    return Optional.ofNullable(lock);
  }

  @Override
  public void close() {
    storage.disk.locks().endWatch(this);
    var lock = granted;
    granted = null;
    if (lock != null) {
      storage.disk.locks().release(lock);
    }
  }
}
