package io.batonmq.sim.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.Unguarded;
import io.batonmq.sim.SimDisk;
import io.batonmq.sim.ha.PairSimulation.Sabotage;
import io.batonmq.sim.ha.PairSimulation.Settings;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each guard of the protocol is needed: without it, some seed of the simulation fails.
///
/// A seed that was seen to fail is tried first; when the code has changed so that it does not, others are.
class GuardsTest {
  private static final int SEEDS_MAX = Integer.getInteger("guards.seeds", 400);

  private record Guard(String without, long seen, Sabotage sabotage, PairSimulation.Logs logs) {
    static Guard of(String without, long seen, Sabotage sabotage) {
      return new Guard(without, seen, sabotage, FileLog::new);
    }

    Settings settings(long seed) {
      return Settings.of(seed, SimDisk.Model.LOCAL).with(sabotage).with(logs);
    }

    boolean fails(long seed) {
      try {
        PairSimulation.run(settings(seed));
        return false;
      } catch (AssertionError e) {
        return true;
      }
    }

    @Override
    public String toString() {
      return without;
    }
  }

  static Stream<Guard> guards() {
    return Stream.of(
        Guard.of("the fence read after the sync", 5, (disk, _) -> new Sabotaged.FenceNotRead(disk)),
        Guard.of(
            "the sync before the confirm", 0, (disk, _) -> new Sabotaged.ConfirmedBeforeSync(disk)),
        Guard.of(
            "manifests of dead claims made void",
            23,
            (disk, _) -> new Sabotaged.ManifestsNotSettled(disk)),
        Guard.of(
            "the fence raised before reading", 7, (disk, _) -> new Sabotaged.FenceRaisedLate(disk)),
        new Guard("the copy of the tail", 0, Sabotage.NONE, Unguarded::withoutTail),
        new Guard("the mark that a follower waits for", 3, Sabotage.NONE, Unguarded::withoutMarks));
  }

  @ParameterizedTest
  @MethodSource("guards")
  void someSeedFailsWithout(Guard guard) {
    var seeds = LongStream.concat(LongStream.of(guard.seen), LongStream.range(0, SEEDS_MAX));
    assertThat(seeds.anyMatch(guard::fails)).as("some seed fails without %s", guard).isTrue();
  }
}
