package io.batonmq.sim.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.log.file.Unguarded;
import io.batonmq.sim.SimDisk;
import io.batonmq.sim.ha.PairSimulation.Sabotage;
import io.batonmq.sim.ha.PairSimulation.Settings;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each guard of the protocol is needed: without it, some seed of the simulation fails.
class GuardsTest {
  private static final int SEEDS_MAX = Integer.getInteger("guards.seeds", 400);

  private record Guard(String without, Sabotage sabotage, PairSimulation.Logs logs) {
    static Guard of(String without, Sabotage sabotage) {
      return new Guard(without, sabotage, Settings.of(0, SimDisk.Model.LOCAL).logs());
    }

    Settings settings(long seed) {
      return Settings.of(seed, SimDisk.Model.LOCAL).with(sabotage).with(logs);
    }

    @Override
    public String toString() {
      return without;
    }
  }

  static Stream<Guard> guards() {
    return Stream.of(
        Guard.of("the fence read after the sync", (disk, _) -> new Sabotaged.FenceNotRead(disk)),
        Guard.of(
            "the sync before the confirm", (disk, _) -> new Sabotaged.ConfirmedBeforeSync(disk)),
        Guard.of(
            "manifests of dead claims made void",
            (disk, _) -> new Sabotaged.ManifestsNotSettled(disk)),
        Guard.of(
            "the fence raised before reading", (disk, _) -> new Sabotaged.FenceRaisedLate(disk)),
        new Guard("the copy of the tail", Sabotage.NONE, Unguarded::withoutTail),
        new Guard("the mark that a follower waits for", Sabotage.NONE, Unguarded::withoutMarks));
  }

  @ParameterizedTest
  @MethodSource("guards")
  void someSeedFailsWithout(Guard guard) {
    assertThat(firstFailure(guard)).as("a seed that fails without %s", guard).isPresent();
  }

  private static OptionalLong firstFailure(Guard guard) {
    return LongStream.range(0, SEEDS_MAX)
        .parallel()
        .filter(seed -> {
          try {
            PairSimulation.run(guard.settings(seed));
            return false;
          } catch (AssertionError e) {
            return true;
          }
        })
        .findAny();
  }
}
