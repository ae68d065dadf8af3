package io.batonmq.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageQueueTest {

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 12);
  }

  /// The queue as one would write it if there were never more than a few messages.
  private static final class Model {
    static final class Entry {
      Reference reference;
      boolean out;

      Entry(Reference reference) {
        this.reference = reference;
      }
    }

    final List<Entry> entries = new ArrayList<>();

    void append(Reference reference) {
      entries.add(new Entry(reference));
      entries.sort(
          Comparator.comparingInt((Entry e) -> -e.reference.priority())
              .thenComparingLong(e -> e.reference.sequence()));
    }

    List<Reference> available() {
      return entries.stream().filter(e -> !e.out).map(e -> e.reference).toList();
    }

    Entry random(Random random, boolean out) {
      var some = entries.stream().filter(e -> e.out == out).toList();
      return some.isEmpty() ? null : some.get(random.nextInt(some.size()));
    }

    List<Reference> all() {
      return entries.stream().map(e -> e.reference).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theQueueDoesWhatAListWouldDo(long seed) {
    Random random = new Random(seed);
    MessageQueue queue = new MessageQueue();
    Model model = new Model();
    long sequence = random.nextInt(1_000);
    int growth = 30 + random.nextInt(40);
    for (int step = 0; step < 4_000; step++) {
      int dice = random.nextInt(100);
      if (dice < growth) {
        sequence += 1 + (random.nextInt(50) == 0 ? 5_000_000_000L : random.nextInt(3));
        Reference reference =
            Reference.fresh(
                Keys.of(sequence, random.nextInt(3) * 4),
                random.nextLong(),
                random.nextInt(1 << 20),
                random.nextBoolean(),
                random.nextInt(4) == 0 ? 1 + random.nextInt(100_000) : 0);
        queue.append(reference);
        model.append(reference);
      } else if (dice < 75) {
        Model.Entry first = model.entries.stream().filter(e -> !e.out).findFirst().orElse(null);
        assertThat(queue.firstAvailable()).isEqualTo(first == null ? -1 : first.reference.key());
        if (first != null) {
          queue.deliver(first.reference.key());
          first.out = true;
          first.reference = with(first.reference, true, false, 0);
        }
      } else if (dice < 88) {
        Model.Entry out = model.random(random, random.nextInt(10) > 0);
        if (out != null) {
          assertThat(queue.remove(out.reference.key())).isEqualTo(out.reference);
          model.entries.remove(out);
        }
      } else if (dice < 97) {
        Model.Entry out = model.random(random, true);
        if (out != null) {
          boolean counted = random.nextBoolean();
          queue.release(out.reference.key(), counted);
          out.out = false;
          out.reference = with(out.reference, false, true, counted ? 1 : 0);
        }
      } else if (dice < 98) {
        long held = random.nextInt(3);
        queue.releaseAll(key -> Keys.sequence(key) % 3 == held);
        for (Model.Entry entry : model.entries) {
          if (entry.out && entry.reference.sequence() % 3 != held) {
            entry.out = false;
            entry.reference = with(entry.reference, false, true, 1);
          }
        }
      } else {
        due(queue, model, random.nextInt(120_000));
      }
      assertThat(queue.messageCount()).isEqualTo(model.entries.size());
      assertThat(queue.availableCount()).isEqualTo(model.available().size());
      if (step % 200 == 0) {
        compare(queue, model);
      }
    }
    compare(queue, model);
  }

  private static void due(MessageQueue queue, Model model, long now) {
    KeyList due = new KeyList();
    queue.due(now, 10_000, due);
    long[] found = due.toArray();
    assertThat(found)
        .containsExactlyInAnyOrder(
            model.available().stream()
                .filter(reference -> reference.due(now))
                .mapToLong(Reference::key)
                .toArray());
    for (long key : found) {
      queue.remove(key);
      model.entries.removeIf(e -> e.reference.key() == key);
    }
  }

  private static void compare(MessageQueue queue, Model model) {
    List<Reference> all = new ArrayList<>();
    queue.forEach(all::add);
    assertThat(all).isEqualTo(model.all());
    assertThat(queue.bytes()).isEqualTo(all.stream().mapToLong(Reference::size).sum());
    List<Long> walked = new ArrayList<>();
    for (long key = queue.firstAvailable(); key >= 0; key = queue.nextAvailable(key)) {
      walked.add(key);
    }
    assertThat(walked).isEqualTo(model.available().stream().map(Reference::key).toList());
  }

  private static Reference with(Reference r, boolean out, boolean redelivered, int more) {
    return new Reference(
        r.key(),
        r.position(),
        r.size(),
        out,
        r.durable(),
        r.redelivered() || redelivered,
        Math.min(Reference.DELIVERY_COUNT_MAX, r.deliveryCount() + more),
        r.expiry(),
        r.origin(),
        r.expired());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aFrozenQueueDoesNotChange(long seed) {
    Random random = new Random(seed);
    MessageQueue queue = new MessageQueue();
    for (int i = 1; i <= 3_000; i++) {
      queue.append(Reference.fresh(Keys.of(i, random.nextInt(2)), i, 10, true, 0));
    }
    List<Reference> before = new ArrayList<>();
    queue.forEach(before::add);
    MessageQueue.Frozen frozen = queue.freeze();
    for (int i = 0; i < 2_500; i++) {
      long key = queue.firstAvailable();
      queue.deliver(key);
      switch (random.nextInt(3)) {
        case 0 -> queue.remove(key);
        case 1 -> queue.release(key, true);
        default -> queue.append(Reference.fresh(Keys.of(10_000 + i, 1), i, 1, true, 0));
      }
    }
    List<Reference> after = new ArrayList<>();
    frozen.forEach(after::add);
    assertThat(after).isEqualTo(before);
  }

  @Test
  void aSequenceThatGoesBackIsRefused() {
    MessageQueue queue = new MessageQueue();
    queue.append(Reference.fresh(Keys.of(7, 4), 0, 1, true, 0));
    assertThatThrownBy(() -> queue.append(Reference.fresh(Keys.of(7, 4), 0, 1, true, 0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("7");
  }

  @Test
  void aMessageThatIsOutIsNotDeliveredAgain() {
    MessageQueue queue = new MessageQueue();
    queue.append(Reference.fresh(Keys.of(7, 4), 0, 1, true, 0));
    queue.deliver(Keys.of(7, 4));
    assertThatThrownBy(() -> queue.deliver(Keys.of(7, 4)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void everyFieldOfAReferenceIsKeptAtItsLimits() {
    Reference extreme =
        new Reference(
            Keys.of((1L << 59) - 1, 9),
            Long.MAX_VALUE,
            Reference.SIZE_MAX,
            false,
            true,
            true,
            Reference.DELIVERY_COUNT_MAX,
            Reference.EXPIRY_MAX,
            Reference.ORIGIN_MAX,
            true);
    MessageQueue queue = new MessageQueue();
    queue.append(Reference.fresh(Keys.of((1L << 59) - 2, 9), Long.MIN_VALUE, 0, false, 0));
    queue.append(extreme);
    assertThat(queue.find(extreme.key())).isEqualTo(extreme);
    queue.deliver(extreme.key());
    queue.release(extreme.key(), true);
    assertThat(queue.find(extreme.key())).isEqualTo(extreme);
  }
}
