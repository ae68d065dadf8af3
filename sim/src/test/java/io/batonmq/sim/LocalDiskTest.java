package io.batonmq.sim;

import static io.batonmq.sim.Files.create;
import static io.batonmq.sim.Files.read;
import static io.batonmq.sim.Files.save;
import static io.batonmq.sim.Files.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.seam.Storage.Access;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LocalDiskTest {
  private final Scheduler scheduler = new Scheduler(1);
  private final SimDisk disk = new SimDisk(scheduler, SimDisk.Model.LOCAL);
  private final SimProcess a = scheduler.process("a");
  private final SimStorage storage = disk.mount(a);

  @Test
  void aKilledProcessLeavesWhatItWroteButNotItsLock() {
    var file = create(storage, "log");
    write(file, 0, "unsynced");
    var lock = storage.tryLock("log").orElseThrow();
    var other = disk.mount(scheduler.process("b"));
    assertThat(other.tryLock("log")).isEmpty();

    a.kill();

    assertThat(read(other, "log")).hasValue("unsynced");
    assertThat(other.tryLock("log")).isPresent();
    assertThatThrownBy(lock::stillHeld).isInstanceOf(ProcessDied.class);
    assertThatThrownBy(() -> write(file, 0, "zombie")).isInstanceOf(ProcessDied.class);
  }

  @Test
  void aPowerCutLeavesWhatWasSyncedAndAnySubsetOfTheRest() {
    var seen = new TreeSet<String>();
    for (int seed = 0; seed < 200; seed++) {
      var scheduler = new Scheduler(seed);
      var disk = new SimDisk(scheduler, SimDisk.Model.LOCAL);
      var storage = disk.mount(scheduler.process("a"));
      save(storage, "kept", "kept");
      var file = create(storage, "log");
      storage.syncDirectory("");
      write(file, 0, "1".repeat(512));
      file.sync();
      write(file, 512, "2".repeat(512) + "3".repeat(512));

      disk.powerLoss();

      var after = disk.mount(scheduler.process("a"));
      assertThat(read(after, "kept")).hasValue("kept");
      var text = read(after, "log").orElseThrow().replace('\0', '0');
      assertThat(text).startsWith("1".repeat(512));
      seen.add(text.replaceAll("(.)\\1{511}", "$1"));
    }
    assertThat(seen).contains("1", "12", "123", "103");
  }

  @Test
  void anUnsyncedNameMayBeLostAndARemovedOneMayComeBack() {
    Set<String> created = new HashSet<>();
    Set<String> removed = new HashSet<>();
    for (int seed = 0; seed < 100; seed++) {
      var scheduler = new Scheduler(seed);
      var disk = new SimDisk(scheduler, SimDisk.Model.LOCAL);
      var storage = disk.mount(scheduler.process("a"));
      save(storage, "removed", "text");
      storage.remove("removed");
      var file = create(storage, "created");
      write(file, 0, "text");
      file.sync();

      disk.powerLoss();

      var after = disk.mount(scheduler.process("a"));
      created.add(read(after, "created").orElse("none"));
      removed.add(read(after, "removed").orElse("none"));
    }
    assertThat(created).containsExactlyInAnyOrder("none", "text");
    assertThat(removed).containsExactlyInAnyOrder("none", "text");
  }

  @Test
  void whatAFailedSyncGaveUpIsReadAndThenGone() {
    Set<String> after = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      var scheduler = new Scheduler(seed);
      var disk = new SimDisk(scheduler, SimDisk.Model.LOCAL);
      var storage = disk.mount(scheduler.process("a"));
      var file = create(storage, "log");
      storage.syncDirectory("");
      write(file, 0, "text");
      storage.failNext(Operation.SYNC, Kind.IO);
      assertThatThrownBy(file::sync).isInstanceOf(StorageException.class);
      file.sync();
      assertThat(read(storage, "log")).hasValue("text");

      disk.powerLoss();

      after.add(read(disk.mount(scheduler.process("a")), "log").orElseThrow());
    }
    assertThat(after).contains("");
  }

  @Test
  void aFullDiskTakesAPartAndSaysSo() {
    disk.capacity(8192);
    var file = create(storage, "log");
    file.zero(0, 4096);
    assertThat(storage.usableBytes()).isEqualTo(4096);
    assertThatThrownBy(() -> file.write(4096, ByteBuffer.allocate(8192)))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_SPACE));
    write(file, 0, "what is zeroed needs no space");
    storage.remove("log");
    assertThat(storage.usableBytes()).isEqualTo(8192);
  }

  @Test
  void aProcessDiesAfterExactlyThatCall() {
    storage.makeDirectory("d");
    storage.crashAfter(2);
    var file = create(storage, "d/one");
    assertThatThrownBy(() -> write(file, 0, "done, not told")).isInstanceOf(ProcessDied.class);
    assertThat(a.alive()).isFalse();
    assertThat(disk.content("d/one")).hasValue("done, not told".getBytes());
  }

  @Test
  void aLockIsWaitedForAndGrantedToOne() {
    create(storage, "lock").close();
    var lock = storage.tryLock("lock").orElseThrow();
    var woken = new HashSet<String>();
    var b = disk.mount(scheduler.process("b")).watchLock("lock", () -> woken.add("b"));
    var c = disk.mount(scheduler.process("c")).watchLock("lock", () -> woken.add("c"));
    scheduler.runFor(Duration.ofSeconds(10));
    assertThat(woken).isEmpty();

    lock.close();
    scheduler.runFor(Duration.ofSeconds(10));

    assertThat(woken).hasSize(1);
    var granted = woken.contains("b") ? b.granted() : c.granted();
    assertThat(granted).isPresent();
    assertThat(granted.get().stillHeld()).isTrue();
    assertThat(b.granted().or(c::granted)).isEmpty();
    assertThat(lock.stillHeld()).isFalse();
  }

  @Test
  void aClosedWatchGivesBackWhatItWasGranted() {
    create(storage, "lock").close();
    var watch = storage.watchLock("lock", () -> {});
    scheduler.runFor(Duration.ofSeconds(1));
    assertThat(storage.tryLock("lock")).isEmpty();
    watch.close();
    assertThat(storage.tryLock("lock")).isPresent();
  }

  @Test
  void aLockMayBeLostSilentlyAndGrantedTwice() {
    create(storage, "lock").close();
    var lock = storage.tryLock("lock").orElseThrow();
    var b = disk.mount(scheduler.process("b"));
    disk.loseLock("lock", false);
    var second = b.tryLock("lock").orElseThrow();
    assertThat(lock.stillHeld()).isFalse();
    assertThat(second.stillHeld()).isTrue();
    disk.loseLock("lock", true);
    assertThat(second.stillHeld()).isTrue();
    var third = storage.tryLock("lock").orElseThrow();
    var watch = b.watchLock("lock", () -> {});
    disk.grantTwice("lock");
    assertThat(watch.granted().orElseThrow().stillHeld()).isTrue();
    assertThat(third.stillHeld()).isTrue();
  }

  @Test
  void aLockIsNotHeldOnAFileThatWasReplaced() {
    create(storage, "lock").close();
    var lock = storage.tryLock("lock").orElseThrow();
    storage.remove("lock");
    assertThat(lock.stillHeld()).isFalse();
    create(storage, "lock").close();
    assertThat(lock.stillHeld()).isFalse();
  }

  @Test
  void readingHandlesDoNotWrite() {
    save(storage, "log", "text");
    var file = storage.open("log", Access.READ).orElseThrow();
    assertThatThrownBy(() -> write(file, 0, "x")).isInstanceOf(StorageException.class);
  }
}
