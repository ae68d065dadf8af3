package io.batonmq.server.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.seam.HeldLock;
import io.batonmq.seam.Storage;
import io.batonmq.seam.Storage.Access;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What [Storage] promises, asked of every twin: the real disk, its fallback, the simulated one.
abstract class StorageContract {
  private Storage storage;

  /// Another node on the same directory.
  private Storage other;

  abstract Storage open();

  /// Waits until it is so, or fails.
  abstract void until(BooleanSupplier condition);

  @BeforeEach
  void openTwo() {
    storage = open();
    other = open();
  }

  @Test
  void aNameIsTakenOnce() {
    assertThat(storage.createExclusive("log")).isPresent();
    assertThat(storage.createExclusive("log")).isEmpty();
    assertThat(other.createExclusive("log")).isEmpty();
  }

  @Test
  void aLinkIsTheSameFileAndItsNameIsTakenOnce() {
    save("one", "first");
    save("two", "second");
    assertThat(storage.link("one", "claim")).isTrue();
    assertThat(other.link("two", "claim")).isFalse();
    assertThat(storage.createExclusive("claim")).isEmpty();
    assertThat(text(other, "claim")).isEqualTo("first");
    try (var file = storage.open("one", Access.WRITE).orElseThrow()) {
      write(file, 0, "FIRST");
      file.sync();
    }
    assertThat(text(other, "claim")).isEqualTo("FIRST");
    storage.remove("one");
    assertThat(text(other, "claim")).isEqualTo("FIRST");
  }

  @Test
  void whatIsMissingIsMissing() {
    assertThat(storage.open("none", Access.READ)).isEmpty();
    assertThat(storage.open("none/none", Access.WRITE)).isEmpty();
    assertThat(storage.exists("none")).isFalse();
    assertThat(storage.list("none")).isEmpty();
    assertThat(storage.tryLock("none")).isEmpty();
    assertKind(Kind.MISSING, () -> storage.link("none", "name"));
    assertKind(Kind.MISSING, () -> storage.createExclusive("none/file"));
    assertKind(Kind.MISSING, () -> storage.syncDirectory("none"));
    assertKind(Kind.MISSING, () -> storage.watchLock("none", () -> {}));
  }

  @Test
  void directoriesAreMadeWithTheirParentsListedAndRemoved() {
    storage.makeDirectory("a/b/c");
    storage.makeDirectory("a/b/c");
    storage.syncDirectory("a/b");
    save("a/b/z", "z");
    save("a/b/y", "y");
    assertThat(other.list("a/b")).containsExactly("c", "y", "z");
    assertThat(other.list("")).containsExactly("a");
    assertThat(other.exists("a/b")).isTrue();
    assertKind(Kind.IO, () -> storage.remove("a/b"));
    assertKind(Kind.IO, () -> storage.makeDirectory("a/b/z"));
    assertKind(Kind.IO, () -> storage.open("a/b", Access.READ));
    storage.remove("a/b/y");
    storage.remove("a/b/y");
    storage.remove("a/b/z");
    storage.remove("a/b/c");
    storage.remove("a/b");
    storage.syncDirectory("a");
    assertThat(other.list("a")).isEmpty();
  }

  @Test
  void theLeadingNameIsTheRoot() {
    storage.makeDirectory("");
    storage.syncDirectory("");
    assertThat(storage.exists("")).isTrue();
  }

