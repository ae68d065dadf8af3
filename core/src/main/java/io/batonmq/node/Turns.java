package io.batonmq.node;

import io.batonmq.seam.Now;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Who owns the queues: one thread at a time, for one turn. Mostly that is the broker's lane; but a thread
/// that brings commands, or the log's lane when it has committed something, takes the turn itself if nobody
/// is in one, because waking another thread costs more than most turns.
///
/// Whoever comes while a turn is taken goes away again, and what it brought is seen: the thread in the turn
/// looks after the turn whether somebody was sent away meanwhile, and if so wakes the broker's lane.
final class Turns {
  /// One turn of the owner of the queues.
  interface Work {
    boolean turn(Now now);

    /// The monotonic time by which there has to be another.
    long deadlineNanos();
  }

  private final Work work;
  private final Runnable wakeLane;
  private final AtomicBoolean taken = new AtomicBoolean();
  private volatile boolean sentAway;
  private volatile long deadlineNanos;
  private volatile @Nullable Throwable bug;

  // Owner's.
  private @Nullable Now last;

  /// @param wakeLane wakes the lane that calls [#own]
  Turns(Work work, Runnable wakeLane) {
    this.work = work;
    this.wakeLane = wakeLane;
  }

  /// Takes a turn as the lane of the owner; answers whether there was anything to do.
  ///
  /// @throws IllegalStateException if a turn failed on another thread, which cannot end this node
  boolean own(Now now) {
    Throwable found = bug;
    if (found != null) {
      throw new IllegalStateException("a turn of the owner of the queues failed", found);
    }
    if (!taken.compareAndSet(false, true)) {
      sendAway();
      return false;
    }
    boolean worked = take(now);
    taken.set(false);
    return worked || sentAway;
  }

  /// Takes a turn on another thread, or leaves it to the one that is in it. What the turn throws is thrown
  /// here and, for good, in the owner's lane.
  void borrow(Now now) {
    if (bug != null) {
      return;
    }
    if (!taken.compareAndSet(false, true)) {
      sendAway();
      return;
    }
    long before = deadlineNanos;
    try {
      take(now);
    } catch (RuntimeException | Error e) {
      // The turn stays taken: nobody goes on with queues that were left in the middle.
      fail(e);
      throw e;
    }
    taken.set(false);
    if (sentAway || deadlineNanos - before < 0) {
      wakeLane.run();
    }
  }

  /// Something failed that should not: nobody goes on, and the lane ends the node.
  void fail(Throwable e) {
    bug = e;
    wakeLane.run();
  }

  /// Somebody else is in the turn. It may have ended since: then nobody will look, so look again.
  private void sendAway() {
    sentAway = true;
    if (!taken.get()) {
      wakeLane.run();
    }
  }

  private boolean take(Now now) {
    sentAway = false;
    // Another thread may have looked at the clock later and come earlier.
    Now latest = last;
    Now at = latest != null && now.nanos() - latest.nanos() < 0 ? latest : now;
    last = at;
    boolean worked = work.turn(at);
    deadlineNanos = work.deadlineNanos();
    return worked;
  }

  /// When the lane has to take a turn without being woken. While another thread is in one, never: that
  /// thread wakes it.
  long deadlineNanos() {
    return sentAway ? Long.MAX_VALUE : deadlineNanos;
  }
}
