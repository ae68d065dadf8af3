package io.batonmq.server.node;

import io.batonmq.seam.Clock;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Notices that the disk of an active node does not answer any more.
///
/// Every other thread of such a node may hang in that disk: the log's lane and the event loops in a sync,
/// the baton's lane in its presence. None of them could then close the sockets of clients that another node
/// serves by now. So this looks on from a thread that touches neither disk nor lock, and decides by the same
/// sign as the other nodes do: the heart has not beaten for `failover-stall-timeout`.
///
/// Only time in which this process itself ran is counted: after a pause of the whole machine the disk gets
/// its full time again. Whether another node took over meanwhile, the fence says.
final class StallWatch {
  static final long TICK_NANOS = 250_000_000L;

  private final Supplier<OptionalLong> heartDue;
  private final long stallNanos;
  private OptionalLong due = OptionalLong.empty();
  private long lookedNanos;
  private long silentNanos;
  private volatile boolean over;

  /// @param heartDue when the heart is to beat next, by the monotonic clock; empty while there is nothing
  ///     to watch
  StallWatch(Supplier<OptionalLong> heartDue, long stallNanos) {
    this.heartDue = heartDue;
    this.stallNanos = stallNanos;
  }

  /// Looks, each [#TICK_NANOS] or so; answers whether the disk has not answered for too long.
  boolean stalled(long nowNanos) {
    long ran = Math.min(nowNanos - lookedNanos, 2 * TICK_NANOS);
    lookedNanos = nowNanos;
    OptionalLong next = heartDue.get();
    if (next.isEmpty() || !next.equals(due)) {
      due = next;
      silentNanos = 0;
      return false;
    }
    silentNanos += ran;
    return silentNanos >= stallNanos;
  }

  /// Looks until the disk has not answered for too long, and then does what is to be done, once. It may
  /// neither touch the disk nor wait for a lane.
  void start(Clock clock, Runnable act) {
    Thread.ofPlatform()
        .daemon()
        .name("stall-watch")
        .start(() -> {
          while (!over && !stalled(clock.monotonicNanos())) {
            LockSupport.parkNanos(TICK_NANOS);
          }
          if (!over) {
            act.run();
          }
        });
  }

  /// Ends the watch: there is nothing any more to look at.
  void stop() {
    over = true;
  }
}
