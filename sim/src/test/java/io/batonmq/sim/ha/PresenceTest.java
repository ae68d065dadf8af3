package io.batonmq.sim.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.ha.HaSettings.Configured;
import io.batonmq.ha.Presence;
import io.batonmq.sim.SimDisk.Model;
import io.batonmq.sim.ha.PairSimulation.Settings;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A node whose presence file fails.
class PresenceTest {
  private static void until(PairSimulation world, BooleanSupplier goal, Duration within) {
    assertThat(world.scheduler().runUntil(goal, within))
        .as("within %s, after%n%s", within, String.join("\n", world.heard()))
        .isTrue();
  }

  /// A primary that serves, and a backup.
  private static PairSimulation unsyncable(Model model, Predicate<String> paths) {
    var world =
        new PairSimulation(
            Settings.of(7, model).with((disk, _) -> new Sabotaged.Unsyncable(disk, paths)));
    var a = world.node("a", Configured.PRIMARY, true, true);
    until(world, a::active, Duration.ofSeconds(30));
    until(world, () -> world.history().confirmed() > 30, Duration.ofSeconds(30));
    world.node("b", Configured.BACKUP, true, true);
    world.restart(false);
    return world;
  }

  /// A file with a failed sync is never good again in its process.
  @ParameterizedTest
  @EnumSource
  void aNodeWhosePresenceFailedShowsItselfByAnother(Model model) {
    try (var world = unsyncable(model, path -> path.equals("presence/b-1"))) {
      var a = world.nodes().getFirst();
      var b = world.nodes().getLast();
      until(
          world,
          () -> a.baton().peers().stream().anyMatch(peer -> peer.node().equals("b")),
          Duration.ofSeconds(90));
      assertThat(a.baton().peers()).extracting(Presence.Peer::id).containsExactly("b-1.2");
      assertThat(b.told()).anyMatch(line -> line.contains("does not show itself"));
      a.baton().switchover(world.presence(b));
      until(world, b::active, Duration.ofSeconds(5));
      assertThat(b.told()).anyMatch(line -> line.endsWith("HANDED_OVER"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNodeThatCannotShowItselfFollowsAndTakesOver(Model model) {
    try (var world = unsyncable(model, path -> path.startsWith("presence/b-"))) {
      var a = world.nodes().getFirst();
      var b = world.nodes().getLast();
      until(world, () -> b.replica().state().records() > 0, Duration.ofSeconds(90));
      until(world, () -> PairSimulation.follows(b), Duration.ofSeconds(90));
      assertThat(a.baton().peers()).noneMatch(Presence.Peer::fresh);
      a.process().kill();
      until(world, b::active, Duration.ofSeconds(60));
    }
  }
}
