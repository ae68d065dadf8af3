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

      /// When it is looked at again, if it waits.
      long waits;

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
      return entries.stream().filter(e -> !e.out && e.waits == 0).map(e -> e.reference).toList();
    }

    void await(Entry entry, long from) {
      long expiry = entry.reference.expiry() * Reference.EXPIRY_UNIT_MILLIS;
      entry.waits = expiry == 0 ? from : Math.min(from, expiry);
    }

    /// Those that wait, by their times.
    List<Entry> waiting() {
      return entries.stream()
          .filter(e -> e.waits > 0)
          .sorted(
              Comparator.comparingLong((Entry e) -> e.waits)
                  .thenComparingLong(e -> e.reference.key()))
          .toList();
    }

    Entry of(long key) {
      return entries.stream().filter(e -> e.reference.key() == key).findFirst().orElseThrow();
    }

    Entry random(Random random, boolean out) {
      var some = entries.stream().filter(e -> e.out == out && e.waits == 0).toList();
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
        if (random.nextInt(3) == 0) {
          long from = 1 + random.nextInt(120_000);
          queue.append(reference, from);
          model.append(reference);
          model.await(model.of(reference.key()), from);
        } else {
          queue.append(reference);
          model.append(reference);
        }
      } else if (dice < 75) {
        Model.Entry first =
            model.entries.stream().filter(e -> !e.out && e.waits == 0).findFirst().orElse(null);
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
          if (random.nextInt(3) == 0) {
            long until = 1 + random.nextInt(120_000);
            queue.defer(out.reference.key(), until);
            out.out = false;
            out.reference = with(out.reference, false, true, 1);
            model.await(out, until);
            continue;
          }
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
      } else if (random.nextBoolean()) {
        due(queue, model, random.nextInt(120_000));
      } else if (random.nextInt(4) > 0) {
        timely(queue, model, random);
      } else {
        cancel(queue, model, random);
      }
      assertThat(queue.messageCount()).isEqualTo(model.entries.size());
      assertThat(queue.availableCount()).isEqualTo(model.available().size());
      assertThat(queue.waitingCount()).isEqualTo(model.waiting().size());
      assertThat(queue.waitingMillisMin())
          .isEqualTo(
              model.entries.stream()
                  .mapToLong(e -> e.waits)
                  .filter(waits -> waits > 0)
                  .min()
                  .orElse(Long.MAX_VALUE));
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

  /// What has waited long enough is admitted or, some of it, leaves.
  private static void timely(MessageQueue queue, Model model, Random random) {
    long now = random.nextInt(60_000);
    int max = 1 + random.nextInt(400);
    KeyList timely = new KeyList();
    queue.timely(now, max, timely);
    List<Model.Entry> expected =
        model.waiting().stream().filter(e -> e.waits <= now).limit(max).toList();
    assertThat(timely.toArray())
        .containsExactly(expected.stream().mapToLong(e -> e.reference.key()).toArray());
    for (Model.Entry entry : expected) {
      if (random.nextInt(4) == 0) {
        assertThat(queue.remove(entry.reference.key())).isEqualTo(entry.reference);
        model.entries.remove(entry);
      } else {
        queue.admit(entry.reference.key());
        entry.waits = 0;
      }
    }
  }

  /// Every other one of those that wait leaves, wherever it stands.
  private static void cancel(MessageQueue queue, Model model, Random random) {
    List<Model.Entry> waiting = model.waiting();
    List<Model.Entry> seen = new ArrayList<>();
    long[] last = {-1, -1};
    int before;
    do {
      before = seen.size();
      int most = before + 1 + random.nextInt(100);
      queue.waiting(
          last[0],
          last[1],
          (millis, key) -> {
            last[0] = millis;
            last[1] = key;
            seen.add(model.of(key));
            return seen.size() < most;
          });
    } while (seen.size() > before);
    assertThat(seen).isEqualTo(waiting);
    for (Model.Entry entry : waiting) {
      if (random.nextBoolean()) {
        assertThat(queue.cancel(entry.reference.key(), entry.waits)).isEqualTo(entry.reference);
        model.entries.remove(entry);
      }
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
    for (int i = 3_001; i <= 5_000; i++) {
      queue.append(Reference.fresh(Keys.of(i, 1), i, 10, true, 0), 1 + random.nextInt(500));
    }
    List<Reference> before = new ArrayList<>();
    queue.forEach(before::add);
    List<Long> times = times(queue.freeze());
    assertThat(times).hasSize(4_000);
    MessageQueue.Frozen frozen = queue.freeze();
    for (int i = 0; i < 2_500; i++) {
      KeyList timely = new KeyList();
      queue.timely(500, 1, timely);
      if (!timely.isEmpty() && random.nextBoolean()) {
        queue.admit(timely.get(0));
      }
      long key = queue.firstAvailable();
      queue.deliver(key);
      switch (random.nextInt(3)) {
        case 0 -> queue.remove(key);
        case 1 -> queue.release(key, true);
        default -> {
          queue.append(Reference.fresh(Keys.of(10_000 + i, 1), i, 1, true, 0));
          queue.defer(key, 1 + random.nextInt(500));
        }
      }
    }
    assertThat(times(frozen)).isEqualTo(times);
    List<Reference> after = new ArrayList<>();
    frozen.forEach(after::add);
    assertThat(after).isEqualTo(before);
  }

  private static List<Long> times(MessageQueue.Frozen frozen) {
    List<Long> times = new ArrayList<>();
    for (MessageQueue.Times some : frozen.times()) {
      some.forEachDurable((millis, key) -> {
        times.add(millis);
        times.add(key);
      });
    }
    return times;
  }

  /// One in a thousand waits for long, the others come and go.
  @Test
  void whatWaitsLongAmongManyThatPassDoesNotKeepTheirPlaces() {
    MessageQueue queue = new MessageQueue();
    int all = 1_000_000;
    for (int i = 1; i <= all; i++) {
      long key = Keys.of(i, 4);
      Reference reference = Reference.fresh(key, i, 10, true, 0);
      if (i % 1_000 == 0) {
        queue.append(reference, all - i + 1);
      } else {
        queue.append(reference);
        queue.deliver(key);
        queue.remove(key);
      }
    }
    assertThat(queue.waitingCount()).isEqualTo(1_000);
    // Each of a quarter of 512 and more: without compaction there would be one for each that waits.
    assertThat(queue.freeze().pieces()).hasSizeLessThan(1_000 / 100);
    List<Long> sequences = new ArrayList<>();
    queue.forEach(reference -> sequences.add(reference.sequence()));
    assertThat(sequences).hasSize(1_000).isSorted().allMatch(sequence -> sequence % 1_000 == 0);
    KeyList timely = new KeyList();
    queue.timely(all, 2_000, timely);
    assertThat(timely.size()).isEqualTo(1_000);
    assertThat(Keys.sequence(timely.get(0))).isEqualTo(all);
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
