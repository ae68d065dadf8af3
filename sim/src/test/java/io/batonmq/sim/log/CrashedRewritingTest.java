package io.batonmq.sim.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.log.file.LogVerify;
import io.batonmq.log.file.Rewriter.Result;
import io.batonmq.sim.CrashState;
import io.batonmq.sim.CrashStates;
import io.batonmq.sim.CrashStates.Recorder;
import io.batonmq.sim.ha.History;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A crash at any write, sync, link, removal or directory sync of a rewriting leaves a log that reads the
/// same: what is confirmed is there, and every record that somebody needs has its body. More states of each
/// cut: `-Dcrashes.each=500`.
class CrashedRewritingTest {
  private static final int EACH = Integer.getInteger("crashes.each", 10);

  private final History history = new History();
  private final Kept kept = new Kept();

  /// What the node that recovers does is one of many continuations. It only must not contradict what was.
  private static final class Branch extends History {
    private final History before;

    Branch(History before) {
      this.before = before;
    }

    @Override
    public void handed(State state, long payload, String who) {
      before.handed(state, payload, who);
    }

    @Override
    public void committed(State state, String who) {}
  }

  private interface Scenario {
    void run(Recorder<Long> recorder);
  }

  private Sole start(Recorder<Long> recorder, String name) {
    return new Sole(recorder.storage(), recorder.clock(), history, name);
  }

  /// Cuts a scenario everywhere and recovers from each state; answers how many were different.
  private int everywhere(long seed, Scenario scenario) {
    var run = CrashStates.<Long>record(seed, scenario::run);
    Set<Long> distinct = new HashSet<>();
    run.distinct(EACH)
        .forEach(state -> {
          if (distinct.add(state.disk().hash() * 31 + promised(state))) {
            recover(state);
          }
        });
    System.out.println(
        "seed " + seed + " boundaries " + run.boundaries() + " distinct " + distinct.size());
    return distinct.size();
  }

  private static long promised(CrashState<Long> state) {
    return state.marks().isEmpty() ? 0 : state.marks().getLast();
  }

  private void recover(CrashState<Long> state) {
    var storage = state.mount();
    assertThat(LogVerify.verify(storage).damages()).as("%s", state).isEmpty();
    var next = new Sole(storage, state.clock(), new Branch(history), "next");
    assertThat(next.state().records()).as("%s", state).isGreaterThanOrEqualTo(promised(state));
    long found = next.state().records();
    kept.read(next.log(), found, state);
    // It clears away what was begun, and does what was left.
    for (int i = 0; i < 20 && next.writer().prepareSpare(); i++) {
      // one directory, or one spare
    }
    for (var directory : storage.list("")) {
      assertThat(storage.list(directory))
          .as("%s", state)
          .noneMatch(name -> name.startsWith("rewr"));
    }
    kept.handTo(next, found);
    next.snapshot();
    next.rewrite();
    assertThat(LogVerify.verify(storage).damages()).as("%s, gone on", state).isEmpty();
    kept.read(next.log(), found, state);
  }

  /// Given up before anything is recorded as needed, so that what a cut may lose is not asked for.
  private void fill(Sole node, Recorder<Long> recorder, int count, int oneIn) {
    kept.append(node, count, oneIn, 3_000);
    node.snapshot();
    kept.append(node, 25, 1_000, 3_000);
    recorder.mark(history.confirmed());
  }

  private static void carryOut(Sole node, Recorder<Long> recorder, History history) {
    for (var found = node.find(); found.isPresent(); found = node.find()) {
      assertThat(node.name(found.get())).isTrue();
      recorder.mark(history.confirmed());
      node.carryOut(found.get());
    }
  }

  @Test
  void aRewriting() {
    int states =
        everywhere(
            21,
            recorder -> {
              var node = start(recorder, "a");
              fill(node, recorder, 60, 10);
              node.snapshot();
              node.consider();
              carryOut(node, recorder, history);
              kept.append(node, 3, 1_000, 500);
              recorder.mark(history.confirmed());
            });
    assertThat(states).isGreaterThan(300);
  }

  @Test
  void aRewritingOfWhatWasRewritten() {
    int states =
        everywhere(
            22,
            recorder -> {
              var node = start(recorder, "a");
              fill(node, recorder, 60, 6);
              node.snapshot();
              node.rewrite();
              recorder.mark(history.confirmed());
              kept.giveUpAllBut(node, 4);
              node.snapshot();
              assertThat(node.rewrite()).anyMatch(Result.Replaced.class::isInstance);
              recorder.mark(history.confirmed());
            });
    assertThat(states).isGreaterThan(300);
  }

  @Test
  void aTakeOverInTheMiddle() {
    int states =
        everywhere(
            23,
            recorder -> {
              var zombie = start(recorder, "a");
              fill(zombie, recorder, 60, 10);
              zombie.snapshot();
              zombie.consider();
              var late = zombie.find().orElseThrow();
              assertThat(zombie.name(late)).isTrue();
              recorder.mark(history.confirmed());
              var next = start(recorder, "b");
              kept.handTo(next);
              next.snapshot();
              next.consider();
              var mine = next.find().orElseThrow();
              zombie.carryOut(late);
              assertThat(next.name(mine)).isTrue();
              recorder.mark(history.confirmed());
              next.carryOut(mine);
              carryOut(next, recorder, history);
            });
    assertThat(states).isGreaterThan(300);
  }
}
