package io.batonmq.sim;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// A thread that runs only while it was given the turn. All that the simulation does with threads
/// of the JDK is here; whoever gives the turn away waits for it, so one of them runs at any moment.
final class Turn {
  private static final long LOOK_NANOS = 1_000_000_000L;
  private static final int LOOKS_MAX = 20;

  private final Thread thread;
  private boolean begun;
  private volatile boolean mine;

  private Turn(Thread thread, boolean begun) {
    this.thread = thread;
    this.begun = begun;
  }

  /// A new thread, which begins when it is given the turn.
  static Turn of(String name, Runnable body) {
    return new Turn(Thread.ofVirtual().name(name).unstarted(body), false);
  }

  /// The calling thread, which has the turn.
  static Turn ofCaller() {
    return new Turn(Thread.currentThread(), true);
  }

  boolean begun() {
    return begun;
  }

  boolean isCaller() {
    return Thread.currentThread().equals(thread);
  }

  void give() {
    if (begun) {
      mine = true;
      LockSupport.unpark(thread);
    } else {
      begun = true;
      thread.start();
    }
  }

  void await() {
    while (!mine) {
      LockSupport.park(this);
    }
    mine = false;
  }

  /// Waits for the turn while others make progress; false when there was none for long, which means
  /// that the one who has the turn waits for something that the simulation does not know.
  boolean await(LongSupplier progress) {
    long seen = progress.getAsLong();
    int looks = 0;
    while (!mine && looks < LOOKS_MAX) {
      LockSupport.parkNanos(this, LOOK_NANOS);
      long next = progress.getAsLong();
      // A spurious wake-up counts as a look; twenty of them in a row without a step do not happen.
      looks = next == seen ? looks + 1 : 0;
      seen = next;
    }
    boolean given = mine;
    mine = false;
    return given;
  }

  StackTraceElement[] stack() {
    return thread.getStackTrace();
  }
}
