package io.batonmq.sim.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.ha.HaSettings.Configured;
import io.batonmq.ha.Receipt;
import io.batonmq.ha.Role;
import io.batonmq.sim.SimDisk.Model;
import io.batonmq.sim.ha.PairSimulation.Settings;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a take-over tells of itself.
class ReceiptTest {
  private static PairSimulation world(long seed, Model model) {
    var world = new PairSimulation(Settings.of(seed, model));
    var a = world.node("a", Configured.PRIMARY, true, true);
    until(world, a::active);
    until(world, () -> world.history().confirmed() > 30);
    var b = world.node("b", Configured.BACKUP, true, true);
    until(world, () -> b.replica().state().records() > 0 && PairSimulation.follows(b));
    until(world, () -> a.baton().peers().stream().anyMatch(peer -> peer.fresh()));
    world.restart(false);
    return world;
  }

  private static void until(PairSimulation world, BooleanSupplier goal) {
    assertThat(world.scheduler().runUntil(goal, Duration.ofSeconds(120)))
        .as("after%n%s", String.join("\n", world.heard()))
        .isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aReceiptIsIssuedWhenTheNodeServesAndClosedAMinuteLater(Model model) {
    try (var world = world(5, model)) {
      var b = world.nodes().getLast();
      world.nodes().getFirst().process().kill();
      until(world, b::active);
      until(world, () -> !b.receipts().isEmpty());
      assertThat(b.receipts()).singleElement().returns(false, Receipt::closed);
      long issued = world.scheduler().nanos();
      until(world, () -> b.receipts().size() == 2);
      assertThat(Duration.ofNanos(world.scheduler().nanos() - issued))
          .isBetween(Duration.ofSeconds(58), Duration.ofSeconds(72));
      var receipt = b.receipts().getLast();
      assertThat(receipt.closed()).isTrue();
      assertThat(receipt.epoch()).isEqualTo(b.receipts().getFirst().epoch());
      var phases = receipt.phases();
      assertThat(List.of(phases.claim(), phases.read(), phases.copy(), phases.open()))
          .allMatch(millis -> millis >= 0 && millis < 5_000);
      assertThat(receipt.aftermath().zombieBytes()).as("the dead write nothing").isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNodeThatHandsOverEarlierClosesItsReceiptThen(Model model) {
    try (var world = world(5, model)) {
      var a = world.nodes().getFirst();
      assertThat(a.receipts()).noneMatch(Receipt::closed);
      a.baton().switchover("");
      until(world, () -> world.nodes().getLast().active());
      assertThat(a.receipts()).last().returns(true, Receipt::closed);
    }
  }

  /// It depends on where the node was whether it writes once more before it reads its fence.
  @Test
  void whatANodeWroteAfterItWasTakenOverFromIsCounted() {
    long most = 0;
    for (long seed = 1; seed <= 20; seed++) {
      try (var world = world(seed, Model.LOCAL)) {
        var a = world.nodes().getFirst();
        var b = world.nodes().getLast();
        world.disk().grantTwice(((Role.Active) a.baton().role()).appender().tenure().lock());
        until(world, b::active);
        until(world, () -> b.receipts().stream().anyMatch(Receipt::closed));
        var receipt = b.receipts().getLast();
        assertThat(receipt.cause()).isEqualTo(Receipt.Cause.LOCK_FREE);
        assertThat(receipt.aftermath().zombieBytes()).as("seed %d", seed).isNotNegative();
        most = Math.max(most, receipt.aftermath().zombieBytes());
      }
    }
    assertThat(most).isPositive();
  }
}
