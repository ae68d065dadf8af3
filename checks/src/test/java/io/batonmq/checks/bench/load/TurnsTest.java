package io.batonmq.checks.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What is computed of turns.
class TurnsTest {
  @Test
  void eachRatioIsOfOneTurn() {
    var turns = new Turns();
    // The machine is slow in one of them, for both.
    turns.saw(900, 1000);
    turns.saw(90, 100);
    turns.saw(500, 1000);
    turns.saw(1100, 1000);

    assertThat(turns.median()).isCloseTo(0.9, within(1e-9));
    assertThat(turns.worst()).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void sharesAreEvenAndAreAll() {
    for (int messages : new int[] {19, 20, 1_000_003, Integer.MAX_VALUE}) {
      var shares = IntStream.range(0, 20).map(turn -> Turns.share(messages, 20, turn)).toArray();
      assertThat(IntStream.of(shares).asLongStream().sum()).isEqualTo(messages);
      assertThat(
              IntStream.of(shares).max().orElseThrow() - IntStream.of(shares).min().orElseThrow())
          .isBetween(0, 1);
    }
  }
}
