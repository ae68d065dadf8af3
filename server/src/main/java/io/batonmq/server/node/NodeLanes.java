package io.batonmq.server.node;

import io.batonmq.node.Lanes;
import io.batonmq.node.Serving;
import io.batonmq.seam.Clock;
import io.batonmq.seam.Now;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads of a node: the baton's, always; the broker's, the log's and the keeper's while it serves.
final class NodeLanes implements Lanes {
  private static final Logger LOG = LoggerFactory.getLogger(NodeLanes.class);
  private static final long KEEPER_NAP_NANOS = 200_000_000L;

  private final Clock clock;
  private final Consumer<Throwable> failed;
  private final List<LaneThread> serving = new ArrayList<>();
  private volatile @Nullable LaneThread baton;
  private volatile @Nullable LaneThread broker;
  private volatile @Nullable LaneThread log;
  private volatile @Nullable LaneThread keeper;

  NodeLanes(Clock clock, Consumer<Throwable> failed) {
    this.clock = clock;
    this.failed = failed;
  }

  /// @param napNanos how long the baton's lane may sleep between two looks
  void startBaton(Predicate<Now> work, long napNanos) {
    LaneThread thread = lane("baton", work, () -> clock.monotonicNanos() + napNanos);
    baton = thread;
    thread.start();
  }

  void start(Serving now) {
    broker = lane("broker", now::brokerWork, now::nextDeadlineNanos);
    log = lane("log", now::logWork, now::nextBeatNanos);
    keeper = lane("keeper", now::keeperWork, () -> clock.monotonicNanos() + KEEPER_NAP_NANOS);
    for (LaneThread thread : new LaneThread[] {broker, log, keeper}) {
      serving.add(thread);
      thread.start();
    }
  }

  /// Lets the lanes of a broker that is over end by themselves: one may be stuck in a disk that hangs. From here on
  /// nothing leads to that broker: a node that stands by again reads its state anew, and has no room for two.
  void stopServing() {
    serving.forEach(LaneThread::stop);
    serving.clear();
    broker = null;
    log = null;
    keeper = null;
  }

  /// Lets the baton's lane end by itself, which it may not be in the middle of.
  void stopBaton() {
    LaneThread thread = baton;
    if (thread != null) {
      thread.stop();
    }
  }

  /// A thread of this node, not begun yet.
  LaneThread lane(String name, Predicate<Now> work, LongSupplier deadline) {
    return new LaneThread(
        name,
        clock,
        new LaneThread.Work() {
          @Override
          public boolean doWork(Now now) {
            return work.test(now);
          }

          @Override
          public long deadlineNanos() {
            return deadline.getAsLong();
          }
        },
        failed);
  }

  @Override
  public void wakeBroker() {
    wake(broker);
  }

  @Override
  public void wakeLog() {
    wake(log);
  }

  @Override
  public void wakeKeeper() {
    wake(keeper);
  }

  @Override
  public void wakeBaton() {
    wake(baton);
  }

  @Override
  public void warn(String line) {
    LOG.warn(line);
  }

  private static void wake(@Nullable LaneThread thread) {
    if (thread != null) {
      thread.wake();
    }
  }
}
