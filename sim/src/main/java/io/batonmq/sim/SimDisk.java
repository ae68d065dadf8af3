package io.batonmq.sim;

import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The disk that nodes share, and all that it may do to them.
///
/// ```
/// var scheduler = new Scheduler(seed);
/// var disk = new SimDisk(scheduler, SimDisk.Model.NETWORK);
/// var storage = disk.mount(scheduler.process("a"));
/// ```
///
/// Used from tasks of the scheduler every call is a scheduling point. Used from the driver, without
/// any task, it is a plain disk in memory, whose crash states [CrashStates] enumerates.
public final class SimDisk {
  /// What stands between a node and the disk.
  public enum Model {
    /// All nodes on one host, with one page cache, exact names, and locks that end with the
    /// process.
    LOCAL,
    /// A file server, and a client with a cache on each node. Names and listings are up to a minute
    /// old; what a handle has read may be; unsynced writes reach the server at any time in any
    /// order, or not at all when the node is lost; files that another node removed are stale; locks
    /// of a dead node may outlive it for a lease.
    NETWORK
  }

  static final Duration CACHED_MAX = Duration.ofSeconds(60);
  static final Duration LEASE = Duration.ofSeconds(30);

  private final Scheduler scheduler;
  private final Model model;
  private final Chance chance;
  private final LockServer locks = new LockServer(this);
  private final Map<String, View> views = new LinkedHashMap<>();
  private final List<SimStorage> mounts = new ArrayList<>();
  private final DiskImage image;
  private DiskFaults faults = DiskFaults.NONE;
  private long capacity = Long.MAX_VALUE;
  private long serials;
  private long handles;
  private long mountsMade;
  private boolean leaseOnly;
  private @Nullable Runnable atChange;

  /// An empty disk.
  public SimDisk(Scheduler scheduler, Model model) {
    this(scheduler, model, new DiskImage());
  }

  SimDisk(Scheduler scheduler, Model model, DiskImage image) {
    this.scheduler = scheduler;
    this.model = model;
    this.chance = scheduler.chance().fork();
    this.image = image;
    // What a crash left unsynced keeps its numbers, and nobody else gets them.
    for (var inode : image.files()) {
      for (var piece : inode.unsynced) {
        serials = Math.max(serials, piece.serial());
        handles = Math.max(handles, piece.handle());
      }
    }
  }

  /// Mounts it for a process. Processes of the same name share a node, and with it a client cache.
  public SimStorage mount(SimProcess process) {
    var view =
        switch (model) {
          case LOCAL -> views.computeIfAbsent("", _ -> new LocalView(this));
          case NETWORK -> views.computeIfAbsent(process.name(), _ -> new NetworkView(this));
        };
    var storage = new SimStorage(this, process, ++mountsMade, view);
    mounts.add(storage);
    process.onDeath(() -> mounts.remove(storage));
    return storage;
  }

  /// What it does wrong from now on.
  public void faults(DiskFaults what) {
    faults = what;
  }

  /// How much it holds.
  public void capacity(long bytes) {
    capacity = bytes;
  }

  /// Cuts the power of the machine that has the disk; what survives of the unsynced is chosen by
  /// the seed. To be called by the driver or an event, not by one that dies of it. LOCAL: every
  /// process that has mounted it dies. NETWORK: the server restarts, its clients live and send
  /// again what was not synced; names are there, because a file server has them on stable storage
  /// before it answers (RFC 1813 section 4.8; an export that is `async` does not, and is unsafe).
  public void powerLoss() {
    if (model == Model.LOCAL) {
      for (var mount : List.copyOf(mounts)) {
        mount.process.kill();
      }
    }
    scheduler.trace().fold(-2);
    scheduler.trace().tell(() -> scheduler.at() + "the power is cut");
    var clients = new ArrayList<NetworkView>();
    for (var view : views.values()) {
      if (view instanceof NetworkView client) {
        clients.add(client);
      }
    }
    clients.forEach(client -> client.takeBack(image.files()));
    Survival survival = Survival.by(chance);
    image.lose(model == Model.NETWORK ? survival.withNames() : survival);
    locks.serverRestarted();
  }

  /// Cuts the power of one node of a NETWORK: its process dies, and what was in its cache is gone.
  public void hostLoss(SimProcess process) {
    if (views.remove(process.name()) instanceof NetworkView client) {
      client.forget();
    }
    leaseOnly = true;
    try {
      process.kill();
    } finally {
      leaseOnly = false;
    }
  }

  /// Takes away the lock on a path, silently.
  ///
  /// @param blind whether the holder is told that it has it still, however often it asks
  public void loseLock(String path, boolean blind) {
    locks.lose(path, blind);
  }

