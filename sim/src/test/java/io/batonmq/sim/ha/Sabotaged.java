package io.batonmq.sim.ha;

import io.batonmq.seam.HeldLock;
import io.batonmq.seam.LockWatch;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// A storage that makes one step of the protocol void, as if the code had left it out. Each is a guard
/// that must be missed.
class Sabotaged implements Storage {
  private final Storage disk;

  Sabotaged(Storage disk) {
    this.disk = disk;
  }

  /// The active does not see that its fence was raised.
  static final class FenceNotRead extends Sabotaged {
    FenceNotRead(Storage disk) {
      super(disk);
    }

    @Override
    public Optional<StoredFile> open(String path, Access access) {
      var opened = super.open(path, access);
      return path.endsWith("/fence") && access == Access.READ ? opened.map(Zeros::new) : opened;
    }

    private static final class Zeros extends File {
      Zeros(StoredFile file) {
        super(file);
      }

      @Override
      public int read(long offset, ByteBuffer into) {
        int length = super.read(offset, into);
        for (int at = into.position() - length; at < into.position(); at++) {
          into.put(at, (byte) 0);
        }
        return length;
      }
    }
  }

  /// The active confirms what it has written and not synced.
  static final class ConfirmedBeforeSync extends Sabotaged {
    ConfirmedBeforeSync(Storage disk) {
      super(disk);
    }

    @Override
    public Optional<StoredFile> open(String path, Access access) {
      var opened = super.open(path, access);
      return path.contains("/spare-") ? opened.map(HeadOnly::new) : opened;
    }

    /// Syncs the head of a segment, and no records.
    private static final class HeadOnly extends File {
      private boolean synced;

      HeadOnly(StoredFile file) {
        super(file);
      }

      @Override
      public void sync() {
        if (!synced) {
          super.sync();
        }
        synced = true;
      }
    }
  }

  /// A claimant does not make void the manifests of those that were claimed before and never served.
  static final class ManifestsNotSettled extends Sabotaged {
    ManifestsNotSettled(Storage disk) {
      super(disk);
    }

    @Override
    public boolean link(String existing, String name) {
      if (name.endsWith("/manifest") && !ofMyOwn(existing, name)) {
        return !super.exists(name);
      }
      return super.link(existing, name);
    }
  }

  /// A claimant reads what the others wrote, and stops them afterwards.
  static final class FenceRaisedLate extends Sabotaged {
    private final List<Runnable> late = new ArrayList<>();

    FenceRaisedLate(Storage disk) {
      super(disk);
    }

    @Override
    public Optional<StoredFile> open(String path, Access access) {
      var opened = super.open(path, access);
      return path.endsWith("/fence") && access == Access.WRITE ? opened.map(Late::new) : opened;
    }

    @Override
    public boolean link(String existing, String name) {
      if (name.endsWith("/manifest") && ofMyOwn(existing, name)) {
        late.forEach(Runnable::run);
        late.clear();
      }
      return super.link(existing, name);
    }

    private final class Late extends File {
      Late(StoredFile file) {
        super(file);
      }

      @Override
      public void write(long offset, ByteBuffer from) {
        var bytes = ByteBuffer.allocate(from.remaining()).put(from).flip();
        late.add(() -> {
          super.write(offset, bytes);
          super.sync();
          super.close();
        });
      }

      @Override
      public void sync() {}

      @Override
      public void close() {}
    }
  }

  /// What cannot be synced, ever: files with some paths. Not a guard, a disk.
  static final class Unsyncable extends Sabotaged {
    private final Predicate<String> paths;

    Unsyncable(Storage disk, Predicate<String> paths) {
      super(disk);
      this.paths = paths;
    }

    @Override
    public Optional<StoredFile> createExclusive(String path) {
      return super.createExclusive(path).map(file -> spoilt(path, file));
    }

    @Override
    public Optional<StoredFile> open(String path, Access access) {
      return super.open(path, access).map(file -> spoilt(path, file));
    }

    private StoredFile spoilt(String path, StoredFile file) {
      return paths.test(path) ? new Spoilt(file) : file;
    }

    private static final class Spoilt extends File {
      Spoilt(StoredFile file) {
        super(file);
      }

      @Override
      public void sync() {
        throw new StorageException(StorageException.Kind.IO, "the sync failed");
      }
    }
  }

  /// Whether a manifest is published by the claimant of that tenure: the temporary name has its id.
  private static boolean ofMyOwn(String temporary, String name) {
    var id = temporary.substring(temporary.lastIndexOf("tmp-") + 4);
    return name.endsWith("-" + id + "/manifest");
  }

  @Override
  public void makeDirectory(String path) {
    disk.makeDirectory(path);
  }

  @Override
  public void syncDirectory(String path) {
    disk.syncDirectory(path);
  }

  @Override
  public List<String> list(String path) {
    return disk.list(path);
  }

  @Override
  public boolean exists(String path) {
    return disk.exists(path);
  }

  @Override
  public Optional<StoredFile> createExclusive(String path) {
    return disk.createExclusive(path);
  }

  @Override
  public Optional<StoredFile> open(String path, Access access) {
    return disk.open(path, access);
  }

  @Override
  public boolean link(String existing, String name) {
    return disk.link(existing, name);
  }

  @Override
  public void remove(String path) {
    disk.remove(path);
  }

  @Override
  public Optional<HeldLock> tryLock(String path) {
    return disk.tryLock(path);
  }

  @Override
  public LockWatch watchLock(String path, Runnable wake) {
    return disk.watchLock(path, wake);
  }

  @Override
  public boolean namesMayBeStale() {
    return disk.namesMayBeStale();
  }

  @Override
  public long usableBytes() {
    return disk.usableBytes();
  }

  private static class File implements StoredFile {
    private final StoredFile file;

    File(StoredFile file) {
      this.file = file;
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public int read(long offset, ByteBuffer into) {
      return file.read(offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) {
      file.write(offset, from);
    }

    @Override
    public void zero(long offset, long length) {
      file.zero(offset, length);
    }

    @Override
    public void sync() {
      file.sync();
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
