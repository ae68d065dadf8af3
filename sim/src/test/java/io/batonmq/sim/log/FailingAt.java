package io.batonmq.sim.log;

import io.batonmq.seam.HeldLock;
import io.batonmq.seam.LockWatch;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StoredFile;
import io.batonmq.sim.Operation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A storage of which the nth call of one kind fails, and which knows what is open.
class FailingAt implements Storage {
  private final Storage disk;
  private final Operation operation;
  private int left;
  private boolean armed;
  private final List<String> open = new ArrayList<>();

  FailingAt(Storage disk, Operation operation, int nth) {
    this.disk = disk;
    this.operation = operation;
    this.left = nth;
  }

  /// Counts from here on.
  void arm() {
    armed = true;
  }

  /// Paths of the files that are open now.
  List<String> open() {
    return open;
  }

  private void call(Operation what, String path) {
    if (armed && what == operation && --left == 0) {
      throw new StorageException(StorageException.Kind.IO, what + " of " + path + " failed");
    }
  }

  @Override
  public void makeDirectory(String path) {
    call(Operation.MAKE_DIRECTORY, path);
    disk.makeDirectory(path);
  }

  @Override
  public void syncDirectory(String path) {
    call(Operation.SYNC_DIRECTORY, path);
    disk.syncDirectory(path);
  }

  @Override
  public List<String> list(String path) {
    call(Operation.LIST, path);
    return disk.list(path);
  }

  @Override
  public boolean exists(String path) {
    call(Operation.EXISTS, path);
    return disk.exists(path);
  }

  @Override
  public Optional<StoredFile> createExclusive(String path) {
    call(Operation.CREATE, path);
    return disk.createExclusive(path).map(file -> new Watched(file, path));
  }

  @Override
  public Optional<StoredFile> open(String path, Access access) {
    call(Operation.OPEN, path);
    return disk.open(path, access).map(file -> new Watched(file, path));
  }

  @Override
  public boolean link(String existing, String name) {
    call(Operation.LINK, name);
    return disk.link(existing, name);
  }

  @Override
  public void remove(String path) {
    call(Operation.REMOVE, path);
    disk.remove(path);
  }

  @Override
  public Optional<HeldLock> tryLock(String path) {
    call(Operation.LOCK, path);
    return disk.tryLock(path);
  }

  @Override
  public LockWatch watchLock(String path, Runnable wake) {
    call(Operation.WATCH, path);
    return disk.watchLock(path, wake);
  }

  @Override
  public boolean namesMayBeStale() {
    return disk.namesMayBeStale();
  }

  @Override
  public long usableBytes() {
    call(Operation.SPACE, "");
    return disk.usableBytes();
  }

  private final class Watched implements StoredFile {
    private final StoredFile file;
    private final String path;

    Watched(StoredFile file, String path) {
      this.file = file;
      this.path = path;
      open.add(path);
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public int read(long offset, ByteBuffer into) {
      call(Operation.READ, path);
      return file.read(offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) {
      call(Operation.WRITE, path);
      file.write(offset, from);
    }

    @Override
    public void zero(long offset, long length) {
      call(Operation.ZERO, path);
      file.zero(offset, length);
    }

    @Override
    public void sync() {
      call(Operation.SYNC, path);
      file.sync();
    }

    @Override
    public void close() {
      open.remove(path);
      file.close();
    }
  }
}
