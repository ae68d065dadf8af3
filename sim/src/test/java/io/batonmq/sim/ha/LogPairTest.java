package io.batonmq.sim.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.sim.SimDisk;
import io.batonmq.sim.ha.PairSimulation.Settings;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Two or three nodes of the shipping log and hand-over, under everything that can go wrong.
///
/// More seeds: `-Dlogpair.seeds=20000`, beginning elsewhere: `-Dlogpair.first=1000000`.
class LogPairTest {
  private static final int SEEDS = Integer.getInteger("logpair.seeds", 100);
  private static final long FIRST = Long.getLong("logpair.first", 0);

  @ParameterizedTest
  @EnumSource
  void whatWasConfirmedIsThereInOneOrderWhateverHappens(SimDisk.Model model) {
    var confirmed = new AtomicLong();
    var takeOvers = new AtomicLong();
    LongStream.range(FIRST, FIRST + SEEDS)
        .parallel()
        .forEach(seed -> {
          var first = PairSimulation.run(Settings.of(seed, model));
          var second = PairSimulation.run(Settings.of(seed, model));
          assertThat(second).as("seed %d runs the same way twice", seed).isEqualTo(first);
          confirmed.addAndGet(first.confirmed());
          takeOvers.addAndGet(first.takeOvers());
        });
    // A simulation in which nothing happens proves nothing.
    assertThat(confirmed.get()).isGreaterThan(100L * SEEDS);
    assertThat(takeOvers.get()).isGreaterThan(2L * SEEDS);
  }

  @Test
  @EnabledIfSystemProperty(named = "logpair.seed", matches = ".+")
  void replay() {
    var model = SimDisk.Model.valueOf(System.getProperty("logpair.model", "LOCAL"));
    try (var simulation = new PairSimulation(Settings.of(Long.getLong("logpair.seed"), model))) {
      if (Boolean.getBoolean("logpair.trace")) {
        simulation.scheduler().trace().listen(System.out::println);
      }
      try {
        System.out.println(simulation.run());
      } finally {
        simulation.heard().forEach(System.out::println);
      }
    }
  }
}
