package io.batonmq.server.platform;

import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import io.batonmq.seam.StoredFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// A file by its descriptor. Bytes go through a piece of memory of the calling thread.
final class PosixFile implements StoredFile {
  private static final MemorySegment ZEROS = Arena.global().allocate(1024 * 1024, Posix.ALIGNMENT);

  private final Posix posix;
  private final Path path;
  private final boolean writable;
  private final boolean direct;
  private int fd;

  /// @param direct whether it was opened to read past the page cache, which wants aligned reads
  PosixFile(Posix posix, Path path, int fd, boolean writable, boolean direct) {
    this.posix = posix;
    this.path = path;
    this.fd = fd;
    this.writable = writable;
    this.direct = direct;
  }

  @Override
  public long size() {
    var found = posix.stat(open());
    return found.stat().orElseThrow(() -> Errno.failure("stat", path, found.error())).size();
  }

  @Override
  public int read(long offset, ByteBuffer into) {
    int total = 0;
    while (into.hasRemaining()) {
      int count = readSome(offset + total, into);
      if (count == 0) {
        break;
      }
      total += count;
    }
    return total;
  }

  /// Reads what fits into one buffer. A direct read begins at a multiple of the alignment and
  /// leaves out what stands before the offset.
  private int readSome(long offset, ByteBuffer into) {
    var buffer = posix.buffer();
    int skip = direct ? (int) (offset % Posix.ALIGNMENT) : 0;
    long wanted = skip + (long) into.remaining();
    if (direct) {
      wanted = (wanted + Posix.ALIGNMENT - 1) / Posix.ALIGNMENT * Posix.ALIGNMENT;
    }
    long got = posix.read(open(), buffer, Math.min(wanted, Posix.BUFFER), offset - skip);
    if (got < 0) {
      throw Errno.failure("read", path, got);
    }
    int count = (int) Math.min(got - skip, into.remaining());
    if (count <= 0) {
      return 0;
    }
    into.put(buffer.asSlice(skip, count).asByteBuffer());
    return count;
  }

  @Override
  public void write(long offset, ByteBuffer from) {
    checkWritable();
    var buffer = posix.buffer();
    long at = offset;
    while (from.hasRemaining()) {
      int count = Math.min(from.remaining(), Posix.BUFFER);
      MemorySegment.copy(
          MemorySegment.ofBuffer(from.slice(from.position(), count)), 0, buffer, 0, count);
      writeAll(at, buffer, count);
      from.position(from.position() + count);
      at += count;
    }
  }

  @Override
  public void zero(long offset, long length) {
    checkWritable();
    for (long done = 0; done < length; ) {
      long count = Math.min(length - done, ZEROS.byteSize());
      writeAll(offset + done, ZEROS, count);
      done += count;
    }
  }

  /// The system may take a part (a quota, a signal); the rest is offered until it is refused.
  private void writeAll(long offset, MemorySegment bytes, long length) {
    for (long done = 0; done < length; ) {
      long count = posix.write(open(), bytes.asSlice(done), length - done, offset + done);
      if (count < 0) {
        throw Errno.failure("write", path, count);
      }
      if (count == 0) {
        throw new StorageException(Kind.IO, "write " + path + ": nothing was taken");
      }
      done += count;
    }
  }

  @Override
  public void sync() {
    checkWritable();
    int result = posix.syncData(open());
    if (result < 0) {
      throw Errno.failure("sync", path, result);
    }
  }

  @Override
  public void close() {
    if (fd >= 0) {
      posix.close(fd);
      fd = -1;
    }
  }

  /// A number that was closed may be another file by now; it must never be used again.
  private int open() {
    if (fd < 0) {
      throw new IllegalStateException(path + " is closed");
    }
    return fd;
  }

  private void checkWritable() {
    if (!writable) {
      throw new StorageException(Kind.DENIED, path + " is open for reading");
    }
  }
}
