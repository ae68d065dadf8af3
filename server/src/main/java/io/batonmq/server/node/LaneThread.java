package io.batonmq.server.node;

import io.batonmq.seam.Clock;
import io.batonmq.seam.Now;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// A thread that calls a lane as long as there is something to do, then sleeps until it is woken or
/// something is due. It is never interrupted: an interrupt in file I/O closes the channel, and with it
/// would go the lock.
final class LaneThread {
  /// One turn of a lane.
  interface Work {
    boolean doWork(Now now);

    /// The monotonic time by which it is to be called without being woken.
    long deadlineNanos();
  }

  private static final long NAP_NANOS_MAX = 1_000_000_000L;

  private final Clock clock;
  private final Work work;
  private final Consumer<Throwable> failed;
  private final Thread thread;
  private final AtomicBoolean signalled = new AtomicBoolean();
  private volatile boolean stopped;

  LaneThread(String name, Clock clock, Work work, Consumer<Throwable> failed) {
    this.clock = clock;
    this.work = work;
    this.failed = failed;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void wake() {
    if (!signalled.get() && signalled.compareAndSet(false, true)) {
      LockSupport.unpark(thread);
    }
  }

  /// Asks the thread to end after its turn; does not wait for it.
  void stop() {
    stopped = true;
    wake();
  }

  private void run() {
    try {
      while (!stopped) {
        signalled.set(false);
        if (!work.doWork(Now.of(clock))) {
          nap();
        }
      }
    } catch (Throwable e) {
      failed.accept(e);
    }
  }

  private void nap() {
    long nanos = Math.min(work.deadlineNanos() - clock.monotonicNanos(), NAP_NANOS_MAX);
    if (nanos > 0 && !signalled.get()) {
      LockSupport.parkNanos(this, nanos);
    }
  }
}
