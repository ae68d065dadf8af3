package io.batonmq.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 99, -7})
  void theSameSeedGivesTheSameRun(long seed) {
    var first = new ArrayList<String>();
    var second = new ArrayList<String>();

    long hash = busyWorld(seed, first);

    assertThat(busyWorld(seed, second)).isEqualTo(hash);
    assertThat(second).isEqualTo(first).isNotEmpty();
    assertThat(busyWorld(seed + 1, new ArrayList<>())).isNotEqualTo(hash);
  }

  private static long busyWorld(long seed, List<String> steps) {
    try (var scheduler = new Scheduler(seed)) {
      scheduler.chaos(Chaos.pauses(20_000, Duration.ofSeconds(30)).withKills(1_000));
      for (var name : List.of("a", "b", "c")) {
        start(scheduler, name, steps);
      }
      scheduler.runFor(Duration.ofMinutes(1));
      return scheduler.trace().hash();
    }
  }

  private static void start(Scheduler scheduler, String name, List<String> steps) {
    var process = scheduler.process(name, ClockSkew.by(scheduler.chance()));
    for (int lane = 0; lane < 3; lane++) {
      process.spawn(
          "lane" + lane,
          () -> {
            for (int step = 0; step < 50; step++) {
              steps.add(name + step + "@" + process.clock().monotonicNanos());
              scheduler.point();
              process.sleep(Duration.ofMillis(scheduler.chance().below(500)));
            }
          });
    }
    process.onDeath(() -> {
      steps.add(name + " died");
      scheduler.after(Duration.ofSeconds(1), () -> start(scheduler, name, steps));
    });
  }

  @Test
  void oneTaskRunsAtAnyMoment() {
    try (var scheduler = new Scheduler(4)) {
      var inside = new AtomicInteger();
      var process = scheduler.process("a");
      for (int i = 0; i < 5; i++) {
        process.spawn(
            "lane" + i,
            () -> {
              for (int n = 0; n < 1_000; n++) {
                assertThat(inside.incrementAndGet()).isEqualTo(1);
                inside.decrementAndGet();
                scheduler.point();
              }
            });
      }
      scheduler.run();
      assertThat(scheduler.points()).isEqualTo(5_000);
    }
  }

  @Test
  void timeJumpsToTheNextTimerWhenNobodyCanRun() {
    try (var scheduler = new Scheduler(1)) {
      var process = scheduler.process("a", new ClockSkew(77, -100, 0));
      var slept = new AtomicInteger();
      process.spawn(
          "lane",
          () -> {
            long before = process.clock().monotonicNanos();
            process.sleep(Duration.ofDays(1));
            long took = process.clock().monotonicNanos() - before;
            assertThat(took).isBetween(Duration.ofDays(1).toNanos(), 86_400_000_100_000L);
            slept.incrementAndGet();
          });
      scheduler.run();
      assertThat(slept).hasValue(1);
      assertThat(scheduler.nanos()).isGreaterThan(Duration.ofDays(1).toNanos());
    }
  }

  @Test
  void aKilledTaskUnwindsAtItsPointAndDoesNothingMore() {
    try (var scheduler = new Scheduler(1)) {
      var process = scheduler.process("a");
      var steps = new ArrayList<String>();
      process.spawn(
          "lane",
          () -> {
            try {
              while (true) {
                scheduler.point();
              }
            } finally {
              steps.add("unwinds");
              scheduler.point();
              steps.add("never");
            }
          });
      process.onDeath(() -> steps.add("hook"));
      scheduler.runFor(Duration.ofMillis(1));

      process.kill();

      assertThat(steps).containsExactly("hook", "unwinds");
      assertThat(process.alive()).isFalse();
      assertThatThrownBy(() -> process.spawn("late", () -> {})).isInstanceOf(ProcessDied.class);
    }
  }

  @Test
  void aProcessEndsItselfWithItsCode() {
    try (var scheduler = new Scheduler(1)) {
      var process = scheduler.process("a");
      var other = process.spawn("other", () -> process.sleep(Duration.ofDays(1)));
      process.spawn("main", () -> process.exit(3));
      scheduler.run();
      assertThat(process.exitCode()).hasValue(3);
      assertThat(other.done()).isTrue();
      assertThat(scheduler.nanos()).isLessThan(Duration.ofDays(1).toNanos());
    }
  }

  @Test
  void aPausedProcessStandsStillWhileTimeGoesOn() {
    try (var scheduler = new Scheduler(1)) {
      var paused = scheduler.process("paused");
      var steps = new ArrayList<Long>();
      paused.spawn(
          "lane",
          () -> {
            while (true) {
              paused.sleep(Duration.ofMillis(100));
              steps.add(scheduler.nanos());
            }
          });
      scheduler.runFor(Duration.ofSeconds(1));
      int before = steps.size();
      paused.pause(Duration.ofSeconds(60));
      scheduler.runFor(Duration.ofSeconds(59));
      assertThat(steps).hasSize(before);
      scheduler.runFor(Duration.ofSeconds(2));
      assertThat(steps).hasSizeGreaterThan(before);
    }
  }

  @Test
  void unparkEndsAParkEvenWhenItCameFirst() {
    try (var scheduler = new Scheduler(1)) {
      var process = scheduler.process("a");
      var woken = new ArrayList<Long>();
      var sleeper =
          process.spawn(
              "sleeper",
              () -> {
                for (int i = 0; i < 2; i++) {
                  process.park(Duration.ofDays(1));
                  woken.add(scheduler.nanos());
                }
              });
      sleeper.unpark();
      process.spawn(
          "waker",
          () -> {
            process.sleep(Duration.ofSeconds(1));
            sleeper.unpark();
          });
      scheduler.run();
      assertThat(woken).hasSize(2);
      assertThat(woken.getLast()).isBetween(1_000_000_000L, 1_100_000_000L);
    }
  }

  @Test
  void aFailureNamesTheSeedAndADeadlockTheTasks() {
    try (var scheduler = new Scheduler(42)) {
      scheduler
          .process("a")
          .spawn(
              "lane",
              () -> {
                throw new IllegalStateException("broken");
              });
      assertThatThrownBy(scheduler::run)
          .isInstanceOf(SimulationFailure.class)
          .hasMessageContaining("seed=42")
          .hasMessageContaining("a/lane");
    }
    try (var scheduler = new Scheduler(43)) {
      var process = scheduler.process("a");
      process.spawn("never", () -> scheduler.park(Long.MAX_VALUE));
      assertThat(scheduler.runUntil(() -> false, Duration.ofDays(1))).isFalse();
    }
  }

  @Test
  void handsOverOftenEnough() {
    try (var scheduler = new Scheduler(5)) {
      var process = scheduler.process("a");
      for (int i = 0; i < 6; i++) {
        process.spawn(
            "lane" + i,
            () -> {
              while (true) {
                scheduler.point();
              }
            });
      }
      long began = System.nanoTime();
      scheduler.runUntil(() -> scheduler.points() >= 1_000_000, Duration.ofDays(1));
      double seconds = (System.nanoTime() - began) / 1e9;
      System.out.println("scheduling points per second: " + (long) (scheduler.points() / seconds));
      assertThat(scheduler.points()).isEqualTo(1_000_000);
    }
  }
}
