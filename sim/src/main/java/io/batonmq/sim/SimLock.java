package io.batonmq.sim;

import io.batonmq.seam.HeldLock;

/// A lock as its holder believes to have it.
final class SimLock implements HeldLock {
  final SimStorage storage;
  final String path;
  final Inode inode;

  /// The server does not know of it any more.
  boolean lost;

  /// Nor will this node ever be told.
  boolean blind;

  boolean closed;

  SimLock(SimStorage storage, String path, Inode inode) {
    this.storage = storage;
    this.path = path;
    this.inode = inode;
  }

  @Override
  public boolean stillHeld() {
    return storage.call(
        Operation.STILL_HELD, path, 0, () -> !closed && storage.disk.locks().stillHeld(this));
  }

  @Override
  public void close() {
    if (!closed) {
      storage.call(
          Operation.UNLOCK,
          path,
          0,
          () -> {
            storage.disk.locks().release(this);
            return true;
          });
    }
  }
}
