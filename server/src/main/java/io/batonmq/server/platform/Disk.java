package io.batonmq.server.platform;

import io.batonmq.seam.HeldLock;
import io.batonmq.seam.LockWatch;
import io.batonmq.seam.Storage.Access;
import io.batonmq.seam.StoredFile;
import java.nio.file.Path;
import java.util.Optional;

/// The calls of [io.batonmq.seam.Storage] on real paths, in the two ways that there are.
sealed interface Disk permits PosixDisk, PortableDisk {
  void makeDirectory(Path path);

  void syncDirectory(Path path);

  boolean exists(Path path);

  Optional<StoredFile> createExclusive(Path path);

  Optional<StoredFile> open(Path path, Access access);

  boolean link(Path existing, Path name);

  void remove(Path path);

  Optional<HeldLock> tryLock(Path path);

  LockWatch watchLock(Path path, Runnable wake);
}
