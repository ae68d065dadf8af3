package io.batonmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProducerWindowTest {
  @Test
  void fiveRefusedSixAcceptedFiveIsNew() {
    ProducerWindow window = new ProducerWindow();
    assertThat(window.add(6)).isTrue();
    assertThat(window.contains(5)).isFalse();
    assertThat(window.add(5)).isTrue();
    assertThat(window.add(6)).isFalse();
    assertThat(window.ranges()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void itIsASetOfNumbers(long seed) {
    Random random = new Random(seed);
    ProducerWindow window = new ProducerWindow();
    Set<Long> model = new HashSet<>();
    for (int i = 0; i < 5_000; i++) {
      long sequence = random.nextInt(4_000) - 2_000;
      assertThat(window.contains(sequence)).isEqualTo(model.contains(sequence));
      assertThat(window.add(sequence)).isEqualTo(model.add(sequence));
    }
    FieldWriter writer = new FieldWriter(16);
    window.write(writer);
    ProducerWindow read = ProducerWindow.read(new FieldReader(writer.view()));
    for (long sequence = -2_100; sequence < 2_100; sequence++) {
      assertThat(read.contains(sequence)).isEqualTo(model.contains(sequence));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void theFloorBoundsItsSizeAndSparesTheNewest(long seed) {
    Random random = new Random(seed);
    ProducerWindow window = new ProducerWindow();
    long sequence = 0;
    for (int i = 0; i < 10_000; i++) {
      sequence += 2 + random.nextInt(3);
      long late = random.nextInt(10) == 0 ? Math.max(0, sequence - 7) : sequence;
      long floor = window.floorFor(late, 50);
      window.add(late);
      window.raise(floor);
      assertThat(window.ranges()).isLessThanOrEqualTo(50);
      assertThat(window.contains(late)).isTrue();
      // What was refused just before is still new: nobody has had its answer long ago.
      assertThat(window.contains(sequence + 1)).isFalse();
    }
  }
}
