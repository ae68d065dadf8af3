package io.batonmq.sim.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.log.FencedException;
import io.batonmq.log.LogSettings;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.LogVerify;
import io.batonmq.log.file.LogWriter;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import io.batonmq.sim.Operation;
import io.batonmq.sim.Scheduler;
import io.batonmq.sim.SimDisk;
import io.batonmq.sim.SimProcess;
import io.batonmq.sim.SimStorage;
import io.batonmq.sim.ha.History;
import io.batonmq.sim.ha.TinyReader;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A disk without room holds back messages and takes acknowledgements; a disk that fails ends the tenure.
class FullOrBrokenDiskTest {
  private static final long PLENTY = 1L << 30;

  private final Scheduler scheduler = new Scheduler(42);
  private final SimDisk disk = new SimDisk(scheduler, SimDisk.Model.LOCAL);
  private final SimProcess process = scheduler.process("a");
  private final SimStorage storage = disk.mount(process);
  private final History history = new History();

  @AfterEach
  void close() {
    scheduler.close();
  }

  private Sole start() {
    return new Sole(storage, process.clock(), history, "a");
  }

  private void leave(long bytes) {
    disk.capacity(PLENTY);
    disk.capacity(PLENTY - storage.usableBytes() + bytes);
  }

  private static void prepare(Sole node) {
    for (int i = 0; i < 20 && node.writer().prepareSpare(); i++) {
      // one spare each
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 30_000, 70_000, 100_000, 200_000})
  void messagesAreHeldBackBeforeTheSpaceIsGoneAndAcknowledgementsFit(long left) {
    var node = start();
    prepare(node);
    assertThat(node.writer().roomForMessages()).isTrue();
    leave(left);
    int messages = 0;
    while (node.writer().roomForMessages()) {
      node.append(2_000);
      node.commit();
      node.writer().prepareSpare();
      assertThat(++messages).isLessThan(1_000);
    }
    // What was on its way: a full batch that gathers, one handed over, one being written.
    for (int batch = 0; batch < 3; batch++) {
      for (int bytes = 0; bytes < (Sole.SMALL.segmentBytes() / 2) - 2_000; bytes += 2_000) {
        node.append(1_950);
      }
      node.commit();
    }
    for (int i = 0; i < 300; i++) {
      node.append(16);
      node.commit();
      node.writer().prepareSpare();
      assertThat(node.writer().ended()).as("after %d acknowledgements", i).isEmpty();
    }
    assertThat(node.writer().committed()).isEqualTo(node.writer().end());
    assertThat(node.writer().roomForMessages()).isFalse();

    disk.capacity(PLENTY);
    prepare(node);
    assertThat(node.writer().roomForMessages()).isTrue();
  }

