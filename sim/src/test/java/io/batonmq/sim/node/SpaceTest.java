package io.batonmq.sim.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.log.DamagedException;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.LogVerify;
import io.batonmq.sim.Scheduler;
import io.batonmq.sim.SimDisk;
import io.batonmq.sim.SimStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What is not needed any more does not stay on the disk, and what is needed does.
class SpaceTest {
  private static final int SNAPSHOT_BYTES = 200_000;

  private final Scheduler scheduler = new Scheduler(1);
  private final SimDisk disk = new SimDisk(scheduler, SimDisk.Model.LOCAL);

  private final SimStorage storage = disk.mount(scheduler.process("looker"));

  private long segmentBytes() {
    var storage = disk.mount(scheduler.process("lister"));
    return storage.list("").stream()
            .filter(name -> name.startsWith("epoch-"))
            .flatMap(name -> storage.list(name).stream())
            .filter(name -> name.startsWith("segment-"))
            .count()
        * (64 << 10);
  }

  @Test
  void aQueueThatIsDrainedLeavesNothing() {
    var node = new Lone(disk, "a", SNAPSHOT_BYTES).start();
    for (int i = 0; i < 2_000; i++) {
      node.send("quick", i, 1_000);
      if (i % 100 == 99) {
        assertThat(node.take("quick", 100, _ -> true)).hasSize(100);
      }
    }
    // Two megabytes went through.
    assertThat(node.serving().active().appender().end()).isGreaterThan(2_000_000);
    assertThat(segmentBytes()).isLessThan(4 * SNAPSHOT_BYTES);
    assertThat(node.log().newestSnapshot().position()).isGreaterThan(1_000_000);
    node.send("slow", 42, 1_000);
    node.settle();
    node.kill();
    assertThat(LogVerify.verify(disk.mount(scheduler.process("v"))).damages()).isEmpty();
    var next = new Lone(disk, "b", SNAPSHOT_BYTES).start();
    assertThat(next.take("slow", 10, _ -> true)).extracting(Lone.Got::number).containsExactly(42L);
  }

  @Test
  void aTransactionThatIsRolledBackLeavesNothing() {
    var node = new Lone(disk, "a", SNAPSHOT_BYTES).start();
    for (boolean durable : new boolean[] {true, false}) {
      long transaction = node.begin();
      for (int i = 0; i < 3_000; i++) {
        node.send("slow", i, 1_000, durable, transaction);
      }
      assertThat(node.refused()).isZero();
      assertThat(segmentBytes()).isGreaterThan(2_500_000);
      assertThat(node.take("slow", 10, _ -> true)).isEmpty();
      assertThat(node.end(transaction, false)).isTrue();
      for (int i = 0; i < 800; i++) {
        node.send("quick", i, 1_000);
        if (i % 100 == 99) {
          assertThat(node.take("quick", 100, _ -> true)).hasSize(100);
        }
      }
      assertThat(segmentBytes()).isLessThan(4 * SNAPSHOT_BYTES);
      assertThat(LogVerify.verify(disk.mount(scheduler.process("v"))).damages()).isEmpty();
    }
  }

  /// A store is full of what one transaction has, and nobody says anything more.
  @Test
  void aTransactionThatFillsTheDiskIsRolledBackAndItsRoomComesBack() {
    var node = new Lone(disk, "a", SNAPSHOT_BYTES).start();
    node.send("quick", 1, 1_000);
    disk.capacity(disk.allocatedBytes() + 3_000_000);
    long transaction = node.begin();
    int sent = 0;
    while (node.refused() == 0) {
      assertThat(sent).isLessThan(5_000);
      for (int i = 0; i < 20; i++) {
        node.send("slow", sent++, 1_000, true, transaction);
      }
    }
    node.send("quick", 2, 1_000);
    assertThat(node.refused()).isEqualTo(1);
    node.pass(Duration.ofSeconds(45));
    node.send("quick", 3, 1_000);
    assertThat(node.refused()).isZero();
    assertThat(node.end(transaction, true)).isFalse();
    assertThat(node.take("slow", 10, _ -> true)).isEmpty();
    assertThat(node.take("quick", 10, _ -> true))
        .extracting(Lone.Got::number)
        .containsExactly(1L, 3L);
    assertThat(LogVerify.verify(disk.mount(scheduler.process("v"))).damages()).isEmpty();
  }

