package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// What counts as a disk that does not answer.
class StallWatchTest {
  private static final long TICK = StallWatch.TICK_NANOS;
  private static final int TICKS = 8;

  private OptionalLong due = OptionalLong.of(1);
  private long now = Long.MIN_VALUE + 5;
  private final StallWatch watch = new StallWatch(() -> due, TICKS * TICK);

  private boolean after(long nanos) {
    now += nanos;
    return watch.stalled(now);
  }

  private void silent(int ticks) {
    for (int i = 0; i < ticks; i++) {
      assertThat(after(TICK)).isFalse();
    }
  }

  @Test
  void aHeartThatStandsStillForSoLongIsStalled() {
    after(0);
    silent(TICKS - 1);
    assertThat(after(TICK)).isTrue();
  }

  @Test
  void everyBeatBeginsAnew() {
    after(0);
    silent(TICKS - 1);
    due = OptionalLong.of(2);
    silent(TICKS);
    assertThat(after(TICK)).isTrue();
  }

  @Test
  void nothingIsWatchedWhereNobodyElseCanServe() {
    after(0);
    silent(TICKS - 1);
    due = OptionalLong.empty();
    silent(3 * TICKS);
    due = OptionalLong.of(1);
    silent(TICKS);
    assertThat(after(TICK)).isTrue();
  }

  @Test
  void aPauseOfTheMachineIsNotTheDisks() {
    after(0);
    silent(2);
    // An hour in which nothing ran here: the disk had no chance to answer.
    assertThat(after(14_400 * TICK)).isFalse();
    assertThat(after(TICK)).isFalse();
    due = OptionalLong.of(2);
    silent(TICKS);
  }
}
