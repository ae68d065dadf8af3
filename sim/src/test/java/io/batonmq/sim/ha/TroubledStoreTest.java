package io.batonmq.sim.ha;

import static io.batonmq.sim.ha.BatonTest.backup;
import static io.batonmq.sim.ha.BatonTest.check;
import static io.batonmq.sim.ha.BatonTest.primary;
import static io.batonmq.sim.ha.BatonTest.role;
import static io.batonmq.sim.ha.BatonTest.serving;
import static io.batonmq.sim.ha.BatonTest.until;
import static io.batonmq.sim.ha.BatonTest.world;
import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.ha.ExitCode;
import io.batonmq.sim.SimDisk;
import io.batonmq.sim.SimDisk.Model;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What becomes of the baton where the store has no room, or is damaged.
class TroubledStoreTest {
  @ParameterizedTest
  @EnumSource
  void aStandbyWithoutRoomWaitsUntilThereIs(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var b = backup(world, "b");
      serving(world, a);
      world.restart(false);
      world.quiet();
      world.disk().capacity(0);
      a.process().kill();
      world.scheduler().runFor(Duration.ofSeconds(60));
      assertThat(b.process().alive()).isTrue();
      world.disk().capacity(SimDisk.Model.values().length * (1L << 40));
      until(world, b::active, Duration.ofSeconds(10));
      check(world);
    }
  }

  /// Not a byte is free, and the dead node has used up its spares.
  @ParameterizedTest
  @EnumSource
  void aFullDiskDoesNotPreventATakeOver(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var b = backup(world, "b");
      serving(world, a);
      var lister = world.disk().mount(world.scheduler().process("lister"));
      until(world, () -> !lister.list("ready").isEmpty(), Duration.ofSeconds(90));
      world.scheduler().runFor(Duration.ofSeconds(1));
      world.restart(false);
      var directory = role(a).appender().tenure().directory();
      a.process().kill();
      lister.list(directory).stream()
          .filter(name -> name.startsWith("spare-"))
          .forEach(name -> lister.remove(directory + "/" + name));
      long huge = 1L << 40;
      world.disk().capacity(huge);
      world.disk().capacity(huge - lister.usableBytes());
      assertThat(lister.usableBytes()).isZero();
      until(world, b::active, Duration.ofSeconds(70));
      // Acknowledgements go on; messages are held back.
      assertThat(role(b).appender().roomForMessages()).isFalse();
      long before = world.history().confirmed();
      until(world, () -> world.history().confirmed() > before + 30, Duration.ofSeconds(10));
      assertThat(b.process().alive()).isTrue();
      world.disk().capacity(huge);
      until(world, () -> role(b).appender().roomForMessages(), Duration.ofSeconds(10));
      check(world);
    }
  }

  /// Nothing of it stays: not of who stops, not of who dies.
  @ParameterizedTest
  @EnumSource
  void whatWasKeptReadyIsClearedAway(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var lister = world.disk().mount(world.scheduler().process("lister"));
      world.restart(false);
      for (int life = 0; life < 4; life++) {
        var b = backup(world, "b" + life);
        serving(world, a);
        until(
            world,
            () ->
                lister.list("ready").stream().filter(name -> name.startsWith("room")).count() == 1,
            Duration.ofSeconds(180));
        if (life % 2 == 0) {
          b.process().kill();
          // A lock of a dead node stays with the file server for a while.
          world.scheduler().runFor(Duration.ofSeconds(100));
        } else {
          b.baton().stop();
          until(world, () -> !b.process().alive(), Duration.ofSeconds(10));
          world.scheduler().runFor(Duration.ofSeconds(70));
          assertThat(lister.list("ready")).isEmpty();
        }
      }
    }
  }

  /// People clear "stale" lock files away.
  @ParameterizedTest
  @EnumSource
  void aLostLockFileKeepsNobodyOut(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      world.restart(false);
      var lock = role(a).appender().tenure().lock();
      a.process().kill();
      world.disk().mount(world.scheduler().process("cleaner")).remove(lock);
      var b = backup(world, "b");
      until(world, b::active, Duration.ofSeconds(100));
      check(world);
    }
  }

  /// Each claim uses up an epoch and raises fences: one is enough to know.
  @ParameterizedTest
  @EnumSource
  void aStandbyOfADamagedStoreClaimsOnceAndEnds(Model model) {
    try (var world = world(model)) {
      var a = primary(world);
      serving(world, a);
      var b = backup(world, "b");
      serving(world, a);
      world.restart(false);
      var writer = role(a).appender();
      b.process().pause(Duration.ofSeconds(2));
      world.scheduler().runFor(Duration.ofMillis(20));
      long first = writer.end();
      world.scheduler().runFor(Duration.ofMillis(60));
      // The heart announces what was committed.
      world.quiet();
      world.scheduler().runFor(Duration.ofMillis(600));
      flip(world, writer.tenure().directory(), first);
      a.process().kill();
      until(world, () -> !b.process().alive(), Duration.ofSeconds(180));
      assertThat(b.process().exitCode()).hasValue(ExitCode.STORE_DAMAGED.code());
      assertThat(world.disk().mount(world.scheduler().process("lister")).list("register"))
          .hasSizeLessThanOrEqualTo(2);
    }
  }

  /// Damages a record at or after a position.
  private static void flip(PairSimulation world, String directory, long position) {
    var storage = world.disk().mount(world.scheduler().process("lister"));
    long base =
        storage.list(directory).stream()
            .filter(name -> name.startsWith("segment-"))
            .map(name -> Long.parseUnsignedLong(name.substring(8), 16))
            .filter(at -> at <= position)
            .reduce((_, at) -> at)
            .orElseThrow();
    var path = directory + "/segment-%016x".formatted(base);
    long offset = position - base + 4096 + 20;
    byte was = world.disk().content(path).orElseThrow()[(int) offset];
    world.disk().damage(path, offset, new byte[] {(byte) (was ^ 0x40)});
  }
}