  /// What is not durable waits for its commit in the log, in segments of which the rest is not needed.
  @Test
  void whatWaitsForItsCommitOutlivesTheRewriting() {
    var node = new Lone(disk, "a", SNAPSHOT_BYTES).start();
    long transaction = node.begin();
    // As many as fill the memory.
    for (int i = 0; i < 100; i++) {
      node.send("slow", i, 1_000, false, transaction);
    }
    for (int i = 0; i < 3_000; i++) {
      if (i % 100 == 0) {
        node.send("slow", 100 + i / 100, 1_000, false, transaction);
      }
      node.send("quick", i, 1_000);
      if (i % 100 == 99) {
        assertThat(node.take("quick", 100, _ -> true)).hasSize(100);
      }
    }
    node.settle();
    assertThat(rewritten()).hasSizeGreaterThan(10);
    assertThat(segmentBytes()).isLessThan(5 * SNAPSHOT_BYTES);
    assertThat(node.end(transaction, true)).isTrue();
    var got = node.take("slow", 1_000, _ -> true);
    assertThat(got)
        .extracting(Lone.Got::number)
        .containsExactlyElementsOf(LongStream.range(0, 130).boxed().toList());
    assertThat(got).allMatch(one -> one.bytes() == 1_000);
  }

  private List<String> rewritten() {
    var storage = disk.mount(scheduler.process("lister"));
    return storage.list("").stream()
        .filter(name -> name.startsWith("epoch-"))
        .flatMap(name -> storage.list(name).stream())
        .filter(name -> name.startsWith("sparse-"))
        .toList();
  }

  /// Sends so many messages, of which one in a hundred waits for long.
  private static void sendOneInAHundredSlow(Lone node, int from, int count) {
    for (int i = from; i < from + count; i++) {
      node.send(i % 100 == 0 ? "slow" : "quick", i, 1_000);
      if (i % 100 == 99) {
        assertThat(node.take("quick", 100, _ -> true)).hasSize(99);
      }
    }
    node.settle();
  }

  private static List<Long> hundreds(int from, int to) {
    return LongStream.range(from, to).map(i -> 100 * i).boxed().toList();
  }

  /// A message in a hundred is not taken for a long time: it does not keep what came with it.
  @Test
  void aFewMessagesThatWaitDoNotKeepTheSegments() {
    var node = new Lone(disk, "a", SNAPSHOT_BYTES).start();
    sendOneInAHundredSlow(node, 0, 6_000);
    assertThat(node.serving().active().appender().end()).isGreaterThan(6_000_000);
    assertThat(segmentBytes()).isLessThan(5 * SNAPSHOT_BYTES);
    assertThat(rewritten()).hasSizeGreaterThan(30);
    assertThat(bytesOfRewritten()).isLessThan(60 * 1_200);
    node.kill();

    var report = LogVerify.verify(disk.mount(scheduler.process("v")));
    assertThat(report.damages()).isEmpty();
    assertThat(report.rewritten()).isEqualTo(rewritten().size());
    // The next one finds them in the directory of the one before, and rewrites its segments too.
    var next = new Lone(disk, "b", SNAPSHOT_BYTES).start();
    sendOneInAHundredSlow(next, 6_000, 2_000);
    assertThat(segmentBytes()).isLessThan(5 * SNAPSHOT_BYTES);
    next.kill();
    var last = new Lone(disk, "c", SNAPSHOT_BYTES).start();
    var got = last.take("slow", 1_000, _ -> true);
    assertThat(got).extracting(Lone.Got::number).isEqualTo(hundreds(0, 80));
    assertThat(got).allMatch(one -> one.bytes() == 1_000);

    // When they are taken at last, nothing is left.
    sendOneInAHundredSlow(last, 8_000, 1_000);
    assertThat(last.take("slow", 1_000, _ -> true)).hasSize(10);
    for (int i = 0; i < 600; i++) {
      last.send("quick", i, 1_000);
    }
    last.settle();
    assertThat(rewritten()).isEmpty();
    assertThat(LogVerify.verify(disk.mount(scheduler.process("v"))).damages()).isEmpty();
  }

  private List<String> files(String prefix) {
    return storage.list("").stream()
        .filter(name -> name.startsWith("epoch-"))
        .flatMap(name -> storage.list(name).stream().map(file -> name + "/" + file))
        .filter(path -> path.contains("/" + prefix))
        .toList();
  }

  /// A node stands still while it has a rewriting in hand, wherever in it that is, and wakes up when another
  /// serves: it publishes nothing, and unlinks nothing that its successor has.
  @Test
  void aNodeThatWasSupersededWhileItRewroteChangesNothing() {
    int caught = 0;
    for (int turns = 0; turns < 8; turns++) {
      var world = new SpaceTest();
      caught += world.supersededInTheMiddle(turns) ? 1 : 0;
    }
    assertThat(caught).as("with a file that was not published yet").isGreaterThan(1);
  }

