package io.batonmq.sim;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The tree of names and files: as everybody sees it, and as a power cut would leave it. The root
/// has the empty path.
final class DiskImage {
  private final TreeMap<String, Inode> names = new TreeMap<>();
  private final TreeMap<String, Inode> durableNames = new TreeMap<>();
  private final List<Change> changes = new ArrayList<>();
  private long inodesMade;

  /// A name that was given or taken away and not synced with its directory.
  private record Change(String path, @Nullable Inode inode) {}

  DiskImage() {
    var root = inode(true);
    root.names = 1;
    names.put("", root);
    durableNames.put("", root);
  }

  private DiskImage(long inodesMade) {
    this.inodesMade = inodesMade;
  }

  DiskImage copy() {
    var copy = new DiskImage(inodesMade);
    var twins = new IdentityHashMap<Inode, Inode>();
    names.forEach((path, inode) -> copy.names.put(path, twin(twins, inode)));
    durableNames.forEach((path, inode) -> copy.durableNames.put(path, twin(twins, inode)));
    for (var change : changes) {
      var inode = change.inode == null ? null : twin(twins, change.inode);
      copy.changes.add(new Change(change.path, inode));
    }
    return copy;
  }

  private static Inode twin(Map<Inode, Inode> twins, Inode inode) {
    return twins.computeIfAbsent(inode, Inode::copy);
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  @Nullable Inode get(String path) {
    return names.get(path);
  }

  boolean isDirectory(String path) {
    var inode = names.get(path);
    return inode != null && inode.directory;
  }

  List<String> list(String directory) {
    var found = new ArrayList<String>();
    int skip = directory.isEmpty() ? 0 : directory.length() + 1;
    var below =
        directory.isEmpty()
            ? names.tailMap("", false)
            : names.subMap(directory + "/", false, directory + "0", false);
    for (var path : below.keySet()) {
      if (path.indexOf('/', skip) < 0) {
        found.add(path.substring(skip));
      }
    }
    return found;
  }

  Inode create(String path, boolean directory) {
    var inode = inode(directory);
    put(path, inode);
    return inode;
  }

  void put(String path, Inode inode) {
    names.put(path, inode);
    inode.names++;
    changes.add(new Change(path, inode));
  }

  void remove(String path, Inode inode) {
    names.remove(path);
    inode.names--;
    changes.add(new Change(path, null));
  }

  void sync(String directory) {
    changes.removeIf(change -> {
      boolean here = parent(change.path).equals(directory);
      if (here) {
        makeDurable(change);
      }
      return here;
    });
  }

  long allocatedBytes() {
    long bytes = 0;
    var seen = new HashSet<Long>();
    for (var inode : names.values()) {
      if (seen.add(inode.id)) {
        bytes += inode.live.allocatedBytes();
      }
    }
    return bytes;
  }

  /// Whether a power cut would change nothing.
  boolean settled() {
    return changes.isEmpty() && files().stream().allMatch(inode -> inode.unsynced.isEmpty());
  }

  /// Serial numbers of the writes that a power cut may lose.
  List<Long> unsyncedSerials() {
    var serials = new ArrayList<Long>();
    for (var inode : files()) {
      inode.unsynced.forEach(piece -> serials.add(piece.serial()));
    }
    return serials;
  }

  /// All files that have a name now or had one on the disk, in the order of their making.
  List<Inode> files() {
    var files = new TreeMap<Long, Inode>();
    durableNames.values().forEach(inode -> files.put(inode.id, inode));
    names.values().forEach(inode -> files.put(inode.id, inode));
    for (var change : changes) {
      if (change.inode != null) {
        files.put(change.inode.id, change.inode);
      }
    }
    return List.copyOf(files.values());
  }

  /// The power is cut: what survives is all there is.
  void lose(Survival survival) {
    var files = files();
    var byPath = new TreeMap<String, List<Change>>();
    for (var change : changes) {
      byPath.computeIfAbsent(change.path, _ -> new ArrayList<>(2)).add(change);
    }
    byPath.forEach((path, of) -> {
      int kept = survival.name(path, of.size());
      of.subList(0, kept).forEach(this::makeDurable);
    });
    changes.clear();
    names.clear();
    // Parents sort before their children; a child of a directory that was lost is lost with it.
    durableNames.forEach((path, inode) -> {
      if (path.isEmpty() || isDirectory(parent(path))) {
        names.put(path, inode);
      }
    });
    durableNames.clear();
    durableNames.putAll(names);
    files.forEach(inode -> inode.names = 0);
    names.values().forEach(inode -> inode.names++);
    files.forEach(inode -> inode.lose(survival));
  }

  /// Names and contents as they are seen, as a number.
  long hash() {
    long hash = names.size();
    for (var entry : names.entrySet()) {
      hash = Hash.fold(hash, Hash.of(entry.getKey()));
      hash = Hash.fold(hash, entry.getValue().live.hash());
    }
    return hash;
  }

  private void makeDurable(Change change) {
    if (change.inode == null) {
      durableNames.remove(change.path);
    } else {
      durableNames.put(change.path, change.inode);
    }
  }

  private Inode inode(boolean directory) {
    return new Inode(++inodesMade, directory);
  }
}
