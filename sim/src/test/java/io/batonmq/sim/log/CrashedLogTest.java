package io.batonmq.sim.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.LogVerify;
import io.batonmq.log.file.LogWriter;
import io.batonmq.seam.Now;
import io.batonmq.sim.CrashState;
import io.batonmq.sim.CrashStates;
import io.batonmq.sim.CrashStates.Recorder;
import io.batonmq.sim.ha.History;
import io.batonmq.sim.ha.TinyReader;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/// Whatever a crash leaves of the log, the next node finds all that was confirmed, nothing that nobody
/// appended, in the order in which it was appended; and can go on.
///
/// Each scenario is cut at every write, sync, link, removal and directory sync; at each cut the disk keeps
/// all, nothing, or any part of what was not synced. More of them: `-Dcrashes.each=500`.
class CrashedLogTest {
  /// Different states at one cut: two disks in a row that differ only in what had been promised count
  /// too, as the later one has more to keep.
  private static final int EACH = Integer.getInteger("crashes.each", 10);

  /// Cuts a scenario everywhere and recovers from each state; answers how many were different.
  private static int everywhere(long seed, int each, BiConsumer<Recorder<Long>, History> scenario) {
    var history = new History();
    var run = CrashStates.<Long>record(seed, recorder -> scenario.accept(recorder, history));
    Set<Long> distinct = new HashSet<>();
    run.distinct(each)
        .forEach(state -> {
          if (distinct.add(state.disk().hash() * 31 + promised(state))) {
            recover(state, history);
          }
        });
    System.out.println(
        "seed " + seed + " boundaries " + run.boundaries() + " distinct " + distinct.size());
    return distinct.size();
  }

  private static void recover(CrashState<Long> state, History history) {
    var storage = state.mount();
    assertThat(LogVerify.verify(storage).damages()).as("%s", state).isEmpty();
    var reader = new TinyReader(history);
    var taken = reader.readAll(storage, Sole.SMALL);
    assertThat(taken).as("%s", state).isPresent();
    assertThat(reader.state().records()).as("%s", state).isGreaterThanOrEqualTo(promised(state));
    goOn(taken.orElseThrow().writer(), state);
    assertThat(LogVerify.verify(storage).damages()).as("%s, recovered", state).isEmpty();
  }

  private static long promised(CrashState<Long> state) {
    return state.marks().isEmpty() ? 0 : state.marks().getLast();
  }

  private static void goOn(LogWriter writer, CrashState<Long> state) {
    writer.append(16, ByteBuffer.allocate(100));
    writer.flush();
    writer.doWork(Now.of(state.clock()));
    assertThat(writer.committed()).as("%s", state).isEqualTo(writer.end());
  }

  private static Sole start(Recorder<Long> recorder, History history, String name) {
    return new Sole(recorder.storage(), recorder.clock(), history, name);
  }

  /// Records of all sizes, in batches of different lengths; a segment takes a few dozen.
  private static void append(Sole node, Recorder<Long> recorder, int batches, long seed) {
    for (int batch = 0; batch < batches; batch++) {
      for (long i = Math.floorMod(History.mixed(seed + batch), 4L); i >= 0; i--) {
        long dice = History.mixed(seed * 31 + batch * 7L + i);
        node.append((int) Math.floorMod(dice, dice % 13 == 0 ? 90_000L : 6_000L));
      }
      recorder.mark(node.commit());
    }
  }

  @Test
  void aFirstStart() {
    int states =
        everywhere(
            1,
            EACH,
            (recorder, history) -> {
              var node = start(recorder, history, "a");
              node.append(100);
              recorder.mark(node.commit());
            });
    assertThat(states).isGreaterThan(50);
  }

  @Test
  void steadyAppendingWithRolls() {
    int states = 0;
    for (long seed = 1; seed <= 3; seed++) {
      long of = seed;
      states +=
          everywhere(
              seed,
              EACH,
              (recorder, history) -> append(start(recorder, history, "a"), recorder, 25, of));
    }
    assertThat(states).isGreaterThan(1_200);
  }

  @Test
  void snapshotsAndTheDropOfSegments() {
    int states =
        everywhere(
            4,
            EACH,
            (recorder, history) -> {
              var node = start(recorder, history, "a");
              for (int round = 0; round < 4; round++) {
                append(node, recorder, 8, 40 + round);
                node.snapshot();
                recorder.mark(history.confirmed());
                append(node, recorder, 8, 50 + round);
                node.drop();
                recorder.mark(history.confirmed());
              }
            });
    assertThat(states).isGreaterThan(1_200);
  }

  @Test
  void aTakeOverOfANodeThatIsDead() {
    int states =
        everywhere(
            5,
            EACH,
            (recorder, history) -> {
              var first = start(recorder, history, "a");
              append(first, recorder, 6, 60);
              first.snapshot();
              append(first, recorder, 6, 61);
              first.end();
              var second = start(recorder, history, "b");
              recorder.mark(history.confirmed());
              append(second, recorder, 5, 62);
              second.end();
              append(start(recorder, history, "c"), recorder, 5, 63);
            });
    assertThat(states).isGreaterThan(600);
  }

  @Test
  void aTakeOverOfANodeThatGoesOnWriting() {
    int states = 0;
    for (long seed = 7; seed < 9; seed++) {
      long of = seed;
      states +=
          everywhere(
              seed,
              EACH,
              (recorder, history) -> {
                var zombie = start(recorder, history, "a");
                append(zombie, recorder, 6, of);
                var next = start(recorder, history, "b");
                recorder.mark(history.confirmed());
                long confirmed = zombie.writer().committed();
                // Not in the history: what it appends now must be seen by nobody.
                zombie.writer().append(16, ByteBuffer.allocate(70_000));
                zombie.writer().flush();
                append(next, recorder, 3, of + 20);
                zombie.work();
                assertThat(zombie.writer().committed()).isEqualTo(confirmed);
                assertThat(zombie.writer().ended().orElseThrow())
                    .isInstanceOf(LogWriter.End.Superseded.class);
                append(next, recorder, 8, of + 30);
              });
    }
    assertThat(states).isGreaterThan(800);
  }

  /// The node that recovers from a crash may crash too.
  @Test
  void aCrashDuringTheRecoveryFromACrash() {
    var history = new History();
    var run =
        CrashStates.<Long>record(
            11, recorder -> append(start(recorder, history, "a"), recorder, 12, 70));
    run.sample(60)
        .forEach(state -> {
          long before = promised(state);
          var again =
              CrashStates.<Long>record(
                  state.boundary(),
                  state.disk(),
                  recorder -> {
                    recorder.mark(before);
                    var reader = new TinyReader(history);
                    reader.readAll(recorder.storage(), Sole.SMALL);
                    // What it has read, it may tell: from here on it must not be lost.
                    recorder.mark(reader.state().records());
                  });
          again
              .sample(50)
              .forEach(second -> recoverTwice(second, Math.max(before, promised(second)), history));
        });
  }

  private static void recoverTwice(CrashState<Long> state, long promised, History history) {
    var storage = state.mount();
    assertThat(LogVerify.verify(storage).damages()).as("%s", state).isEmpty();
    var reader = new TinyReader(history);
    var log = new FileLog(storage, Sole.SMALL, "again", () -> "again");
    assertThat(reader.readAll(log)).as("%s", state).isPresent();
    assertThat(reader.state().records()).as("%s", state).isGreaterThanOrEqualTo(promised);
  }
}