  private boolean supersededInTheMiddle(int turns) {
    var zombie = new Lone(disk, "a", SNAPSHOT_BYTES).start();
    zombie.standStillWhen(() -> !files("rewriting-").isEmpty());
    int sent = 0;
    while (files("rewriting-").isEmpty()) {
      assertThat(sent).isLessThan(5_000);
      for (int i = 0; i < 20; i++) {
        zombie.send(sent % 100 == 0 ? "slow" : "quick", sent++, 1_000);
      }
      if (sent % 100 == 0 && files("rewriting-").isEmpty()) {
        zombie.take("quick", 100, _ -> true);
      }
    }
    for (int i = 0; i < turns; i++) {
      zombie.turn();
    }
    boolean caught = !files("rewriting-").isEmpty();
    var next = new Lone(disk, "b", SNAPSHOT_BYTES).start();
    var before = files("s");
    zombie.goOnUntilFenced();
    assertThat(files("sparse-")).as("after %d turns", turns).isSubsetOf(before);
    assertThat(LogVerify.verify(disk.mount(scheduler.process("v"))).damages()).isEmpty();
    // The last few may never have come further than the node that stood still.
    var got = next.take("slow", 10_000, _ -> true);
    assertThat(got).extracting(Lone.Got::number).isEqualTo(hundreds(0, got.size()));
    assertThat(got.size()).isBetween(sent / 100 - 1, sent / 100 + 1);
    next.kill();
    return caught;
  }

  private long bytesOfRewritten() {
    var storage = disk.mount(scheduler.process("lister"));
    long bytes = 0;
    for (var directory : storage.list("")) {
      for (var name : storage.list(directory)) {
        if (name.startsWith("sparse-")) {
          bytes += disk.content(directory + "/" + name).orElseThrow().length;
        }
      }
    }
    return bytes;
  }

  private long snapshotFiles() {
    return disk.mount(scheduler.process("lister")).list("snapshots").size();
  }

  private long bytesOf(String name) {
    return disk.content("snapshots/" + name).orElseThrow().length;
  }

  /// Twenty thousand messages wait while the log goes on: what did not change is not written again.
  @Test
  void aSnapshotOfADeepQueueWritesWhatChanged() {
    var node = new Lone(disk, "a", SNAPSHOT_BYTES).start();
    for (int i = 0; i < 20_000; i++) {
      node.send("slow", i, 8);
    }
    node.settle();
    long before = node.serving().active().appender().end();
    Set<String> seen = new HashSet<>();
    List<Long> written = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      node.send("quick", i, 1_000);
      if (i % 100 == 99) {
        assertThat(node.take("quick", 100, _ -> true)).hasSize(100);
        for (var name : disk.mount(scheduler.process("lister")).list("snapshots")) {
          if (seen.add(name) && !name.startsWith("snapshot-" + "%016x".formatted(before))) {
            written.add(bytesOf(name));
          }
        }
        assertThat(snapshotFiles()).isLessThan(40);
      }
    }
    long grown = node.serving().active().appender().end() - before;
    // The newest dozen: about as many as the log asks for, each far smaller than the state.
    assertThat(written).hasSizeGreaterThan((int) (grown / SNAPSHOT_BYTES / 2));
    int complete = node.state().length;
    assertThat(written.subList(written.size() - 12, written.size()))
        .allMatch(bytes -> bytes < complete / 3);

    byte[] state = node.state();
    node.kill();
    var report = LogVerify.verify(disk.mount(scheduler.process("v")));
    assertThat(report.damages()).isEmpty();
    assertThat(report.lines()).anyMatch(line -> line.matches("snapshot .* files=[2-9].*"));
    var next = new Lone(disk, "b", SNAPSHOT_BYTES).start();
    assertThat(next.state()).hasSameSizeAs(state);
    for (int half = 0; half < 2; half++) {
      // As many as one link may have unsettled.
      assertThat(next.take("slow", 10_000, _ -> true))
          .extracting(Lone.Got::number)
          .containsExactlyElementsOf(
              LongStream.range(half * 10_000L, half * 10_000L + 10_000).boxed().toList());
    }
  }

  /// A bit flipped in a piece that the newest snapshot only names is found.
  @Test
  void damageInANamedPieceIsFound() {
    var node = new Lone(disk, "a", 50_000).start();
    for (int i = 0; i < 3_000; i++) {
      node.send("slow", i, 8);
    }
    for (int i = 0; i < 1_000; i++) {
      node.send("quick", i, 1_000);
    }
    node.settle();
    node.kill();
    var storage = disk.mount(scheduler.process("v"));
    var log = new FileLog(storage, Lone.SMALL, "v", () -> "v");
    var newest = log.newestSnapshot();
    for (var name : storage.list("snapshots")) {
      if (name.compareTo(newest.name()) < 0) {
        for (long at = 100; at < bytesOf(name); at += 501) {
          byte was = disk.content("snapshots/" + name).orElseThrow()[(int) at];
          disk.damage("snapshots/" + name, at, new byte[] {(byte) (was ^ 2)});
        }
      }
    }
    assertThat(LogVerify.verify(storage).damages())
        .anyMatch(what -> what.contains("snapshot") && what.contains("is damaged at byte"));
    assertThatThrownBy(() -> log.snapshots().read(newest, _ -> {}))
        .isInstanceOf(DamagedException.class);
  }
}