  /// Gives the lock on a path to one that waits for it, although another has it.
  public void grantTwice(String path) {
    locks.grantTwice(path);
  }

  /// The node that has the lock on a path, as the server sees it.
  public Optional<String> lockHolder(String path) {
    return Optional.ofNullable(locks.holder(path));
  }

  /// What the server has under a name.
  public Optional<byte[]> content(String path) {
    return Optional.ofNullable(image.get(path)).map(inode -> inode.live.bytes());
  }

  /// Changes stored bytes behind everybody's back: bit rot, or a misdirected write.
  public void damage(String path, long offset, byte[] bytes) {
    var inode = image.get(path);
    if (inode == null) {
      throw new IllegalArgumentException("no file " + path);
    }
    inode.live.write(offset, bytes, 0, bytes.length);
    inode.durable.write(offset, bytes, 0, bytes.length);
  }

  /// Bytes that files take.
  public long allocatedBytes() {
    return image.allocatedBytes();
  }

  /// Whether names may be stale and locks outlive their holders.
  public boolean slow() {
    return model == Model.NETWORK;
  }

  /// Everything that can be seen, as a number.
  public long hash() {
    return image.hash();
  }

  /// The scheduler whose time and choices it uses.
  public Scheduler scheduler() {
    return scheduler;
  }

  Model model() {
    return model;
  }

  DiskImage image() {
    return image;
  }

  LockServer locks() {
    return locks;
  }

  Chance chance() {
    return chance;
  }

  DiskFaults faults() {
    return faults;
  }

  void atChange(Runnable hook) {
    atChange = hook;
  }

  void changed() {
    if (atChange != null) {
      atChange.run();
    }
  }

  long nextSerial() {
    return ++serials;
  }

  long nextHandle() {
    return ++handles;
  }

  void makeDirectory(String path) {
    if (path.isEmpty() || image.isDirectory(path)) {
      return;
    }
    if (image.get(path) != null) {
      throw new StorageException(Kind.IO, path + " is a file");
    }
    makeDirectory(DiskImage.parent(path));
    image.create(path, true);
    changed();
  }

  void syncDirectory(String path) {
    if (!image.isDirectory(path)) {
      throw new StorageException(Kind.MISSING, path);
    }
    image.sync(path);
    changed();
  }

  @Nullable Inode create(String path) {
    checkParent(path);
    if (image.get(path) != null) {
      return null;
    }
    var inode = image.create(path, false);
    changed();
    return inode;
  }

  boolean link(String existing, String name) {
    var inode = image.get(existing);
    if (inode == null || inode.directory) {
      throw new StorageException(Kind.MISSING, existing);
    }
    checkParent(name);
    if (image.get(name) != null) {
      return false;
    }
    image.put(name, inode);
    changed();
    return true;
  }

  void remove(String path, View by) {
    var inode = image.get(path);
    if (inode == null || path.isEmpty()) {
      return;
    }
    if (inode.directory && !image.list(path).isEmpty()) {
      throw new StorageException(Kind.IO, path + " is not empty");
    }
    image.remove(path, inode);
    if (inode.names == 0) {
      inode.removedBy = by;
    }
    changed();
  }

  long usableBytes() {
    return capacity == Long.MAX_VALUE ? 1L << 50 : Math.max(0, capacity - image.allocatedBytes());
  }

  boolean hasRoom(Inode inode, long offset, long length) {
    if (capacity == Long.MAX_VALUE) {
      return true;
    }
    // What has its space already needs none, however full the disk is.
    long growth = inode.live.growth(offset, length);
    return growth == 0 || image.allocatedBytes() + growth <= capacity;
  }

  long cost(Operation operation) {
    boolean network = model == Model.NETWORK;
    return switch (operation) {
      case SYNC, SYNC_DIRECTORY -> chance.magnitude(network ? 20_000_000 : 4_000_000);
      case CLOSE -> 0;
      default -> network ? chance.magnitude(2_000_000) : 0;
    };
  }

  Duration releaseDelay() {
    return model == Model.LOCAL || (!leaseOnly && chance.oneIn(2))
        ? Duration.ZERO
        : Duration.ofNanos(chance.magnitude(LEASE.toNanos()));
  }

  long grantNanosMax() {
    return model == Model.LOCAL ? 1_000_000 : 5_000_000_000L;
  }

  private void checkParent(String path) {
    if (!image.isDirectory(DiskImage.parent(path))) {
      throw new StorageException(Kind.MISSING, DiskImage.parent(path));
    }
  }
}
