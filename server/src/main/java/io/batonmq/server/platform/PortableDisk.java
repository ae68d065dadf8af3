package io.batonmq.server.platform;

import io.batonmq.seam.HeldLock;
import io.batonmq.seam.LockWatch;
import io.batonmq.seam.Storage.Access;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import io.batonmq.seam.StoredFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// Files by the JDK's channels, for machines whose system calls [Posix] does not know.
///
/// A channel that a thread uses while it is interrupted closes itself, and with it the file's locks
/// go: the lanes that call this are never interrupted.
final class PortableDisk implements Disk {
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1024 * 1024).asReadOnlyBuffer();

  private final PortableLocks locks = new PortableLocks();

  private interface Call<T> {
    T run() throws IOException;
  }

  @Override
  public void makeDirectory(Path path) {
    run("mkdir", path, () -> Files.createDirectories(path));
  }

  @Override
  public void syncDirectory(Path path) {
    if (!Files.isDirectory(path)) {
      throw new StorageException(Kind.MISSING, path.toString());
    }
    try (var directory = FileChannel.open(path, StandardOpenOption.READ)) {
      directory.force(true);
    } catch (AccessDeniedException _) {
      // Windows opens no directory; its file systems order name changes in a journal of their own.
    } catch (IOException e) {
      throw failure("sync", path, e);
    }
  }

  @Override
  public boolean exists(Path path) {
    return Files.exists(path);
  }

  @Override
  public Optional<StoredFile> createExclusive(Path path) {
    try {
      return Optional.of(
          new ChannelFile(
              path,
              FileChannel.open(
                  path,
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE),
              true));
    } catch (FileAlreadyExistsException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw failure("create", path, e);
    }
  }

  @Override
  public Optional<StoredFile> open(Path path, Access access) {
    if (Files.isDirectory(path)) {
      throw new StorageException(Kind.IO, path + " is a directory");
    }
    boolean writes = access == Access.WRITE;
    try {
      var channel =
          writes
              ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
              : FileChannel.open(path, StandardOpenOption.READ);
      return Optional.of(new ChannelFile(path, channel, writes));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw failure("open", path, e);
    }
  }

  @Override
  public boolean link(Path existing, Path name) {
    try {
      Files.createLink(name, existing);
      return true;
    } catch (FileAlreadyExistsException _) {
      return false;
    } catch (IOException e) {
      throw failure("link", name, e);
    }
  }

  @Override
  public void remove(Path path) {
    run("remove", path, () -> Files.deleteIfExists(path));
  }

  @Override
  public Optional<HeldLock> tryLock(Path path) {
    return locks.tryLock(path);
  }

  @Override
  public LockWatch watchLock(Path path, Runnable wake) {
    return locks.watch(path, wake);
  }

  private static <T> T run(String what, Path path, Call<T> call) {
    try {
      return call.run();
    } catch (IOException e) {
      throw failure(what, path, e);
    }
  }

  /// The JDK hides error numbers; its exception types tell the kinds apart, and a disk that has no
  /// room tells of itself.
  static StorageException failure(String what, Path path, IOException e) {
    var kind =
        switch (e) {
          case NoSuchFileException _ -> Kind.MISSING;
          case AccessDeniedException _ -> Kind.DENIED;
          case DirectoryNotEmptyException _ -> Kind.IO;
          default -> isFull(path) ? Kind.NO_SPACE : Kind.IO;
        };
    return new StorageException(kind, what + " " + path + ": " + e, e);
  }

  private static boolean isFull(Path path) {
    try {
      var place = Files.exists(path) ? path : path.getParent();
      return place != null && Files.getFileStore(place).getUsableSpace() < 64 * 1024;
    } catch (IOException | UncheckedIOException _) {
      return false;
    }
  }

  private record ChannelFile(Path path, FileChannel channel, boolean writable)
      implements StoredFile {
    @Override
    public long size() {
      return run("size", path, channel::size);
    }

    @Override
    public int read(long offset, ByteBuffer into) {
      return run(
          "read",
          path,
          () -> {
            int total = 0;
            while (into.hasRemaining()) {
              int count = channel.read(into, offset + total);
              if (count < 0) {
                break;
              }
              total += count;
            }
            return total;
          });
    }

    @Override
    public void write(long offset, ByteBuffer from) {
      checkWritable();
      run("write", path, () -> writeAll(offset, from));
    }

    @Override
    public void zero(long offset, long length) {
      checkWritable();
      for (long done = 0; done < length; ) {
        int count = (int) Math.min(length - done, ZEROS.capacity());
        long at = offset + done;
        run("write", path, () -> writeAll(at, ZEROS.slice(0, count)));
        done += count;
      }
    }

    private int writeAll(long offset, ByteBuffer from) throws IOException {
      int total = 0;
      while (from.hasRemaining()) {
        total += channel.write(from, offset + total);
      }
      return total;
    }

    @Override
    public void sync() {
      checkWritable();
      run(
          "sync",
          path,
          () -> {
            channel.force(false);
            return true;
          });
    }

    @Override
    public void close() {
      run(
          "close",
          path,
          () -> {
            channel.close();
            return true;
          });
    }

    private void checkWritable() {
      if (!writable) {
        throw new StorageException(Kind.DENIED, path + " is open for reading");
      }
    }
  }
}
