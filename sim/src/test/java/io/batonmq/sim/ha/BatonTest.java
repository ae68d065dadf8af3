package io.batonmq.sim.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.ha.ExitCode;
import io.batonmq.ha.HaSettings.Configured;
import io.batonmq.ha.Receipt.Cause;
import io.batonmq.ha.Role;
import io.batonmq.log.file.LogVerify;
import io.batonmq.sim.SimDisk.Model;
import io.batonmq.sim.ha.PairSimulation.Settings;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// When the baton changes hands, and when it must not. Nothing goes wrong here but what the test does.
class BatonTest {
  private static final Duration STALL = PairSimulation.STALL;

  static PairSimulation world(Model model) {
    return new PairSimulation(Settings.of(7, model));
  }

  static SimNode primary(PairSimulation world) {
    return world.node("a", Configured.PRIMARY, true, true);
  }

  static SimNode backup(PairSimulation world, String name) {
    return world.node(name, Configured.BACKUP, true, true);
  }

  static void until(PairSimulation world, BooleanSupplier goal, Duration within) {
    assertThat(world.scheduler().runUntil(goal, within))
        .as("within %s, after%n%s", within, String.join("\n", world.heard()))
        .isTrue();
  }

  /// A node that serves, and standbys that live, have read what it wrote and are known to it.
  static void serving(PairSimulation world, SimNode first) {
    until(world, first::active, Duration.ofSeconds(30));
    until(world, () -> world.history().confirmed() > 30, Duration.ofSeconds(30));
    until(
        world,
        () ->
            world.nodes().stream()
                .filter(node -> node.process().alive())
                .allMatch(node -> PairSimulation.follows(node) && known(world, first, node)),
        Duration.ofSeconds(90));
  }

  private static boolean known(PairSimulation world, SimNode to, SimNode node) {
    return node == to
        || to.baton().peers().stream()
            .anyMatch(peer -> peer.id().equals(world.presence(node)) && peer.fresh());
  }

  private static Duration locksAreFreeWithin(Model model) {
    return model == Model.LOCAL ? Duration.ofMillis(500) : Duration.ofSeconds(60);
  }

  static Role.Active role(SimNode node) {
    assertThat(node.baton().role()).isInstanceOf(Role.Active.class);
    return (Role.Active) node.baton().role();
  }

