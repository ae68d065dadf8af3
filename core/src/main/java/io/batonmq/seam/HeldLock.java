package io.batonmq.seam;

/// An exclusive lock that this node was given. Locks say *when to try*, never *who may confirm*.
public interface HeldLock extends AutoCloseable {
  /// Asks the system again whether the lock is still held, and still on the file of that name.
  boolean stillHeld();

  /// Gives the lock back.
  @Override
  void close();
}