  @Test
  void whereThereIsNoRoomForAFirstSegmentNothingIsClaimed() {
    var first = start();
    first.append(100);
    first.commit();
    first.end();
    leave(30_000);
    var names = storage.list("");
    assertThatThrownBy(() -> new TinyReader(history).readAll(storage, Sole.SMALL))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_SPACE));
    assertThat(storage.list("")).as("a claim's directory is cleared away").isEqualTo(names);
    assertThat(storage.list("register")).hasSize(1);

    disk.capacity(PLENTY);
    assertThat(new TinyReader(history).readAll(storage, Sole.SMALL)).isPresent();
  }

  @Test
  void onAFullDiskATakeOverTakesTheSparesOfTheOneBefore() {
    var first = start();
    prepare(first);
    first.append(100);
    first.commit();
    first.end();
    leave(4_000);
    assertThat(new TinyReader(history).readAll(storage, Sole.SMALL)).isPresent();
    assertThat(LogVerify.verify(storage).damages()).isEmpty();
  }

  @Test
  void sparesOfTenuresThatAreOverAreGivenBack() {
    var first = start();
    prepare(first);
    first.end();
    assertThat(storage.list(first.writer().tenure().directory())).anyMatch(this::isSpare);
    var second = new Sole(storage, process.clock(), history, "b");
    prepare(second);
    prepare(second);
    assertThat(storage.list(first.writer().tenure().directory())).noneMatch(this::isSpare);
    assertThat(storage.list(second.writer().tenure().directory())).anyMatch(this::isSpare);
  }

  private boolean isSpare(String name) {
    return name.startsWith("spare-");
  }

  /// A claimant that dies before its claim leaves a directory of which no epoch will ever be.
  @Test
  void directoriesOfClaimsThatWereNotWonAreClearedAway() {
    var lost = "epoch-0000000001-lost";
    storage.makeDirectory(lost);
    storage.createExclusive(lost + "/fence").orElseThrow().close();
    start().end();
    var second = new Sole(storage, process.clock(), history, "b");
    prepare(second);
    prepare(second);
    assertThat(storage.list("")).doesNotContain(lost);
    assertThat(storage.list("")).contains(second.writer().tenure().directory());
  }

  @ParameterizedTest
  @EnumSource(
      value = Operation.class,
      names = {"WRITE", "SYNC", "OPEN", "READ"})
  void afterAFailedCallNothingIsConfirmedAnyMore(Operation operation) {
    var node = start();
    node.append(100);
    node.commit();
    long committed = node.writer().committed();
    node.append(100);
    storage.failNext(operation, Kind.IO);
    node.commit();
    assertThat(node.writer().committed()).isEqualTo(committed);
    assertThat(node.writer().ended().orElseThrow()).isInstanceOf(LogWriter.End.Failed.class);
    node.commit();
    node.work();
    node.writer().prepareSpare();
    assertThat(node.writer().committed()).isEqualTo(committed);
    assertThatThrownBy(() -> node.append(1)).isInstanceOf(FencedException.class);
  }

  @Test
  void aFailedSyncOfTheHeartEndsIt() {
    var node = start();
    storage.failNext(Operation.SYNC, Kind.IO);
    node.work();
    assertThat(node.writer().ended().orElseThrow()).isInstanceOf(LogWriter.End.Failed.class);
  }

  @Test
  void aStoreThatWasRemovedIsNotASuccessor() {
    var node = start();
    storage.remove(node.writer().tenure().directory() + "/fence");
    node.append(1);
    node.commit();
    assertThat(node.writer().ended().orElseThrow()).isInstanceOf(LogWriter.End.Failed.class);
    assertThat(node.writer().committed()).isZero();
  }

  /// Each call of a take-over may fail. Whatever does, no lock is kept, no file stays open, and another
  /// node can take over.
  @ParameterizedTest
  @EnumSource(
      value = Operation.class,
      names = {
        "MAKE_DIRECTORY",
        "SYNC_DIRECTORY",
        "LIST",
        "CREATE",
        "OPEN",
        "LINK",
        "REMOVE",
        "LOCK",
        "READ",
        "WRITE",
        "ZERO",
        "SYNC"
      })
  void aTakeOverThatFailsLeavesNothingBehind(Operation operation) {
    var first = start();
    first.append(100);
    first.commit();
    first.end();
    int failures = 0;
    for (int nth = 1; nth < 60; nth++) {
      var name = "claimant" + nth;
      var failing = new FailingAt(disk.mount(scheduler.process(name)), operation, nth);
      var log = new FileLog(failing, Sole.SMALL, name, () -> name);
      var reader = new TinyReader(history);
      var follower = reader.read(log).orElseThrow();
      long newest = log.register().newest().orElseThrow().epoch();
      failing.arm();
      try {
        log.takeOver(newest, Optional.of(follower), reader, _ -> {})
            .ifPresent(taken -> {
              taken.writer().close();
              taken.lock().close();
            });
      } catch (StorageException e) {
        failures++;
      }
      follower.close();
      assertThat(failing.open()).as("open after call %d", nth).isEmpty();
      var claimed = log.register().newest().orElseThrow();
      assertThat(disk.lockHolder(claimed.lock())).as("after call %d", nth).isEmpty();
    }
    assertThat(failures).isPositive();
    assertThat(LogVerify.verify(storage).damages()).isEmpty();
    var reader = new TinyReader(history);
    assertThat(reader.readAll(storage, Sole.SMALL)).isPresent();
    assertThat(reader.state().records()).isEqualTo(1);
  }

  @Test
  void withoutSyncNothingIsSynced() {
    var fast =
        new LogSettings(
            Sole.SMALL.segmentBytes(), Sole.SMALL.batchBytesMax(), 3, 50_000_000L, 1L << 60, false);
    var node = new Sole(storage, process.clock(), history, "a", fast);
    node.work();
    storage.failNext(Operation.SYNC, Kind.IO);
    node.writer().append(16, ByteBuffer.allocate(10));
    node.writer().flush();
    node.work();
    assertThat(node.writer().ended()).isEmpty();
    assertThat(node.writer().committed()).isEqualTo(node.writer().end());
  }
}
