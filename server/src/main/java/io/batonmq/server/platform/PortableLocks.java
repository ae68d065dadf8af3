package io.batonmq.server.platform;

import io.batonmq.seam.HeldLock;
import io.batonmq.seam.LockWatch;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Locks of the JDK. They belong to the process, and some systems drop them when *any* channel of
/// the file is closed: this class does not open a file that it has locked, and nobody else may. A
/// wait asks again four times a second.
final class PortableLocks {
  private static final long AGAIN_NANOS = 250_000_000L;

  /// Stands for a lock while it is asked for.
  private static final Object ASKED = new Object();

  /// Files that this process has locked, by what the system calls them. They are not opened again:
  /// closing that would lose the lock. The lock itself is kept here, because a channel that nobody
  /// refers to is closed by the collector: the lock would be lost without a word, and the name, which
  /// a new file may get then, would stay locked for ever.
  private static final Map<Object, Object> HELD = new ConcurrentHashMap<>();

  Optional<HeldLock> tryLock(Path path) {
    return Optional.ofNullable(attempt(path));
  }

  LockWatch watch(Path path, Runnable wake) {
    if (!Files.exists(path)) {
      throw new StorageException(Kind.MISSING, path.toString());
    }
    var watch = new Watch(path, wake);
    Thread.ofPlatform().daemon().name("lock " + path.getFileName()).start(watch::await);
    return watch;
  }

  private static @Nullable Lock attempt(Path path) {
    try {
      var key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      if (key == null) {
        return attempt(path, null);
      }
      if (HELD.putIfAbsent(key, ASKED) != null) {
        return null;
      }
      try {
        var lock = attempt(path, key);
        if (lock != null) {
          HELD.put(key, lock);
        }
        return lock;
      } finally {
        HELD.remove(key, ASKED);
      }
    } catch (NoSuchFileException _) {
      return null;
    } catch (IOException e) {
      throw PortableDisk.failure("lock", path, e);
    }
  }

  private static @Nullable Lock attempt(Path path, @Nullable Object key) throws IOException {
    var channel = FileChannel.open(path, StandardOpenOption.WRITE);
    try {
      var lock = channel.tryLock();
      if (lock != null) {
        return new Lock(path, channel, lock, key);
      }
    } catch (OverlappingFileLockException _) {
      // another node of this process has it, on a system that names no files
    }
    channel.close();
    return null;
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException _) {
      // closed all the same
    }
  }

  private static final class Watch implements LockWatch {
    private final Path path;
    private final Runnable wake;
    private @Nullable Lock lock;
    private @Nullable StorageException failure;
    private boolean closed;

    Watch(Path path, Runnable wake) {
      this.path = path;
      this.wake = wake;
    }

    void await() {
      while (!settled()) {
        LockSupport.parkNanos(this, AGAIN_NANOS);
      }
      wake.run();
    }

    private synchronized boolean settled() {
      if (closed) {
        return true;
      }
      try {
        lock = attempt(path);
      } catch (StorageException e) {
        failure = e;
      }
      return lock != null || failure != null;
    }

    @Override
    public synchronized Optional<HeldLock> granted() {
      if (failure != null) {
        throw failure;
      }
      var taken = lock;
      lock = null;
      return Optional.ofNullable(taken);
    }

    @Override
    public synchronized void close() {
      closed = true;
      if (lock != null) {
        lock.close();
        lock = null;
      }
    }
  }

  /// @param key names the file itself, where the system has such a thing
  private record Lock(Path path, FileChannel channel, FileLock lock, @Nullable Object key)
      implements HeldLock {
    @Override
    public boolean stillHeld() {
      try {
        return lock.isValid()
            && Files.exists(path)
            && (key == null || key.equals(Files.getAttribute(path, "basic:fileKey")));
      } catch (IOException _) {
        return false;
      }
    }

    @Override
    public void close() {
      boolean was = channel.isOpen();
      closeQuietly(channel);
      if (was && key != null) {
        HELD.remove(key);
      }
    }
  }
}