  static void check(PairSimulation world) {
    var storage = world.disk().mount(world.scheduler().process("checker"));
    assertThat(LogVerify.verify(storage).damages()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void ofAllThatStartOneServes(Model model) {
    try (var world = world(model)) {
      primary(world);
      backup(world, "b");
      backup(world, "c");
      until(world, () -> world.active().isPresent(), Duration.ofSeconds(5));
      assertThat(role(world.active().orElseThrow()).receipt().cause()).isEqualTo(Cause.FIRST_START);
      world.scheduler().runFor(Duration.ofSeconds(10));
      assertThat(world.nodes().stream().filter(SimNode::active)).hasSize(1);
      check(world);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aKilledNodeIsReplacedWhenItsLockIsFree(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var b = backup(world, "b");
      serving(world, a);
      world.restart(false);
      a.process().kill();
      until(world, b::active, locksAreFreeWithin(model));
      var receipt = role(b).receipt();
      assertThat(receipt.cause()).isIn(Cause.LOCK_FREE, Cause.HUNG);
      assertThat(receipt.epoch()).isEqualTo(2);
      assertThat(receipt.before()).isEqualTo("a");
      assertThat(receipt.logBytesRead()).isLessThan(1 << 20);
      check(world);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNodeThatStandsStillIsReplacedAlthoughItHasItsLock(Model model) {
    // It may stand still in the middle of anything, and finds that gone when it wakes.
    for (long seed = 1; seed <= 12; seed++) {
      try (var world = new PairSimulation(Settings.of(seed, model))) {
        standsStill(world);
      }
    }
  }

  private static void standsStill(PairSimulation world) {
    var a = primary(world);
    serving(world, a);
    var b = backup(world, "b");
    serving(world, a);
    world.restart(false);
    var lock = role(a).appender().tenure().lock();
    a.process().pause(STALL.multipliedBy(5));
    until(world, b::active, STALL.plusSeconds(2));
    assertThat(role(b).receipt().cause()).isEqualTo(Cause.HUNG);
    assertThat(role(b).receipt().phases().detect()).isBetween(2_000L, 3_500L);
    assertThat(world.disk().lockHolder(lock)).contains("a");
    until(world, () -> !a.process().alive(), STALL.multipliedBy(5));
    assertThat(a.process().exitCode())
        .as(String.join("\n", world.heard()))
        .hasValue(ExitCode.SUPERSEDED.code());
    check(world);
  }

  @ParameterizedTest
  @EnumSource
  void aNodeThatIsStoppedHandsOver(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var b = backup(world, "b");
      serving(world, a);
      world.restart(false);
      a.baton().stop();
      until(world, b::active, Duration.ofSeconds(2));
      assertThat(role(b).receipt().cause()).isEqualTo(Cause.HANDED_OVER);
      until(world, () -> !a.process().alive(), Duration.ofSeconds(2));
      assertThat(a.process().exitCode()).hasValue(0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNodeThatIsStoppedForGoodKeepsBackupsOut(Model model) {
    try (var world = world(model)) {
      var a = world.node("a", Configured.PRIMARY, false, true);
      serving(world, a);
      var b = backup(world, "b");
      serving(world, a);
      world.restart(false);
      a.baton().stop();
      until(world, () -> !a.process().alive(), Duration.ofSeconds(10));
      world.scheduler().runFor(STALL.multipliedBy(30));
      assertThat(b.active()).isFalse();
      // A backup that starts now reads the same.
      b.process().kill();
      b.start();
      world.scheduler().runFor(STALL.multipliedBy(5));
      assertThat(b.active()).isFalse();
      a.start();
      until(world, a::active, Duration.ofSeconds(5));
      assertThat(role(a).receipt().cause()).isEqualTo(Cause.STOPPED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPrimaryThatComesBackIsGivenTheBaton(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var b = backup(world, "b");
      serving(world, a);
      world.restart(false);
      a.process().kill();
      until(world, b::active, locksAreFreeWithin(model));
      a.start();
      until(world, a::active, Duration.ofSeconds(90));
      assertThat(role(a).receipt().cause()).isEqualTo(Cause.HANDED_OVER);
      until(world, () -> b.baton().role() instanceof Role.Standby, Duration.ofSeconds(5));
      assertThat(b.process().alive()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPrimaryThatComesBackWaitsWhereFailbackIsNotAllowed(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var b = world.node("b", Configured.BACKUP, true, false);
      serving(world, a);
      world.restart(false);
      a.process().kill();
      until(world, b::active, locksAreFreeWithin(model));
      a.start();
      world.scheduler().runFor(Duration.ofSeconds(90));
      assertThat(b.active()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSwitchoverIsNotUndoneByFailbackUntilThePrimaryStartsAgain(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var b = backup(world, "b");
      serving(world, a);
      world.scheduler().runFor(Duration.ofSeconds(90));
      world.restart(false);
      a.baton().switchover("");
      until(world, b::active, Duration.ofSeconds(5));
      assertThat(role(b).receipt().cause()).isEqualTo(Cause.HANDED_OVER);
      world.scheduler().runFor(Duration.ofSeconds(30));
      assertThat(b.active()).isTrue();
      a.process().kill();
      a.start();
      until(world, a::active, Duration.ofSeconds(90));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSwitchoverToNobodyIsForgotten(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      a.baton().switchover("nobody");
      world.scheduler().runFor(Duration.ofSeconds(40));
      assertThat(a.active()).isTrue();
      assertThat(world.heard()).anyMatch(line -> line.contains("no other node was ready"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNodeThatLosesItsLockEndsAndIsReplaced(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var b = backup(world, "b");
      serving(world, a);
      world.restart(false);
      world.disk().loseLock(role(a).appender().tenure().lock(), false);
      until(world, () -> !a.process().alive(), Duration.ofSeconds(30));
      assertThat(a.process().exitCode().getAsInt())
          .isIn(ExitCode.LOCK_LOST.code(), ExitCode.SUPERSEDED.code());
      until(world, b::active, Duration.ofSeconds(60));
      check(world);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whereBothAreGivenTheLockOneServes(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var b = backup(world, "b");
      serving(world, a);
      world.restart(false);
      world.disk().grantTwice(role(a).appender().tenure().lock());
      until(world, b::active, Duration.ofSeconds(10));
      until(world, () -> !a.process().alive(), Duration.ofSeconds(5));
      assertThat(a.process().exitCode()).hasValue(ExitCode.SUPERSEDED.code());
      check(world);
    }
  }

  @ParameterizedTest
  @EnumSource
  void ofThreeNodesTheLastServesToo(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var b = backup(world, "b");
      var c = backup(world, "c");
      serving(world, a);
      world.restart(false);
      a.process().kill();
      until(world, () -> b.active() || c.active(), locksAreFreeWithin(model));
      var next = b.active() ? b : c;
      var last = b.active() ? c : b;
      serving(world, next);
      next.process().kill();
      until(world, last::active, locksAreFreeWithin(model));
      assertThat(role(last).epoch()).isGreaterThanOrEqualTo(3);
      check(world);
    }
  }

  /// The one that is to be next may hang at that very moment, with the lock of its presence held.
  @ParameterizedTest
  @EnumSource
  void aSuccessorThatHangsIsNotWaitedForForEver(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var b = backup(world, "b");
      var c = backup(world, "c");
      serving(world, a);
      world.scheduler().runFor(Duration.ofSeconds(90));
      world.restart(false);
      var id = world.presence(b);
      a.baton().switchover(id);
      until(
          world,
          () -> world.heard().stream().anyMatch(line -> line.contains("handing over to b")),
          Duration.ofSeconds(5));
      b.process().pause(Duration.ofMinutes(5));
      until(world, () -> c.active() || a.active(), Duration.ofSeconds(30));
      until(
          world,
          () -> world.heard().stream().anyMatch(line -> line.contains("STOPPED")),
          Duration.ofSeconds(30));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStandbyUnderWhichSegmentsAreDroppedReadsTheNewestSnapshot(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var b = backup(world, "b");
      serving(world, a);
      long before = b.baton().applied();
      b.process().pause(Duration.ofSeconds(40));
      world.scheduler().runFor(Duration.ofSeconds(40));
      var segments =
          world
              .disk()
              .mount(world.scheduler().process("lister"))
              .list(role(a).appender().tenure().directory());
      assertThat(
              segments.stream()
                  .filter(name -> name.startsWith("segment-"))
                  .findFirst()
                  .orElseThrow())
          .as("what b was reading is gone")
          .isGreaterThan("segment-%016x".formatted(before));
      until(
          world,
          () -> b.replica().state().records() > world.history().confirmed() - 100,
          Duration.ofSeconds(model == Model.LOCAL ? 20 : 120));
      assertThat(b.process().alive()).isTrue();
      assertThat(world.nodes().stream().filter(SimNode::active)).containsExactly(a);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStandbyIsHotAlsoWhereNamesAreOld(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var b = backup(world, "b");
      serving(world, a);
      isHot(world, a, b, 60);
      a.baton().switchover("");
      until(world, b::active, Duration.ofSeconds(3));
      serving(world, b);
      isHot(world, b, a, 30);
    }
  }

  /// What was committed is applied a moment later, second for second.
  private static void isHot(PairSimulation world, SimNode active, SimNode standby, int seconds) {
    for (int second = 0; second < seconds; second++) {
      world.scheduler().runFor(Duration.ofMillis(500));
      long committed = role(active).appender().committed();
      world.scheduler().runFor(Duration.ofMillis(500));
      assertThat(standby.baton().applied()).as("after %d s", second).isGreaterThan(committed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStandbyThatWaitsCostsLittle(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var b = backup(world, "b");
      serving(world, a);
      world.quiet();
      world.scheduler().runFor(Duration.ofSeconds(10));
      long before = b.storage().operations();
      world.scheduler().runFor(Duration.ofSeconds(10));
      long perLook = (b.storage().operations() - before) / (10_000 / 50);
      assertThat(perLook).as("calls on the storage per look").isLessThanOrEqualTo(24);
      assertThat(a.active()).isTrue();
      // With nothing to read it does not look as if it lagged.
      assertThat(b.baton().applied()).isEqualTo(role(a).appender().committed());
      assertThat(b.baton().committed()).isEqualTo(b.baton().applied());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNodeWhosePresenceWasClearedAwayAppearsAgain(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var b = backup(world, "b");
      serving(world, a);
      var id = world.presence(b);
      b.process().pause(Duration.ofSeconds(20));
      world.disk().loseLock("presence/" + id, false);
      world.scheduler().runFor(Duration.ofSeconds(15));
      assertThat(a.baton().peers()).isEmpty();
      until(
          world,
          () -> a.baton().peers().stream().anyMatch(peer -> peer.id().equals(id) && peer.fresh()),
          Duration.ofSeconds(120));
    }
  }
}
