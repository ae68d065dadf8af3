package io.batonmq.sim;

import static io.batonmq.sim.Files.read;
import static io.batonmq.sim.Files.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Nodes that claim numbers by link, as takeovers do, under everything that can go wrong.
class SharedDiskTest {
  private static final DiskFaults EVERYTHING =
      DiskFaults.stalls(2_000, Duration.ofMinutes(2))
          .withErrors(500, 500, 500)
          .withNoSpace(500)
          .withLocks(1_000, 20_000);

  private record Claim(int number, String by) {}

  @ParameterizedTest
  @EnumSource
  void aNumberIsClaimedOnceAndEveryRunRepeats(SimDisk.Model model) {
    int claims = 0;
    for (long seed = 0; seed < 60; seed++) {
      var first = new ArrayList<Claim>();
      var second = new ArrayList<Claim>();
      long trace = claim(seed, model, first);
      assertThat(claim(seed, model, second)).as("seed=%d", seed).isEqualTo(trace);
      assertThat(second).isEqualTo(first);
      assertThat(first.stream().map(Claim::number)).as("seed=%d", seed).doesNotHaveDuplicates();
      claims += first.size();
    }
    assertThat(claims).isGreaterThan(1_000);
  }

  private static long claim(long seed, SimDisk.Model model, List<Claim> claims) {
    try (var scheduler = new Scheduler(seed)) {
      var disk = new SimDisk(scheduler, model);
      disk.faults(EVERYTHING);
      scheduler.chaos(Chaos.pauses(500, Duration.ofMinutes(3)).withKills(500));
      for (var name : List.of("a", "b", "c")) {
        start(scheduler, disk, name, claims);
      }
      scheduler.runFor(Duration.ofSeconds(200));
      return scheduler.trace().hash() ^ disk.hash();
    }
  }

  private static void start(Scheduler scheduler, SimDisk disk, String name, List<Claim> claims) {
    var process = scheduler.process(name, ClockSkew.by(scheduler.chance()));
    var storage = disk.mount(process);
    process.onDeath(() ->
        scheduler.after(
            Duration.ofSeconds(scheduler.chance().below(20)),
            () -> start(scheduler, disk, name, claims)));
    for (int lane = 0; lane < 2; lane++) {
      var by = name + lane + "-" + scheduler.chance().below(1_000_000);
      process.spawn("lane" + lane, () -> claimAll(process, storage, by, claims));
    }
  }

  private static void claimAll(SimProcess process, Storage storage, String by, List<Claim> claims) {
    for (int number = 1; number <= 40; number++) {
      try {
        var mine = "mine-" + by + "-" + number;
        try (var file = storage.createExclusive(mine).orElseThrow()) {
          write(file, 0, by);
          file.sync();
        }
        if (storage.link(mine, "claim-" + number)) {
          claims.add(new Claim(number, by));
          assertThat(read(storage, "claim-" + number)).hasValue(by);
        }
        storage.remove(mine);
      } catch (StorageException _) {
        // the next number has other luck
      }
      process.sleep(Duration.ofMillis(50));
    }
  }
}
