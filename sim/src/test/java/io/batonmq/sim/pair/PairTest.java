package io.batonmq.sim.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.sim.SimDisk;
import org.junit.jupiter.api.Test;

/// Pairs under faults, a seed each, every one run twice.
class PairTest {
  @Test
  void noConfirmedMessageIsLostWhateverDies() {
    Stats all = new Stats();
    for (long seed = 1; seed <= 40; seed++) {
      long first = run(seed, all);
      assertThat(run(seed, new Stats())).as("seed=%d repeats", seed).isEqualTo(first);
    }
    System.out.println(all);
    assertThat(all.confirmed()).isGreaterThan(1_000);
  }

  private static long run(long seed, Stats all) {
    try (var sim = Simulation.seeded(seed).disk(SimDisk.Model.LOCAL).start()) {
      all.add(sim.live());
      return sim.hash();
    }
  }
}
