package io.batonmq.sim;

import io.batonmq.seam.Monitor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A monitor of one simulated process.
public final class SimMonitor implements Monitor {
  private static final long FOREVER_NANOS = 3_600_000_000_000L;

  private final SimProcess process;
  private final ArrayDeque<SimTask> entering = new ArrayDeque<>();
  private final List<SimTask> awaiting = new ArrayList<>();
  private boolean taken;

  public SimMonitor(SimProcess process) {
    this.process = process;
  }

  @Override
  public void enter() {
    process.scheduler().point();
    while (taken) {
      SimTask self = self();
      if (self == null) {
        throw new IllegalStateException("the driver would wait for a task of " + process);
      }
      entering.add(self);
      park(FOREVER_NANOS);
      entering.remove(self);
    }
    taken = true;
  }

  private void park(long nanos) {
    process.park(Duration.ofNanos(nanos));
  }

  private @Nullable SimTask self() {
    return process.scheduler().current();
  }

  @Override
  public void leave() {
    taken = false;
    SimTask next = entering.peek();
    if (next != null) {
      next.unpark();
    }
  }

  @Override
  public void await(long nanosMax) {
    SimTask self = self();
    if (self == null) {
      throw new IllegalStateException("the driver waits in " + process);
    }
    awaiting.add(self);
    leave();
    park(nanosMax);
    awaiting.remove(self);
    enter();
  }

  @Override
  public void signal() {
    awaiting.forEach(SimTask::unpark);
    awaiting.clear();
  }
}
