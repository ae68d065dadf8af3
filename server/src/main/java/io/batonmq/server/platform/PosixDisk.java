package io.batonmq.server.platform;

import io.batonmq.seam.HeldLock;
import io.batonmq.seam.LockWatch;
import io.batonmq.seam.Storage.Access;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import io.batonmq.seam.StoredFile;
import java.nio.file.Path;
import java.util.Optional;

/// Files by system calls.
final class PosixDisk implements Disk {
  private final Posix posix;
  private final PosixLocks locks;
  private final boolean network;
  private final boolean direct;

  /// @param network whether other machines write here too
  /// @param direct whether reading handles read past the page cache
  PosixDisk(Posix posix, boolean network, boolean direct) {
    this.posix = posix;
    this.locks = new PosixLocks(posix);
    this.network = network;
    this.direct = direct;
  }

  /// Whether a file of this directory can be read past the page cache; a probe, since no table of
  /// mounts knows.
  static boolean readsDirectly(Posix posix, Path file) {
    int fd = posix.open(file, Posix.O_RDONLY | posix.direct());
    if (fd < 0) {
      return false;
    }
    try {
      return posix.read(fd, posix.buffer(), Posix.ALIGNMENT, 0) >= 0;
    } finally {
      posix.close(fd);
    }
  }

  @Override
  public void makeDirectory(Path path) {
    int result = posix.makeDirectory(path);
    if (result == -Errno.ENOENT && path.getParent() != null) {
      makeDirectory(path.getParent());
      result = posix.makeDirectory(path);
    }
    if (result == -Errno.EEXIST) {
      var there = posix.stat(path).stat();
      // The name may be gone again, or be a file; only a directory is what was asked for.
      if (there.isPresent() && !there.get().directory()) {
        throw new StorageException(Kind.IO, path + " is a file");
      }
    } else if (result < 0) {
      throw Errno.failure("mkdir", path, result);
    }
  }

  @Override
  public void syncDirectory(Path path) {
    int fd = posix.open(path, Posix.O_RDONLY);
    if (fd < 0) {
      throw Errno.failure("open", path, fd);
    }
    int result = posix.sync(fd);
    posix.close(fd);
    // A file server that can not sync a directory answers name changes when they are stable.
    if (result < 0 && !(network && result == -Errno.EINVAL)) {
      throw Errno.failure("sync", path, result);
    }
  }

  @Override
  public boolean exists(Path path) {
    var found = posix.stat(path);
    if (found.error() < 0 && Errno.kind(-found.error()) != Kind.MISSING) {
      throw Errno.failure("stat", path, found.error());
    }
    return found.stat().isPresent();
  }

  @Override
  public Optional<StoredFile> createExclusive(Path path) {
    int fd = posix.open(path, Posix.O_RDWR | Posix.O_CREAT | Posix.O_EXCL);
    if (fd == -Errno.EEXIST) {
      return Optional.empty();
    }
    if (fd < 0) {
      throw Errno.failure("create", path, fd);
    }
    return Optional.of(new PosixFile(posix, path, fd, true, false));
  }

  @Override
  public Optional<StoredFile> open(Path path, Access access) {
    boolean writes = access == Access.WRITE;
    boolean past = direct && !writes;
    int fd =
        posix.open(path, (writes ? Posix.O_RDWR : Posix.O_RDONLY) | (past ? posix.direct() : 0));
    if (fd < 0) {
      if (Errno.kind(-fd) == Kind.MISSING) {
        return Optional.empty();
      }
      throw Errno.failure("open", path, fd);
    }
    var found = posix.stat(fd).stat();
    if (found.isPresent() && found.get().directory()) {
      posix.close(fd);
      throw new StorageException(Kind.IO, path + " is a directory");
    }
    return Optional.of(new PosixFile(posix, path, fd, writes, past));
  }

  @Override
  public boolean link(Path existing, Path name) {
    int result = posix.link(existing, name);
    if (result == -Errno.EEXIST) {
      return network && linkedAlready(existing, name);
    }
    if (result < 0) {
      throw Errno.failure("link", name, result);
    }
    return true;
  }

  /// A file server whose answer was lost is asked again, and then refuses what it has done: the
  /// link is ours if both names are one file.
  private boolean linkedAlready(Path existing, Path name) {
    var one = posix.stat(existing).stat();
    var other = posix.stat(name).stat();
    return one.isPresent() && other.isPresent() && one.get().sameFile(other.get());
  }

  @Override
  public void remove(Path path) {
    int result = posix.unlink(path);
    if (result == -Errno.EISDIR || result == -Errno.EPERM) {
      result = posix.removeDirectory(path);
    }
    if (result < 0 && Errno.kind(-result) != Kind.MISSING) {
      throw Errno.failure("remove", path, result);
    }
  }

  @Override
  public Optional<HeldLock> tryLock(Path path) {
    return locks.tryLock(path);
  }

  @Override
  public LockWatch watchLock(Path path, Runnable wake) {
    return locks.watch(path, wake);
  }
}
