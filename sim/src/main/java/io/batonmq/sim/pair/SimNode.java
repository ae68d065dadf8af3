package io.batonmq.sim.pair;

import io.batonmq.ha.HaSettings;
import io.batonmq.sim.ClockSkew;
import io.batonmq.sim.SimProcess;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A node over all its lives. Whatever ends one, a supervisor begins the next.
final class SimNode {
  private final Simulation sim;
  private final HaSettings ha;
  private final ClockSkew skew;
  private @Nullable Life life;
  private @Nullable SimProcess last;
  private int lives;

  SimNode(Simulation sim, HaSettings ha) {
    this.sim = sim;
    this.ha = ha;
    this.skew = sim.setup().skew(sim.chance());
  }

  String name() {
    return ha.node();
  }

  HaSettings ha() {
    return ha;
  }

  boolean primary() {
    return ha.role() == HaSettings.Configured.PRIMARY;
  }

  Optional<Life> life() {
    return Optional.ofNullable(life);
  }

  /// What its wall clock says, whether it lives or not.
  long wallMillis() {
    SimProcess process = last;
    return process == null ? 0 : process.clock().wallMillis();
  }

  int lives() {
    return lives;
  }

  void start() {
    if (life == null) {
      lives++;
      sim.tell(() -> name() + " starts, life " + lives);
      SimProcess process = sim.scheduler().process(name(), skew);
      last = process;
      Life born = new Life(sim, this, process);
      life = born;
      born.start();
    }
  }

  void died(Life was) {
    if (was == life) {
      life = null;
      sim.after(
          Duration.ofNanos(sim.chance().magnitude(sim.setup().restartNanosMax())), this::start);
    }
  }
}
