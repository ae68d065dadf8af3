package io.batonmq.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A queue takes over what another one has.
class JoinTest {
  private static Reference reference(Random random, long sequence) {
    return Reference.fresh(
        Keys.of(sequence, random.nextInt(4) == 0 ? 9 : 4),
        sequence * 100,
        1 + random.nextInt(1_000),
        true,
        random.nextInt(5) == 0 ? 1 + random.nextInt(100_000) : 0);
  }

  /// Until when it waits, for some.
  private static long from(Reference reference) {
    return reference.position() % 700 == 0 ? 1_000 + reference.position() % 1_300 : 0;
  }

  private static List<Long> waiting(MessageQueue queue) {
    List<Long> waiting = new ArrayList<>();
    queue.waiting(
        -1,
        -1,
        (millis, key) -> {
          waiting.add(millis);
          waiting.add(key);
          return true;
        });
    return waiting;
  }

  private static List<Reference> all(MessageQueue queue) {
    List<Reference> all = new ArrayList<>();
    queue.forEach(all::add);
    return all;
  }

  @Test
  void itIsAsIfTheyHadComeOneByOne() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      MessageQueue joined = new MessageQueue();
      MessageQueue single = new MessageQueue();
      long sequence = 0;
      for (int round = 0; round < 6; round++) {
        MessageQueue staged = new MessageQueue();
        List<Reference> kept = new ArrayList<>();
        int count = random.nextInt(3) == 0 ? random.nextInt(5) : random.nextInt(4_000);
        boolean frozen = random.nextBoolean();
        for (int i = 0; i < count; i++) {
          Reference reference = reference(random, i);
          staged.append(reference, from(reference));
          kept.add(reference);
        }
        for (int i = random.nextInt(3) * count / 3; i > 0; i--) {
          Reference gone = kept.remove(random.nextInt(kept.size()));
          staged.remove(gone.key());
        }
        MessageQueue.Frozen before = staged.freeze();
        if (!frozen) {
          before = new MessageQueue().freeze();
        }
        List<Reference> seen = new ArrayList<>();
        before.forEach(seen::add);
        long first = sequence + 1;
        joined.join(staged, first);
        kept.forEach(reference -> single.append(reference.later(first), from(reference)));
        sequence = first + count;
        for (int i = random.nextInt(600); i > 0; i--) {
          long key = single.firstAvailable();
          assertThat(joined.firstAvailable()).as("seed " + seed).isEqualTo(key);
          if (key == Keys.NONE) {
            break;
          }
          single.deliver(key);
          joined.deliver(key);
          if (random.nextBoolean()) {
            assertThat(joined.remove(key)).isEqualTo(single.remove(key));
          }
        }
        Reference later = reference(random, ++sequence);
        joined.append(later);
        single.append(later);
        // What a snapshot reads is as it was.
        List<Reference> again = new ArrayList<>();
        before.forEach(again::add);
        assertThat(again).isEqualTo(seen);
      }
      assertThat(all(joined)).as("seed " + seed).isEqualTo(all(single));
      assertThat(waiting(joined)).isEqualTo(waiting(single));
      assertThat(joined.waitingCount()).isEqualTo(single.waitingCount());
      assertThat(joined.bytes()).isEqualTo(single.bytes());
      assertThat(joined.availableCount()).isEqualTo(single.availableCount());
      assertThat(joined.expiryMillisMin()).isLessThanOrEqualTo(single.expiryMillisMin());
      KeyList due = new KeyList();
      KeyList expected = new KeyList();
      joined.due(50_000, 100_000, due);
      single.due(50_000, 100_000, expected);
      assertThat(due.toArray()).isEqualTo(expected.toArray());
    }
  }

  @Test
  void itComesBehindWhatIsThere() {
    MessageQueue queue = new MessageQueue();
    queue.append(reference(new Random(1), 5_000));
    MessageQueue staged = new MessageQueue();
    Random random = new Random(2);
    for (int i = 0; i < 2_000; i++) {
      staged.append(reference(random, i));
    }
    assertThatThrownBy(() -> queue.join(staged, 1)).isInstanceOf(IllegalStateException.class);
  }
}
