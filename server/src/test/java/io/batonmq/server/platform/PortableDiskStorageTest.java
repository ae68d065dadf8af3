package io.batonmq.server.platform;

import io.batonmq.seam.Storage;
import java.util.Optional;

/// The fallback for machines whose system calls are not known.
class PortableDiskStorageTest extends DiskStorageTest {
  @Override
  Storage open() {
    return DiskStorage.open(root, mounts(), Optional.empty());
  }

  /// The JDK's locks are the process's: a handle that is closed takes them along on this system.
  @Override
  void aLockOutlivesEveryOtherHandleOfItsFile() {}
}
