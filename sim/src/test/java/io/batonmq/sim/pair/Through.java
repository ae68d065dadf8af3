package io.batonmq.sim.pair;

import io.batonmq.seam.HeldLock;
import io.batonmq.seam.LockWatch;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// A disk that passes everything on, to be changed in one place.
class Through implements Storage {
  final Storage real;

  Through(Storage real) {
    this.real = real;
  }

  /// A file that was opened or created under a path.
  StoredFile file(String path, StoredFile opened) {
    return opened;
  }

  @Override
  public Optional<StoredFile> createExclusive(String path) {
    return real.createExclusive(path).map(created -> file(path, created));
  }

  @Override
  public Optional<StoredFile> open(String path, Access access) {
    return real.open(path, access).map(opened -> file(path, opened));
  }

  @Override
  public void makeDirectory(String path) {
    real.makeDirectory(path);
  }

  @Override
  public void syncDirectory(String path) {
    real.syncDirectory(path);
  }

  @Override
  public List<String> list(String path) {
    return real.list(path);
  }

  @Override
  public boolean exists(String path) {
    return real.exists(path);
  }

  @Override
  public boolean link(String existing, String name) {
    return real.link(existing, name);
  }

  @Override
  public void remove(String path) {
    real.remove(path);
  }

  @Override
  public Optional<HeldLock> tryLock(String path) {
    return real.tryLock(path);
  }

  @Override
  public LockWatch watchLock(String path, Runnable wake) {
    return real.watchLock(path, wake);
  }

  @Override
  public boolean namesMayBeStale() {
    return real.namesMayBeStale();
  }

  @Override
  public long usableBytes() {
    return real.usableBytes();
  }

  /// A file that passes everything on.
  static class File implements StoredFile {
    final StoredFile real;

    File(StoredFile real) {
      this.real = real;
    }

    @Override
    public long size() {
      return real.size();
    }

    @Override
    public int read(long offset, ByteBuffer into) {
      return real.read(offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) {
      real.write(offset, from);
    }

    @Override
    public void zero(long offset, long length) {
      real.zero(offset, length);
    }

    @Override
    public void sync() {
      real.sync();
    }

    @Override
    public void close() {
      real.close();
    }
  }
}
