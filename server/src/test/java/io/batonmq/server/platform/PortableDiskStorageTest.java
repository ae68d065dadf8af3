package io.batonmq.server.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.seam.Storage;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// The fallback for machines whose system calls are not known.
class PortableDiskStorageTest extends DiskStorageTest {
  @Override
  Storage open() {
    return DiskStorage.open(root, mounts(), Optional.empty());
  }

  /// The JDK closes a channel that nobody refers to, and its lock would go with it.
  @Test
  void aLockThatNobodyRefersToIsStillHeld() throws IOException {
    save("lock", "");
    try (var child = new LockChild(root)) {
      assertThat(open().tryLock("lock")).isPresent();
      var collected = new CountDownLatch(1);
      Cleaner.create().register(new Object(), collected::countDown);
      until(() -> {
        System.gc();
        return collected.getCount() == 0;
      });
      assertThat(child.tries()).isFalse();
    }
  }

  /// The JDK's locks are the process's: a handle that is closed takes them along on this system.
  @Override
  void aLockOutlivesEveryOtherHandleOfItsFile() {}
}
