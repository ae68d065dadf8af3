package io.batonmq.log.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.log.LogSettings;
import io.batonmq.log.RecordFormat;
import io.batonmq.seam.MemoryStorage;
import io.batonmq.seam.Now;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the owner and the lane hand to each other.
class LogWriterTest {
  private final MemoryStorage storage = new MemoryStorage();
  private int names;
  private int ownerWakes;
  private int housekeepingWakes;
  private LogWriter writer = writer();

  @BeforeEach
  void wakes() {
    writer.wakes(() -> ownerWakes++, () -> {}, () -> housekeepingWakes++);
  }

  private LogWriter writer() {
    var log = new FileLog(storage, LogSettings.DEFAULTS, "node", () -> "n" + ++names);
    log.prepare();
    return log.takeOver(0, Optional.empty(), (_, _, _, _) -> {}, _ -> {}).orElseThrow().writer();
  }

  private void append(int bytes) {
    writer.append(RecordFormat.USER_MIN, ByteBuffer.allocate(bytes));
    writer.flush();
  }

  private void duringNextSync(Runnable elsewhere) {
    storage.duringSync(() -> {
      storage.duringSync(() -> {});
      elsewhere.run();
    });
  }

  @Test
  void whatGathersDuringASyncIsOneBatch() {
    append(10);
    duringNextSync(() -> {
      append(10);
      append(10);
      append(10);
    });
    writer.doWork(new Now(0, 0));
    assertThat(writer.batches()).isEqualTo(1);
    assertThat(writer.waiting()).isFalse();
    assertThat(writer.held()).isTrue();
    writer.flush();
    assertThat(writer.held()).isFalse();
    writer.doWork(new Now(1, 0));
    assertThat(writer.batches()).isEqualTo(2);
    assertThat(writer.committed()).isEqualTo(writer.end());
  }

  @Test
  void whatGathersDuringABeatIsNotForgotten() {
    duringNextSync(() -> append(10));
    ownerWakes = 0;
    writer.doWork(new Now(0, 0));
    assertThat(writer.batches()).isZero();
    assertThat(ownerWakes).isPositive();
  }

  @Test
  void gatheringHasALimitWhileTheLaneIsInTheFiles() {
    append(10);
    boolean[] full = new boolean[2];
    duringNextSync(() -> {
      full[0] = writer.full();
      append(LogSettings.DEFAULTS.batchBytesMax());
      full[1] = writer.full();
    });
    writer.doWork(new Now(0, 0));
    assertThat(full).containsExactly(false, true);
    writer.flush();
    assertThat(writer.full()).isFalse();
  }

  @Test
  void aSegmentThatIsTakenIsMissedAtOnce() {
    while (writer.prepareSpare()) {
      // one spare each
    }
    housekeepingWakes = 0;
    for (int i = 0; i < 4; i++) {
      append(3 << 20);
      writer.doWork(new Now(i, 0));
    }
    assertThat(housekeepingWakes).isEqualTo(1);
  }

  @Test
  void whereSparesAreMissingRoomIsBeingMadeAndNotGone() {
    assertThat(writer.roomForMessages()).isFalse();
    assertThat(writer.makingRoom()).isTrue();
    assertThat(writer.outOfRoom()).as("there is the first segment").isFalse();
    for (int i = 0; i < 3; i++) {
      append(3 << 20);
      writer.doWork(new Now(i, 0));
    }
    assertThat(writer.outOfRoom()).isTrue();
    assertThat(writer.sparesSettled()).isFalse();
    while (writer.makeSpare()) {
      // one spare each
    }
    assertThat(writer.sparesSettled()).isTrue();
    assertThat(writer.outOfRoom()).isFalse();
    assertThat(writer.roomForMessages()).isTrue();
  }
}
