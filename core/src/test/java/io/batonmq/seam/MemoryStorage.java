package io.batonmq.seam;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// A directory tree in memory, for one node that is alone with it. Nothing goes wrong here; disks on which
/// it does are simulated elsewhere.
public final class MemoryStorage implements Storage {
  private final TreeMap<String, Inode> files = new TreeMap<>();
  private final TreeSet<String> directories = new TreeSet<>();

  private Runnable during = () -> {};

  /// What happens elsewhere while a file is synced.
  public void duringSync(Runnable elsewhere) {
    during = elsewhere;
  }

  private static final class Inode {
    byte[] bytes = new byte[0];
    boolean locked;
  }

  @Override
  public void makeDirectory(String path) {
    for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      directories.add(path.substring(0, slash));
    }
    directories.add(path);
  }

  @Override
  public void syncDirectory(String path) {}

  @Override
  public List<String> list(String path) {
    String prefix = path.isEmpty() ? "" : path + "/";
    TreeSet<String> names = new TreeSet<>(files.keySet());
    names.addAll(directories);
    return names.stream()
        .filter(name -> name.startsWith(prefix) && name.indexOf('/', prefix.length()) < 0)
        .map(name -> name.substring(prefix.length()))
        .toList();
  }

  @Override
  public boolean exists(String path) {
    return files.containsKey(path) || directories.contains(path);
  }

  @Override
  public Optional<StoredFile> createExclusive(String path) {
    return files.putIfAbsent(path, new Inode()) == null
        ? open(path, Access.WRITE)
        : Optional.empty();
  }

  @Override
  public Optional<StoredFile> open(String path, Access access) {
    return Optional.ofNullable(files.get(path)).map(inode -> new Handle(inode, this));
  }

  @Override
  public boolean link(String existing, String name) {
    Inode inode = files.get(existing);
    if (inode == null) {
      throw new StorageException(StorageException.Kind.MISSING, existing);
    }
    return files.putIfAbsent(name, inode) == null;
  }

  @Override
  public void remove(String path) {
    files.remove(path);
    directories.remove(path);
  }

  @Override
  public Optional<HeldLock> tryLock(String path) {
    Inode inode = files.get(path);
    if (inode == null || inode.locked) {
      return Optional.empty();
    }
    inode.locked = true;
    return Optional.of(
        new HeldLock() {
          @Override
          public boolean stillHeld() {
            return inode.locked;
          }

          @Override
          public void close() {
            inode.locked = false;
          }
        });
  }

  @Override
  public LockWatch watchLock(String path, Runnable wake) {
    throw new UnsupportedOperationException("nobody else is here");
  }

  @Override
  public boolean namesMayBeStale() {
    return false;
  }

  @Override
  public long usableBytes() {
    return 1L << 40;
  }

  private record Handle(Inode inode, MemoryStorage storage) implements StoredFile {
    @Override
    public long size() {
      return inode.bytes.length;
    }

    @Override
    public int read(long offset, ByteBuffer into) {
      int count = (int) Math.clamp(inode.bytes.length - offset, 0, into.remaining());
      if (count > 0) {
        into.put(inode.bytes, (int) offset, count);
      }
      return count;
    }

    @Override
    public void write(long offset, ByteBuffer from) {
      int count = from.remaining();
      reach(offset + count);
      from.get(inode.bytes, (int) offset, count);
    }

    @Override
    public void zero(long offset, long length) {
      reach(offset + length);
      Arrays.fill(inode.bytes, (int) offset, (int) (offset + length), (byte) 0);
    }

    private void reach(long end) {
      if (end > inode.bytes.length) {
        inode.bytes = Arrays.copyOf(inode.bytes, Math.toIntExact(end));
      }
    }

    @Override
    public void sync() {
      storage.during.run();
    }

    @Override
    public void close() {}
  }
}
