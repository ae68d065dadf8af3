package io.batonmq.sim;

import io.batonmq.seam.Storage.Access;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An open file of a simulated node.
final class SimFile implements StoredFile {
  /// Bytes of one call that are folded into the trace: what differs beyond them differed before.
  private static final int FOLDED_MAX = 1 << 10;

  private final SimStorage storage;
  private final String path;
  private final View.Handle handle;
  private final Access access;
  private boolean closed;

  SimFile(SimStorage storage, String path, View.Handle handle, Access access) {
    this.storage = storage;
    this.path = path;
    this.handle = handle;
    this.access = access;
  }

  @Override
  public long size() {
    checkOpen();
    return storage.call(Operation.SIZE, path, 0, handle::size);
  }

  @Override
  public int read(long offset, ByteBuffer into) {
    checkOpen();
    if (offset < 0) {
      throw new IllegalArgumentException("offset " + offset);
    }
    return storage.call(
        Operation.READ,
        path,
        Hash.fold(offset, into.remaining()),
        () -> {
          var bytes = new byte[Math.clamp(handle.reach() - offset, 0, into.remaining())];
          int count = handle.read(offset, bytes);
          into.put(bytes, 0, count);
          storage.fold(Hash.of(ByteBuffer.wrap(bytes, 0, Math.min(count, FOLDED_MAX))));
          return count;
        });
  }

  @Override
  public void write(long offset, ByteBuffer from) {
    checkWritable();
    if (offset < 0) {
      throw new IllegalArgumentException("offset " + offset);
    }
    var bytes = new byte[from.remaining()];
    from.duplicate().get(bytes);
    storage.call(
        Operation.WRITE,
        path,
        Hash.fold(offset, Hash.of(from)),
        () -> {
          put(Operation.WRITE, offset, bytes.length, bytes);
          from.position(from.limit());
          return true;
        });
  }

  @Override
  public void zero(long offset, long length) {
    checkWritable();
    storage.call(
        Operation.ZERO,
        path,
        Hash.fold(offset, length),
        () -> {
          put(Operation.ZERO, offset, Math.toIntExact(length), null);
          return true;
        });
  }

  /// In one piece, or in two that others, or a death between them, may see apart.
  private void put(Operation operation, long offset, int length, byte @Nullable [] bytes) {
    if (length == 0) {
      return;
    }
    var chance = storage.chance();
    var failure = storage.writeFailure(operation, handle.inode(), offset, length);
    int first = length;
    if (failure != null) {
      first = chance.below(length);
      while (!storage.disk.hasRoom(handle.inode(), offset, first)) {
        first /= 2;
      }
    } else if (length > 1 && chance.oneIn(8)) {
      first = 1 + chance.below(length - 1);
    }
    if (first > 0) {
      handle.write(offset, first, part(bytes, 0, first));
    }
    if (failure != null) {
      throw new StorageException(failure, path + ": the write failed after " + first + " bytes");
    }
    if (first < length) {
      storage.step();
      handle.write(offset + first, length - first, part(bytes, first, length));
    }
  }

  private static byte @Nullable [] part(byte @Nullable [] bytes, int from, int to) {
    return bytes == null ? null : Arrays.copyOfRange(bytes, from, to);
  }

  @Override
  public void sync() {
    checkWritable();
    storage.call(
        Operation.SYNC,
        path,
        0,
        () -> {
          var failure = storage.failure(Operation.SYNC);
          if (failure != null) {
            handle.failSync();
            throw new StorageException(failure, path + ": the sync failed");
          }
          handle.sync(storage::step);
          return true;
        });
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      storage.closed(handle);
      storage.call(
          Operation.CLOSE,
          path,
          0,
          () -> {
            handle.close();
            return true;
          });
    }
  }

  private void checkWritable() {
    checkOpen();
    if (access != Access.WRITE) {
      throw new StorageException(Kind.DENIED, path + " is open for reading");
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException(path + " is closed");
    }
  }
}
