package io.batonmq.server.platform;

import io.batonmq.seam.HeldLock;
import io.batonmq.seam.LockWatch;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Locks of open file descriptions: each belongs to the descriptor that took it, so neither the
/// closing of another descriptor nor another node in the same process takes it away, and the system
/// gives it back when the process ends, however it ends.
///
/// A wait blocks a thread in the system, which nothing but the lock ends. A watch that is closed
/// leaves its thread waiting, and the next watch of the same file takes it over. A lock that comes
/// when nobody watches is given back at once.
final class PosixLocks {
  private static final int WAITERS_MAX = 64;

  private final Posix posix;

  /// Threads that wait, by what they wait for; a file may have several while several watch it.
  /// Guarded by this.
  private final List<Waiter> waiters = new ArrayList<>();

  private record FileId(long device, long inode) {}

  PosixLocks(Posix posix) {
    this.posix = posix;
  }

  Optional<HeldLock> tryLock(Path path) {
    int fd = posix.open(path, Posix.O_RDWR);
    if (fd < 0) {
      if (Errno.kind(-fd) == Kind.MISSING) {
        return Optional.empty();
      }
      throw Errno.failure("open", path, fd);
    }
    int result = posix.lock(fd, false);
    if (result == 0) {
      return Optional.of(new Lock(path, fd));
    }
    posix.close(fd);
    if (result == -Errno.EAGAIN || result == -Errno.EACCES) {
      return Optional.empty();
    }
    throw Errno.failure("lock", path, result);
  }

  LockWatch watch(Path path, Runnable wake) {
    int fd = posix.open(path, Posix.O_RDWR);
    if (fd < 0) {
      throw Errno.failure("open", path, fd);
    }
    var found = posix.stat(fd);
    if (found.stat().isEmpty()) {
      posix.close(fd);
      throw Errno.failure("stat", path, found.error());
    }
    var id = new FileId(found.stat().get().device(), found.stat().get().inode());
    var watch = new Watch(wake);
    synchronized (this) {
      for (var waiter : waiters) {
        if (waiter.id.equals(id) && waiter.watch.closed) {
          posix.close(fd);
          waiter.watch = watch;
          return watch;
        }
      }
      if (waiters.size() >= WAITERS_MAX) {
        posix.close(fd);
        throw new StorageException(Kind.IO, "more than " + WAITERS_MAX + " locks are waited for");
      }
      var waiter = new Waiter(id, path, fd, watch);
      waiters.add(waiter);
      Thread.ofPlatform().daemon().name("lock " + path.getFileName()).start(() -> await(waiter));
    }
    return watch;
  }

  /// Runs in a thread of its own, which ends with the wait.
  private void await(Waiter waiter) {
    int result = posix.lock(waiter.fd, true);
    Watch watch;
    boolean kept;
    synchronized (this) {
      waiters.remove(waiter);
      watch = waiter.watch;
      kept = result == 0 && !watch.closed;
      watch.result = result;
      watch.lock = kept ? new Lock(waiter.path, waiter.fd) : null;
    }
    if (!kept) {
      posix.close(waiter.fd);
    }
    watch.wake.run();
  }

  /// A thread that waits, and who wants to know; nobody when that watch is closed.
  private static final class Waiter {
    final FileId id;
    final Path path;
    final int fd;
    Watch watch;

    Waiter(FileId id, Path path, int fd, Watch watch) {
      this.id = id;
      this.path = path;
      this.fd = fd;
      this.watch = watch;
    }
  }

  private final class Watch implements LockWatch {
    final Runnable wake;
    @Nullable Lock lock;
    int result;
    boolean closed;

    Watch(Runnable wake) {
      this.wake = wake;
    }

    @Override
    public Optional<HeldLock> granted() {
      synchronized (PosixLocks.this) {
        if (result < 0) {
          throw Errno.failure("lock", "", result);
        }
        var taken = lock;
        lock = null;
        return Optional.ofNullable(taken);
      }
    }

    @Override
    public void close() {
      Lock granted;
      synchronized (PosixLocks.this) {
        closed = true;
        granted = lock;
        lock = null;
      }
      if (granted != null) {
        granted.close();
      }
    }
  }

  private final class Lock implements HeldLock {
    private final Path path;
    private int fd;

    Lock(Path path, int fd) {
      this.path = path;
      this.fd = fd;
    }

    @Override
    public synchronized boolean stillHeld() {
      if (fd < 0 || posix.lock(fd, false) != 0) {
        return false;
      }
      var mine = posix.stat(fd).stat();
      var named = posix.stat(path).stat();
      return mine.isPresent() && named.isPresent() && mine.get().sameFile(named.get());
    }

    @Override
    public synchronized void close() {
      if (fd >= 0) {
        posix.close(fd);
        fd = -1;
      }
    }
  }
}
