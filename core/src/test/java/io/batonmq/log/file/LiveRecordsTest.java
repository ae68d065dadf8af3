package io.batonmq.log.file;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What is gathered of a segment: each once, in order, and only so many.
class LiveRecordsTest {
  private final LiveRecords records = new LiveRecords(1_000, 1_000_000);

  @Test
  void eachCountsOnceAndInOrder() {
    for (int round = 0; round < 10; round++) {
      for (int i = 99; i >= 0; i--) {
        records.add(1_000 + 8 * i, 56);
      }
    }
    assertThat(records.tooMany()).isFalse();
    assertThat(records.count()).isEqualTo(100);
    for (int i = 0; i < 100; i++) {
      assertThat(records.position(i)).isEqualTo(1_000 + 8 * i);
      assertThat(records.size(i)).isEqualTo(56);
    }
    assertThat(records.fileBytes()).isEqualTo(48 + 100 * (16 + 56));
  }

  @Test
  void asManyAsAFileHoldsAreNotTooMany() {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < Rewritten.RECORDS_MAX; i++) {
        records.add(1_000 + 8L * i, 56);
      }
    }
    assertThat(records.tooMany()).isFalse();
    assertThat(records.count()).isEqualTo(Rewritten.RECORDS_MAX);
    records.add(0, 56);
    assertThat(records.tooMany()).isTrue();
  }

  @Test
  void memoryIsBoundedWhateverComes() {
    for (int i = 0; i < 10 * Rewritten.RECORDS_MAX; i++) {
      records.add(8L * i, 56);
    }
    assertThat(records.tooMany()).isTrue();
    // What is too much is not taken for nothing, which would be dropped.
    assertThat(records.tooMany()).isTrue();
  }
}
