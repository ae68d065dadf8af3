package io.batonmq.sim.pair;

import io.batonmq.node.Lanes;
import io.batonmq.node.Serving;
import io.batonmq.seam.Clock;
import io.batonmq.seam.Now;
import io.batonmq.session.Command;
import io.batonmq.sim.ProcessDied;
import io.batonmq.sim.SimProcess;
import io.batonmq.sim.SimTask;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The lanes of a node as tasks: the same loop, naps and wake-ups as the threads of the server. Every
/// turn and every wake-up is a scheduling point, so that lanes can be cut apart inside a turn too.
final class SimLanes implements Lanes {
  private static final long NAP_NANOS_MAX = 1_000_000_000L;
  private static final long KEEPER_NAP_NANOS = 200_000_000L;

  private final SimProcess process;
  private final Clock clock;
  private final Consumer<Throwable> failed;
  private final List<Lane> serving = new ArrayList<>();
  private int started;
  private @Nullable Lane baton;
  private @Nullable Lane broker;
  private @Nullable Lane log;
  private @Nullable Lane keeper;
  private @Nullable Lane net;
  private ArrayDeque<Command> arrived = new ArrayDeque<>();

  SimLanes(SimProcess process, Consumer<Throwable> failed) {
    this.process = process;
    this.clock = process.clock();
    this.failed = failed;
  }

  /// @param napNanos how long the baton's lane may sleep between two looks
  void startBaton(Predicate<Now> work, long napNanos) {
    baton = start("baton", work, () -> clock.monotonicNanos() + napNanos);
  }

  /// A lane beside these, for as long as the process lives; answers what wakes it.
  Runnable startBeside(String name, Predicate<Now> work, long napNanos) {
    Lane lane = start(name, work, () -> clock.monotonicNanos() + napNanos);
    return () -> wake(lane);
  }

  void start(Serving now) {
    started++;
    broker = start("broker", now::brokerWork, now::nextDeadlineNanos);
    log = start("log", now::logWork, now::nextBeatNanos);
    keeper = start("keeper", now::keeperWork, () -> clock.monotonicNanos() + KEEPER_NAP_NANOS);
    ArrayDeque<Command> read = new ArrayDeque<>();
    Lane loop =
        start("net", at -> bring(read, now, at), () -> clock.monotonicNanos() + NAP_NANOS_MAX);
    arrived = read;
    net = loop;
    serving.addAll(List.of(broker, log, keeper, loop));
  }

  /// Takes what a connection has read, as an event loop does.
  void arrive(Command command) {
    arrived.add(command);
    wake(net);
  }

  private boolean bring(ArrayDeque<Command> read, Serving to, Now now) {
    boolean any = !read.isEmpty();
    for (Command command = read.poll(); command != null; command = read.poll()) {
      to.submit(command);
      process.scheduler().point();
    }
    if (any) {
      to.submitted(now);
    }
    return any;
  }

  /// Lets the lanes of a broker that is over end by themselves: one may be stuck in a disk that hangs.
  void stopServing() {
    serving.forEach(Lane::stop);
    serving.clear();
  }

  private Lane start(String name, Predicate<Now> work, LongSupplier deadline) {
    Lane lane = new Lane(work, deadline);
    lane.task = process.spawn(name + (started > 1 ? started : ""), lane::run);
    return lane;
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

  private void wake(@Nullable Lane lane) {
    if (lane != null) {
      lane.wake();
    }
    process.scheduler().point();
  }

  private final class Lane {
    private final Predicate<Now> work;
    private final LongSupplier deadline;
    private @Nullable SimTask task;
    private boolean signalled;
    private boolean stopped;

    Lane(Predicate<Now> work, LongSupplier deadline) {
      this.work = work;
      this.deadline = deadline;
    }

    void wake() {
      SimTask woken = task;
      if (!signalled && woken != null) {
        signalled = true;
        woken.unpark();
      }
    }

    void stop() {
      stopped = true;
      wake();
    }

    void run() {
      try {
        while (!stopped) {
          signalled = false;
          if (work.test(Now.of(clock))) {
            process.scheduler().point();
          } else {
            nap();
          }
        }
      } catch (ProcessDied | Violation e) {
        throw e;
      } catch (Throwable e) {
        failed.accept(e);
      }
    }

    private void nap() {
      long nanos = Math.min(deadline.getAsLong() - clock.monotonicNanos(), NAP_NANOS_MAX);
      if (nanos > 0 && !signalled) {
        process.park(Duration.ofNanos(nanos));
      } else {
        process.scheduler().point();
      }
    }
  }
}
