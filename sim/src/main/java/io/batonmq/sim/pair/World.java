package io.batonmq.sim.pair;

import io.batonmq.sim.SimDisk;
import java.util.Locale;

/// Where the log of a pair lies.
public enum World {
  /// On a disk that all nodes share, on one host.
  LOCAL,
  /// On a file server.
  NETWORK,
  /// On a disk of each node's own, which they keep alike; an arbiter is in a directory that all reach.
  OWN;

  Simulation.Plan plan(long seed) {
    Simulation.Plan plan = Simulation.seeded(seed);
    return switch (this) {
      case LOCAL -> plan.disk(SimDisk.Model.LOCAL);
      case NETWORK -> plan.disk(SimDisk.Model.NETWORK);
      case OWN -> plan.disk(SimDisk.Model.LOCAL).replicated();
    };
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
