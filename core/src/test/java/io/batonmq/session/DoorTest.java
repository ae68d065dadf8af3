package io.batonmq.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DoorTest {
  private final Door door = new Door();
  private final List<Output> left = new ArrayList<>();

  @Test
  void outputsLeaveInTheirOrderWhenTheirPositionIsCommitted() {
    Random random = new Random(3);
    List<Output> expected = new ArrayList<>();
    long position = 0;
    long committed = 0;
    for (int i = 0; i < 5_000; i++) {
      position += random.nextInt(3);
      Output output = new Output.Drained(i);
      expected.add(output);
      door.add(position, left::add, output);
      if (random.nextInt(20) == 0) {
        committed += random.nextInt((int) (position - committed) + 1);
        door.committed(committed);
      }
      assertThat(left).isEqualTo(expected.subList(0, left.size()));
    }
    door.committed(position);
    assertThat(left).isEqualTo(expected);
    assertThat(door.isEmpty()).isTrue();
  }

  @Test
  void nothingOvertakesEvenIfItRestsOnLess() {
    door.committed(10);
    door.add(20, left::add, new Output.Drained(1));
    door.add(20, left::add, new Output.Drained(2));
    assertThat(left).isEmpty();
    door.committed(15);
    assertThat(left).isEmpty();
    door.committed(20);
    assertThat(left).containsExactly(new Output.Drained(1), new Output.Drained(2));
    door.add(20, left::add, new Output.Drained(3));
    assertThat(left).hasSize(3);
  }
}
