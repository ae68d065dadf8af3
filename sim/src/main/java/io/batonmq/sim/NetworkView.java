package io.batonmq.sim;

import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The client of a network file system on one node.
///
/// Names (also missing ones) and listings are answered from its cache for up to a minute after they
/// were asked for. Written pages stay here until they are synced, or leave by themselves, in any
/// order. A handle keeps the pages that it has read; a fresh open begins with none.
final class NetworkView implements View {
  private final SimDisk disk;
  private final Map<String, CachedName> names = new HashMap<>();
  private final Map<String, CachedList> lists = new HashMap<>();
  private final TreeMap<Long, DirtyFile> dirty = new TreeMap<>();
  private final TreeMap<Long, NetworkHandle> handles = new TreeMap<>();

  private record CachedName(boolean present, long until) {}

  private record CachedList(TreeSet<String> names, long until) {}

  private record CachedPage(byte[] bytes, long until) {}

  /// Pages of one file that were written and not sent.
  private static final class DirtyFile {
    final Inode inode;
    final TreeMap<Long, List<Unsynced>> pages = new TreeMap<>();
    @Nullable Kind failed;

    DirtyFile(Inode inode) {
      this.inode = inode;
    }

    void add(Unsynced piece) {
      var pieces = pages.computeIfAbsent(piece.offset() / Content.PAGE, _ -> new ArrayList<>());
      pieces.add(piece);
      pieces.sort(Comparator.comparingLong(Unsynced::serial));
    }
  }

  NetworkView(SimDisk disk) {
    this.disk = disk;
  }

  @Override
  public boolean exists(String path) {
    var cached = names.get(path);
    if (cached == null || cached.until < now()) {
      cached = remember(path, disk.image().get(path) != null);
    }
    return cached.present;
  }

  @Override
  public List<String> list(String directory) {
    var cached = lists.get(directory);
    if (cached == null || cached.until < now()) {
      cached = new CachedList(new TreeSet<>(disk.image().list(directory)), expiry());
      lists.put(directory, cached);
    }
    return List.copyOf(cached.names);
  }

  @Override
  public @Nullable Inode resolve(String path) {
    var cached = names.get(path);
    if (cached != null && !cached.present && cached.until >= now()) {
      return null;
    }
    var inode = disk.image().get(path);
    remember(path, inode != null);
    return inode;
  }

  @Override
  public void present(String path) {
    remember(path, true);
    var cached = lists.get(DiskImage.parent(path));
    if (cached != null) {
      cached.names.add(path.substring(path.lastIndexOf('/') + 1));
    }
  }

  @Override
  public void absent(String path) {
    remember(path, false);
    var cached = lists.get(DiskImage.parent(path));
    if (cached != null) {
      cached.names.remove(path.substring(path.lastIndexOf('/') + 1));
    }
  }

  @Override
  public Handle handle(Inode inode, String path) {
    var handle = new NetworkHandle(disk.nextHandle(), inode, path);
    handles.put(handle.id, handle);
    return handle;
  }

  @Override
  public void background() {
    if (!dirty.isEmpty() && disk.chance().oneIn(8)) {
      flushSomePage();
    }
  }

  /// Its dirty pages belong to the node, which sends them whenever it comes to it: within a minute,
  /// or never.
  @Override
  public void processDied(List<Handle> open) {
    for (var handle : open) {
      handles.remove(handle.id());
    }
    for (var file : List.copyOf(dirty.values())) {
      for (var page : List.copyOf(file.pages.keySet())) {
        if (disk.chance().oneIn(3)) {
          file.pages.remove(page);
        } else {
          var delay = Duration.ofNanos(disk.chance().magnitude(SimDisk.CACHED_MAX.toNanos()));
          disk.scheduler().after(delay, () -> flush(file, page));
        }
      }
    }
  }

  /// The server restarts: what it had not synced is to be sent again.
  void takeBack(List<Inode> files) {
    for (var inode : files) {
      for (var piece : inode.unsynced) {
        if (handles.containsKey(piece.handle()) && !piece.lost()) {
          dirtyFile(inode).add(piece);
        }
      }
    }
  }

  /// The node is gone, with its memory.
  void forget() {
    dirty.values().forEach(file -> file.pages.clear());
    dirty.clear();
    handles.clear();
  }

  private DirtyFile dirtyFile(Inode inode) {
    return dirty.computeIfAbsent(inode.id, _ -> new DirtyFile(inode));
  }

  private CachedName remember(String path, boolean present) {
    var name = new CachedName(present, expiry());
    names.put(path, name);
    return name;
  }

  private long now() {
    return disk.scheduler().nanos();
  }

  private long expiry() {
    long longest = SimDisk.CACHED_MAX.toNanos();
    return now()
        + switch (disk.chance().below(3)) {
          case 0 -> -1; // asked again at once
          case 1 -> disk.chance().magnitude(longest);
          default -> disk.chance().between(0, longest);
        };
  }

  private void flushSomePage() {
    int index = disk.chance().below(dirty.size());
    for (var file : dirty.values()) {
      if (index-- == 0 && !file.pages.isEmpty()) {
        var pages = List.copyOf(file.pages.keySet());
        flush(file, pages.get(disk.chance().below(pages.size())));
        return;
      }
    }
  }