  @Test
  void writtenBytesAreReadAtAnyOffset() {
    var random = new Random(1);
    var model = new byte[3 * 1024 * 1024];
    try (var file = storage.createExclusive("log").orElseThrow()) {
      long size = 0;
      for (int i = 0; i < 60; i++) {
        int offset = random.nextInt(model.length - 400_000);
        var bytes = new byte[random.nextInt(i % 3 == 0 ? 400_000 : 5_000)];
        random.nextBytes(bytes);
        System.arraycopy(bytes, 0, model, offset, bytes.length);
        size = bytes.length == 0 ? size : Math.max(size, offset + bytes.length);
        var from = i % 2 == 0 ? ByteBuffer.wrap(bytes) : direct(bytes);
        file.write(offset, from);
        assertThat(from.hasRemaining()).isFalse();
        assertThat(file.size()).isEqualTo(size);
        int at = random.nextInt((int) size + 1);
        int length = random.nextInt(300_000);
        var expected = Arrays.copyOfRange(model, at, (int) Math.min(size, at + length));
        assertThat(read(file, at, length)).isEqualTo(expected);
        assertThat(read(other, "log", at, length)).isEqualTo(expected);
      }
      file.sync();
    }
    try (var file = other.open("log", Access.READ).orElseThrow()) {
      assertThat(read(file, 0, model.length)).isEqualTo(Arrays.copyOf(model, (int) file.size()));
      assertThat(file.read(file.size(), ByteBuffer.allocate(10))).isZero();
      assertThat(file.read(file.size() + 100_000, ByteBuffer.allocate(10))).isZero();
    }
  }

  @Test
  void onlyTheRemainingBytesOfABufferMove() {
    try (var file = storage.createExclusive("log").orElseThrow()) {
      file.write(0, ByteBuffer.wrap("xxABCxx".getBytes()).position(2).limit(5));
      var into = ByteBuffer.wrap("..........".getBytes()).position(1).limit(3);
      assertThat(file.read(1, into)).isEqualTo(2);
      assertThat(new String(into.array())).isEqualTo(".BC.......");
      assertThat(into.position()).isEqualTo(3);
    }
  }

  @Test
  void zeroesReplaceWhatWasThereAndExtendTheFile() {
    try (var file = storage.createExclusive("log").orElseThrow()) {
      file.write(0, ByteBuffer.wrap("x".repeat(10_000).getBytes()));
      file.zero(100, 2_500_000);
      assertThat(file.size()).isEqualTo(2_500_100);
      var all = read(file, 0, 2_500_100);
      assertThat(Arrays.copyOf(all, 100)).containsOnly('x');
      assertThat(Arrays.copyOfRange(all, 100, all.length)).containsOnly(0);
      file.sync();
    }
  }

  @Test
  void aReadingHandleDoesNotWrite() {
    save("log", "text");
    try (var file = storage.open("log", Access.READ).orElseThrow()) {
      assertKind(Kind.DENIED, () -> write(file, 0, "x"));
      assertKind(Kind.DENIED, () -> file.zero(0, 1));
    }
    assertThat(text(other, "log")).isEqualTo("text");
  }

  @Test
  void aClosedFileIsNotUsedAndClosesAgain() {
    var file = storage.createExclusive("log").orElseThrow();
    file.close();
    file.close();
    assertThatThrownBy(() -> write(file, 0, "x")).isInstanceOf(RuntimeException.class);
    assertThatThrownBy(file::size).isInstanceOf(RuntimeException.class);
  }

  @Test
  void anOpenFileOutlivesItsNameAndAFreshOpenSeesTheNewOne() {
    save("log", "old");
    try (var file = storage.open("log", Access.READ).orElseThrow()) {
      other.remove("log");
      save("log", "new");
      assertThat(new String(read(file, 0, 10))).isEqualTo("old");
      assertThat(text(storage, "log")).isEqualTo("new");
    }
  }

  @Test
  void aLockHasOneHolder() {
    save("lock", "");
    var lock = storage.tryLock("lock").orElseThrow();
    assertThat(lock.stillHeld()).isTrue();
    assertThat(storage.tryLock("lock")).isEmpty();
    assertThat(other.tryLock("lock")).isEmpty();
    lock.close();
    lock.close();
    assertThat(lock.stillHeld()).isFalse();
    var next = other.tryLock("lock").orElseThrow();
    assertThat(next.stillHeld()).isTrue();
    next.close();
  }

  @Test
  void aLockOutlivesEveryOtherHandleOfItsFile() {
    save("lock", "");
    var lock = storage.tryLock("lock").orElseThrow();
    for (var access : Access.values()) {
      storage.open("lock", access).orElseThrow().close();
    }
    assertThat(storage.tryLock("lock")).isEmpty();
    assertThat(other.tryLock("lock")).isEmpty();
    assertThat(lock.stillHeld()).isTrue();
    lock.close();
  }

