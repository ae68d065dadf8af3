package io.batonmq.server.platform;

import io.batonmq.seam.Monitor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A monitor of this process's threads.
public final class LockMonitor implements Monitor {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @Override
  public void enter() {
    lock.lock();
  }

  @Override
  public void leave() {
    lock.unlock();
  }

  @Override
  @SuppressWarnings("WaitNotInLoop") // the callers look again, as the contract says
  public void await(long nanosMax) {
    try {
      if (!changed.await(nanosMax, TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      // Lanes are never interrupted; whoever did so is told, and the wait is over early.
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void signal() {
    changed.signalAll();
  }
}