  private void flush(DirtyFile file, long page) {
    var pieces = file.pages.remove(page);
    if (pieces == null) {
      return;
    }
    var inode = file.inode;
    forgetPage(inode, page);
    if (stale(inode)) {
      file.failed = Kind.STALE;
      return;
    }
    for (var piece : pieces) {
      if (disk.hasRoom(inode, piece.offset(), piece.length())) {
        inode.write(piece);
      } else {
        file.failed = Kind.NO_SPACE;
      }
    }
    disk.changed();
  }

  /// A node sees its own writes, whatever it had read before.
  private void forgetPage(Inode inode, long page) {
    for (var handle : handles.values()) {
      if (handle.inode.id == inode.id) {
        handle.pages.remove(page);
      }
    }
  }

  private boolean stale(Inode inode) {
    return inode.names == 0 && inode.removedBy != this;
  }

  private void checkStale(Inode inode, String path) {
    if (stale(inode)) {
      throw new StorageException(Kind.STALE, path + " was removed on the server");
    }
  }

  private final class NetworkHandle implements Handle {
    private final long id;
    private final Inode inode;
    private final String path;
    private final Map<Long, CachedPage> pages = new HashMap<>();
    private long knownSize;
    private long sizeUntil;

    NetworkHandle(long id, Inode inode, String path) {
      this.id = id;
      this.inode = inode;
      this.path = path;
      knownSize = seenSize();
      sizeUntil = expiry();
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
      if (sizeUntil < now()) {
        checkStale(inode, path);
        knownSize = Math.max(knownSize, seenSize());
        sizeUntil = expiry();
      }
      return knownSize;
    }

    @Override
    public long reach() {
      return Math.max(knownSize, seenSize());
    }

    @Override
    public int read(long offset, byte[] into) {
      int count = Math.clamp(size() - offset, 0, into.length);
      for (int done = 0; done < count; ) {
        long page = (offset + done) / Content.PAGE;
        int within = (int) ((offset + done) % Content.PAGE);
        int part = Math.min(count - done, Content.PAGE - within);
        System.arraycopy(page(page), within, into, done, part);
        done += part;
      }
      return count;
    }

    @Override
    public void write(long offset, int length, byte @Nullable [] bytes) {
      var file = dirtyFile(inode);
      var whole = new Unsynced(disk.nextSerial(), id, offset, length, bytes, false);
      for (long page = offset / Content.PAGE; page * Content.PAGE < offset + length; page++) {
        var piece = whole.clip(page * Content.PAGE, (page + 1) * Content.PAGE);
        if (piece != null) {
          file.add(piece);
        }
        forgetPage(inode, page);
      }
      for (var handle : handles.values()) {
        if (handle.inode.id == inode.id) {
          handle.knownSize = Math.max(handle.knownSize, offset + length);
        }
      }
    }

    @Override
    public void sync(Runnable between) {
      var file = dirtyFile(inode);
      // Again for what a server that restarted in between has lost: by the verifier in its answers
      // a client knows
      // that it has to send that once more before the sync is done (RFC 1813 section 3.3.21).
      for (var mine = mine(file); !mine.isEmpty(); mine = mine(file)) {
        for (long page : mine) {
          flush(file, page);
          between.run();
        }
      }
      if (file.failed == null && stale(inode)) {
        file.failed = Kind.STALE;
      }
      if (file.failed != null) {
        throw new StorageException(file.failed, path + ": the sync failed");
      }
      inode.sync(id);
      disk.changed();
      if (file.pages.isEmpty()) {
        dirty.remove(inode.id);
      }
    }

    /// The pages that this handle has written and not sent, in any order.
    private List<Long> mine(DirtyFile file) {
      var mine = new ArrayList<Long>();
      file.pages.forEach((page, pieces) -> {
        if (pieces.stream().anyMatch(piece -> piece.handle() == id)) {
          mine.add(disk.chance().below(mine.size() + 1), page);
        }
      });
      return mine;
    }

    @Override
    public void failSync() {
      var file = dirtyFile(inode);
      for (var page : List.copyOf(file.pages.keySet())) {
        if (disk.chance().oneIn(2)) {
          file.pages.remove(page);
        } else {
          flush(file, page);
        }
      }
      inode.failSync(id, disk.chance());
    }

    /// What a close sends, a background flush may send as well; nothing is promised.
    @Override
    public void close() {
      handles.remove(id);
    }

    private byte[] page(long page) {
      var cached = pages.get(page);
      if (cached == null || cached.until < now()) {
        checkStale(inode, path);
        var bytes = new byte[Content.PAGE];
        inode.live.read(page * Content.PAGE, bytes, 0, bytes.length);
        cached = new CachedPage(bytes, expiry());
        pages.put(page, cached);
      }
      var own = dirty.get(inode.id);
      var pieces = own == null ? null : own.pages.get(page);
      if (pieces == null) {
        return cached.bytes;
      }
      var merged = cached.bytes.clone();
      for (var piece : pieces) {
        int at = (int) (piece.offset() - page * Content.PAGE);
        if (piece.bytes() == null) {
          Arrays.fill(merged, at, at + piece.length(), (byte) 0);
        } else {
          System.arraycopy(piece.bytes(), 0, merged, at, piece.length());
        }
      }
      return merged;
    }

    private long seenSize() {
      long size = inode.live.size();
      var own = dirty.get(inode.id);
      if (own != null) {
        for (var pieces : own.pages.values()) {
          for (var piece : pieces) {
            size = Math.max(size, piece.end());
          }
        }
      }
      return size;
    }
  }
}
