package io.batonmq.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Those who go through a queue past messages that they leave, and who hears what is not out any more.
class CursorTest {
  private final MessageQueue queue = new MessageQueue();

  @BeforeEach
  void fill() {
    for (long sequence = 1; sequence <= 4; sequence++) {
      queue.append(Reference.fresh(key(sequence), sequence, 1, true, 0));
    }
  }

  private static long key(long sequence) {
    return Keys.of(sequence, sequence == 3 ? 9 : 4);
  }

  private static List<Long> rest(Cursor cursor) {
    List<Long> sequences = new ArrayList<>();
    for (long key = cursor.next(); key != Keys.NONE; key = cursor.next()) {
      sequences.add(Keys.sequence(key));
      cursor.seen(key);
    }
    return sequences;
  }

  @Test
  void itSeesEachMessageOnceAndWhatComesBackAgain() {
    Cursor cursor = queue.cursor();
    assertThat(rest(cursor)).containsExactly(3L, 1L, 2L, 4L);
    assertThat(rest(cursor)).isEmpty();
    queue.deliver(key(2));
    queue.release(key(2), true);
    assertThat(rest(cursor)).containsExactly(2L, 4L);
    queue.forget(cursor);
    queue.deliver(key(2));
    queue.release(key(2), true);
    assertThat(rest(cursor)).isEmpty();
  }

  @Test
  void itGoesBackToASequenceButNeverOn() {
    Cursor cursor = queue.cursor();
    assertThat(rest(cursor)).hasSize(4);
    cursor.back(3);
    assertThat(rest(cursor)).containsExactly(3L, 4L);
    cursor.back(100);
    assertThat(rest(cursor)).isEmpty();
    cursor.back(0);
    cursor.back(2);
    assertThat(rest(cursor)).hasSize(4);
  }

  @Test
  void whatIsNotOutAnyMoreIsTold() {
    List<Long> told = new ArrayList<>();
    queue.watch(key -> told.add(Keys.sequence(key)));
    for (long sequence = 1; sequence <= 4; sequence++) {
      queue.deliver(key(sequence));
    }
    assertThat(told).isEmpty();
    queue.release(key(1), false);
    queue.remove(key(1));
    queue.remove(key(2));
    queue.defer(key(3), 1_000);
    queue.admit(key(3));
    assertThat(told).containsExactly(1L, 2L, 3L);
    queue.watch(_ -> {});
    queue.release(key(4), true);
    assertThat(told).hasSize(3);
  }
}
