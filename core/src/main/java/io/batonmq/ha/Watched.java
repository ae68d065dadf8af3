package io.batonmq.ha;

import io.batonmq.log.file.Tenure;
import io.batonmq.seam.HeldLock;
import io.batonmq.seam.LockWatch;
import io.batonmq.seam.Now;
import io.batonmq.seam.Storage;
import org.jspecify.annotations.Nullable;

/// The tenure that a standby observes: its lock and its heart.
final class Watched implements AutoCloseable {
  private final Tenure tenure;
  private final LockWatch lock;
  private @Nullable HeldLock granted;
  private long heart = -1;
  private long changedNanos;

  Watched(Storage storage, Tenure tenure, Now now, Runnable wake) {
    this.tenure = tenure;
    this.lock = storage.watchLock(tenure.lock(), wake);
    this.changedNanos = now.nanos();
  }

  Tenure tenure() {
    return tenure;
  }

  void look(long beats, Now now) {
    if (beats != heart) {
      heart = beats;
      changedNanos = now.nanos();
    }
  }

  /// When the heart was last seen to have beaten, by this node's own clock.
  long changedNanos() {
    return changedNanos;
  }

  /// Whether the lock of the tenure was given to this node, which says that its holder is gone.
  boolean granted() {
    if (granted == null) {
      granted = lock.granted().orElse(null);
    }
    return granted != null;
  }

  @Override
  public void close() {
    lock.close();
    if (granted != null) {
      granted.close();
    }
  }
}
