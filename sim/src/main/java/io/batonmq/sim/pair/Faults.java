package io.batonmq.sim.pair;

import io.batonmq.sim.Chance;
import io.batonmq.sim.Chaos;
import io.batonmq.sim.DiskFaults;
import java.time.Duration;

/// What goes wrong in one seed, and when.
final class Faults {
  private final Simulation sim;
  private final Chance chance;
  private final Duration length;
  private boolean over;

  Faults(Simulation sim) {
    this.sim = sim;
    this.chance = sim.chance().fork();
    this.length = Duration.ofMillis(1_000 + chance.below(5_000));
  }

  Duration length() {
    return length;
  }

  /// How long it may take afterwards until everything is in order.
  Duration patience() {
    return Duration.ofSeconds(60);
  }

  void begin() {
    sim.scheduler().chaos(Chaos.NONE.withKills(chance.oneIn(2) ? 0 : (int) chance.magnitude(200)));
    next();
  }

  private void next() {
    if (!over) {
      strike();
      sim.after(Duration.ofNanos(chance.magnitude(1_500_000_000)), this::next);
    }
  }

  private void strike() {
    SimNode node = sim.nodes().get(chance.below(sim.nodes().size()));
    node.life().ifPresent(life -> life.process().kill());
  }

  void end() {
    over = true;
    sim.scheduler().chaos(Chaos.NONE);
    sim.disk().faults(DiskFaults.NONE);
  }
}
