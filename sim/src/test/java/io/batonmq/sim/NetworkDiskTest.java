package io.batonmq.sim;

import static io.batonmq.sim.Files.create;
import static io.batonmq.sim.Files.read;
import static io.batonmq.sim.Files.save;
import static io.batonmq.sim.Files.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.seam.Storage.Access;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class NetworkDiskTest {
  /// Two nodes on one server, as some seed has them.
  private static final class Pair {
    final Scheduler scheduler;
    final SimDisk disk;
    final SimStorage a;
    final SimStorage b;

    Pair(long seed) {
      scheduler = new Scheduler(seed);
      disk = new SimDisk(scheduler, SimDisk.Model.NETWORK);
      a = disk.mount(scheduler.process("a"));
      b = disk.mount(scheduler.process("b"));
    }
  }

  /// What a question answers over many seeds.
  private static <T> Set<T> answers(Function<Pair, T> question) {
    var answers = new HashSet<T>();
    for (int seed = 0; seed < 100; seed++) {
      answers.add(question.apply(new Pair(seed)));
    }
    return answers;
  }

  @Test
  void namesAndListingsAreUpToAMinuteOld() {
    assertThat(
            answers(pair -> {
              boolean before = pair.b.exists("new") || !pair.b.list("").isEmpty();
              save(pair.a, "new", "text");
              return before + " " + pair.b.exists("new") + " " + pair.b.list("");
            }))
        .containsExactlyInAnyOrder(
            "false false []", "false true []", "false false [new]", "false true [new]");
    assertThat(
            answers(pair -> {
              boolean before = pair.b.exists("new") || !pair.b.list("").isEmpty();
              save(pair.a, "new", "text");
              pair.scheduler.runFor(Duration.ofSeconds(61));
              return before + " " + pair.b.exists("new") + " " + pair.b.list("");
            }))
        .containsExactly("false true [new]");
  }

  @Test
  void aMissingAnswerOfOpenMayBeOldARefusalIsNotAndShowsTheName() {
    assertThat(
            answers(pair -> {
              assertThat(pair.b.open("new", Access.READ)).isEmpty();
              assertThat(pair.b.list("")).isEmpty();
              save(pair.a, "new", "text");
              var seen = read(pair.b, "new").orElse("none");
              assertThat(pair.b.createExclusive("new")).isEmpty();
              assertThat(read(pair.b, "new")).hasValue("text");
              assertThat(pair.b.exists("new")).isTrue();
              assertThat(pair.b.list("")).containsExactly("new");
              return seen;
            }))
        .containsExactlyInAnyOrder("none", "text");
    assertThat(
            answers(pair -> {
              save(pair.b, "mine", "mine");
              assertThat(pair.b.exists("new")).isFalse();
              save(pair.a, "new", "text");
              assertThat(pair.b.link("mine", "new")).isFalse();
              return read(pair.b, "new");
            }))
        .hasSize(1);
  }

  @Test
  void aHandleMayShowWhatItHasReadAFreshOneShowsWhatWasSynced() {
    assertThat(
            answers(pair -> {
              save(pair.a, "log", "old");
              var before = pair.b.open("log", Access.READ).orElseThrow();
              assertThat(read(before)).isEqualTo("old");
              var writer = pair.a.open("log", Access.WRITE).orElseThrow();
              write(writer, 0, "new");
              writer.sync();
              assertThat(read(pair.b, "log")).hasValue("new");
              return read(before);
            }))
        .containsExactlyInAnyOrder("old", "new");
  }

  @Test
  void unsyncedWritesReachTheServerInAnyOrderOrNotAtAll() {
    var seen =
        answers(pair -> {
          var file = create(pair.a, "log");
          pair.a.syncDirectory("");
          file.zero(0, 8192);
          file.sync();
          write(file, 0, "1");
          write(file, 4096, "2");
          for (int i = 0; i < 10; i++) {
            pair.a.list("");
          }
          assertThat(read(file)).startsWith("1").contains("2");
          return read(pair.b, "log").orElseThrow().replace("\0", "");
        });
    assertThat(seen).containsExactlyInAnyOrder("", "1", "2", "12");
  }

  @Test
  void whatADeadProcessWroteMayArriveLateOrNever() {
    assertThat(
            answers(pair -> {
              var file = create(pair.a, "log");
              write(file, 0, "late");
              pair.a.process().kill();
              var at = read(pair.b, "log").orElseThrow();
              pair.scheduler.runFor(Duration.ofSeconds(61));
              return at + "-" + read(pair.b, "log").orElseThrow();
            }))
        .contains("-", "-late");
    assertThat(
            answers(pair -> {
              var file = create(pair.a, "log");
              write(file, 0, "never");
              pair.disk.hostLoss(pair.a.process());
              pair.scheduler.runFor(Duration.ofSeconds(61));
              return read(pair.b, "log").orElseThrow();
            }))
        .contains("");
  }

  @Test
  void aFileThatAnotherNodeRemovedIsStale() {
    var pair = new Pair(3);
    save(pair.a, "log", "text");
    var file = pair.b.open("log", Access.READ).orElseThrow();
    pair.a.remove("log");
    pair.scheduler.runFor(Duration.ofSeconds(61));
    assertThatThrownBy(() -> read(file))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.STALE));
  }

  @Test
  void theLockOfALostNodeIsFreeWhenItsLeaseIsOver() {
    var pair = new Pair(5);
    save(pair.a, "lock", "");
    assertThat(pair.a.tryLock("lock")).isPresent();
    var granted = new HashSet<String>();
    var watch = pair.b.watchLock("lock", () -> granted.add("b"));
    pair.disk.hostLoss(pair.a.process());
    assertThat(pair.disk.lockHolder("lock")).hasValue("a");
    pair.scheduler.runFor(SimDisk.LEASE.plusSeconds(6));
    assertThat(granted).containsExactly("b");
    assertThat(watch.granted()).isPresent();
    assertThat(pair.disk.lockHolder("lock")).hasValue("b");
  }

  @Test
  void aServerThatRestartsKeepsWhatWasSyncedAndIsSentTheRest() {
    assertThat(
            answers(pair -> {
              var file = create(pair.a, "log");
              pair.a.syncDirectory("");
              write(file, 0, "12");
              file.sync();
              write(file, 2, "34");
              for (int i = 0; i < 10; i++) {
                pair.a.list("");
              }
              pair.disk.powerLoss();
              assertThat(disk(pair)).startsWith("12");
              file.sync();
              return disk(pair);
            }))
        .containsExactly("1234");
  }

  private static String disk(Pair pair) {
    return new String(pair.disk.content("log").orElseThrow());
  }
}
