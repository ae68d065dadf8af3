package io.batonmq.sim;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// All nodes on one host: they share one page cache, so each sees at once what another wrote. A
/// killed process takes nothing with it; a power cut takes what was not synced.
final class LocalView implements View {
  private final SimDisk disk;

  LocalView(SimDisk disk) {
    this.disk = disk;
  }

  @Override
  public boolean exists(String path) {
    return disk.image().get(path) != null;
  }

  @Override
  public List<String> list(String directory) {
    return disk.image().list(directory);
  }

  @Override
  public @Nullable Inode resolve(String path) {
    return disk.image().get(path);
  }

  @Override
  public void present(String path) {}

  @Override
  public void absent(String path) {}

  @Override
  public void background() {}

  @Override
  public void processDied(List<Handle> open) {}

  @Override
  public Handle handle(Inode inode, String path) {
    return new LocalHandle(disk.nextHandle(), inode);
  }

  private final class LocalHandle implements Handle {
    private final long id;
    private final Inode inode;

    LocalHandle(long id, Inode inode) {
      this.id = id;
      this.inode = inode;
    }

    @Override
    public long id() {
      return id;
    }

    @Override
    public Inode inode() {
      return inode;
    }

    @Override
    public long size() {
      return inode.live.size();
    }

    @Override
    public long reach() {
      return inode.live.size();
    }

    @Override
    public int read(long offset, byte[] into) {
      int count = Math.clamp(inode.live.size() - offset, 0, into.length);
      inode.live.read(offset, into, 0, count);
      return count;
    }

    @Override
    public void write(long offset, int length, byte @Nullable [] bytes) {
      inode.write(new Unsynced(disk.nextSerial(), id, offset, length, bytes, false));
      disk.changed();
    }

    @Override
    public void sync(Runnable between) {
      inode.sync(id);
      disk.changed();
    }

    @Override
    public void failSync() {
      inode.failSync(id, disk.chance());
      disk.changed();
    }

    @Override
    public void close() {}
  }
}
