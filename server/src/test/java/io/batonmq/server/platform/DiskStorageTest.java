package io.batonmq.server.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.batonmq.seam.Storage;
import io.batonmq.seam.Storage.Access;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskStorageTest extends StorageContract {
  @TempDir Path root;

  @Override
  Storage open() {
    return DiskStorage.open(root, mounts(), Posix.ofThisMachine());
  }

  Mounts mounts() {
    return Mounts.ofThisMachine();
  }

  @Override
  void until(BooleanSupplier condition) {
    Awaitility.await().pollInSameThread().until(condition::getAsBoolean);
  }

  @Test
  void aLockKeepsAnotherProcessOutAndEndsWithIt() throws IOException {
    save("lock", "");
    var storage = open();
    var lock = storage.tryLock("lock").orElseThrow();
    try (var child = new LockChild(root)) {
      assertThat(child.tries()).isFalse();
      lock.close();
      assertThat(child.tries()).isTrue();
      assertThat(storage.tryLock("lock")).isEmpty();

      var woken = new AtomicInteger();
      var watch = storage.watchLock("lock", woken::incrementAndGet);
      child.kill();
      until(() -> woken.get() == 1);
      assertThat(watch.granted().orElseThrow().stillHeld()).isTrue();
    }
  }

  @Test
  void noPathLeadsOutOfTheDirectory() {
    var storage = open();
    for (var path : List.of("..", "../x", "a/../../x", "/x", "a//b", ".", "a/")) {
      assertThatThrownBy(() -> storage.open(path, Access.READ))
          .as(path)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void descriptorsAreGivenBack() throws IOException {
    var open = Path.of("/proc/self/fd");
    assumeThat(open).exists();
    var storage = open();
    save("log", "text");
    Runnable work =
        () -> {
          storage.open("log", Access.READ).orElseThrow().close();
          storage.open("log", Access.WRITE).orElseThrow().close();
          assertThat(storage.createExclusive("log")).isEmpty();
          storage.syncDirectory("");
          assertThat(storage.list("")).containsExactly("log");
          storage.tryLock("log").orElseThrow().close();
        };
    work.run();
    long before = count(open);
    for (int i = 0; i < 200; i++) {
      work.run();
    }
    assertThat(count(open)).isLessThan(before + 20);
  }

  @Test
  void waitsThatWereGivenUpDoNotGatherThreads() throws IOException {
    save("lock", "");
    var storage = open();
    var lock = storage.tryLock("lock").orElseThrow();
    for (int i = 0; i < 100; i++) {
      storage.watchLock("lock", () -> {}).close();
    }
    until(() -> threadsWaiting() <= 1);
    lock.close();
    until(() -> threadsWaiting() == 0);
  }

  private static long threadsWaiting() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("lock lock"))
        .count();
  }

  @Test
  void anInterruptedThreadLosesNothing() {
    assumeThat(Posix.ofThisMachine()).isPresent();
    save("lock", "text");
    var storage = DiskStorage.open(root);
    var lock = storage.tryLock("lock").orElseThrow();
    var file = storage.open("lock", Access.WRITE).orElseThrow();
    Thread.currentThread().interrupt();
    try {
      file.write(0, ByteBuffer.wrap("TEXT".getBytes()));
      file.sync();
      assertThat(lock.stillHeld()).isTrue();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(text(storage, "lock")).isEqualTo("TEXT");
    lock.close();
  }

  @Test
  void aFullDeviceIsNamedByItsErrorNumber() {
    var full = Path.of("/dev/full");
    assumeThat(Posix.ofThisMachine()).isPresent();
    assumeThat(full).exists();
    var posix = Posix.ofThisMachine().orElseThrow();
    int fd = posix.open(full, Posix.O_RDWR);
    try (var file = new PosixFile(posix, full, fd, true, false)) {
      assertKind(Kind.NO_SPACE, () -> write(file, 0, "x"));
      assertKind(Kind.NO_SPACE, () -> file.zero(0, 10));
    }
  }

  @Test
  void errorNumbersHaveTheirKinds() {
    assertThat(Errno.kind(28)).isEqualTo(Kind.NO_SPACE);
    assertThat(Errno.kind(122)).isEqualTo(Kind.NO_SPACE);
    assertThat(Errno.kind(116)).isEqualTo(Kind.STALE);
    assertThat(Errno.kind(13)).isEqualTo(Kind.DENIED);
    assertThat(Errno.kind(30)).isEqualTo(Kind.DENIED);
    assertThat(Errno.kind(2)).isEqualTo(Kind.MISSING);
    assertThat(Errno.kind(5)).isEqualTo(Kind.IO);
  }

  @Test
  void aRootThatIsAFileIsRefused() throws IOException {
    var file = Files.createFile(root.resolve("file"));
    assertThatThrownBy(() -> DiskStorage.open(file)).isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> DiskStorage.open(file.resolve("below")))
        .isInstanceOf(StorageException.class);
  }

  @Test
  void aNetworkMountThatCanNotBeReadFreshlyIsRefused() {
    var noac = table("nfs4 server:/x rw,vers=4.2,noac");
    var cached = table("nfs4 server:/x rw,vers=4.2");
    assertThat(DiskStorage.open(root, noac, Optional.empty()).namesMayBeStale()).isTrue();
    assertThatThrownBy(() -> DiskStorage.open(root, cached, Optional.empty()))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("noac");
    assertThat(DiskStorage.open(root).namesMayBeStale()).isFalse();
  }

  static Mounts table(String mount) {
    return Mounts.parse(List.of("1 0 0:1 / / rw - " + mount));
  }

  private static long count(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.count();
    }
  }
}