  @Test
  void aLockOnAFileThatLostItsNameIsNotHeld() {
    save("lock", "");
    var lock = storage.tryLock("lock").orElseThrow();
    other.remove("lock");
    assertThat(lock.stillHeld()).isFalse();
    save("lock", "");
    assertThat(lock.stillHeld()).isFalse();
    lock.close();
  }

  @Test
  void aWatchedLockIsGrantedWhenItIsFree() {
    save("lock", "");
    var lock = storage.tryLock("lock").orElseThrow();
    var woken = new AtomicInteger();
    var watch = other.watchLock("lock", woken::incrementAndGet);
    assertThat(watch.granted()).isEmpty();
    lock.close();
    until(() -> woken.get() == 1);
    var granted = watch.granted().orElseThrow();
    assertThat(watch.granted()).isEmpty();
    assertThat(granted.stillHeld()).isTrue();
    assertThat(storage.tryLock("lock")).isEmpty();
    watch.close();
    assertThat(granted.stillHeld()).isTrue();
    granted.close();
    assertThat(lockSoon(storage).stillHeld()).isTrue();
  }

  @Test
  void aClosedWatchKeepsNoLock() {
    save("lock", "");
    var lock = storage.tryLock("lock").orElseThrow();
    for (int i = 0; i < 200; i++) {
      other.watchLock("lock", () -> {}).close();
    }
    lock.close();
    lockSoon(storage).close();

    var woken = new AtomicInteger();
    var watch = other.watchLock("lock", woken::incrementAndGet);
    until(() -> woken.get() == 1);
    watch.close();
    lockSoon(storage).close();
  }

  @Test
  void whoeverWatchesNextIsServedAlthoughSomebodyGaveUp() {
    save("lock", "");
    var lock = storage.tryLock("lock").orElseThrow();
    other.watchLock("lock", () -> {}).close();
    var woken = new AtomicInteger();
    var watch = other.watchLock("lock", woken::incrementAndGet);
    lock.close();
    until(() -> woken.get() == 1);
    assertThat(watch.granted()).isPresent();
  }

  @Test
  void severalWatchOneLockAndOneOfThemGivesUp() {
    save("lock", "");
    var lock = storage.tryLock("lock").orElseThrow();
    var woken = new AtomicInteger();
    var first = other.watchLock("lock", woken::incrementAndGet);
    other.watchLock("lock", () -> {}).close();
    var second = other.watchLock("lock", woken::incrementAndGet);
    lock.close();
    until(() -> woken.get() == 1);
    var granted = first.granted().or(second::granted).orElseThrow();
    assertThat(first.granted().or(second::granted)).isEmpty();
    granted.close();
    until(() -> woken.get() == 2);
    first.granted().or(second::granted).orElseThrow().close();
    lockSoon(storage).close();
  }

  @Test
  void thereIsRoom() {
    assertThat(storage.usableBytes()).isPositive();
  }

  /// A lock that was given up may take a moment to come back.
  private HeldLock lockSoon(Storage by) {
    var got = new HeldLock[1];
    until(() -> {
      by.tryLock("lock").ifPresent(lock -> got[0] = lock);
      return got[0] != null;
    });
    return got[0];
  }

  final void save(String path, String text) {
    try (var file = storage.createExclusive(path).orElseThrow()) {
      write(file, 0, text);
      file.sync();
    }
  }

  static void write(StoredFile file, long offset, String text) {
    file.write(offset, ByteBuffer.wrap(text.getBytes()));
  }

  static String text(Storage storage, String path) {
    return new String(read(storage, path, 0, 100_000));
  }

  private static byte[] read(Storage storage, String path, long offset, int length) {
    try (var file = storage.open(path, Access.READ).orElseThrow()) {
      return read(file, offset, length);
    }
  }

  private static byte[] read(StoredFile file, long offset, int length) {
    var into = ByteBuffer.allocate(length);
    int count = file.read(offset, into);
    assertThat(into.position()).isEqualTo(count);
    return Arrays.copyOf(into.array(), count);
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  static void assertKind(Kind kind, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
  }
}
