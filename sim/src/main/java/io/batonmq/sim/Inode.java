package io.batonmq.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One file or directory as the file server has it: what everybody reads, and what a power cut
/// would leave of it.
final class Inode {
  final long id;
  final boolean directory;
  Content live = new Content();
  Content durable = new Content();
  List<Unsynced> unsynced = new ArrayList<>();
  int names;

  /// The node that removed its last name; its own handles stay valid, those of others go stale.
  @Nullable View removedBy;

  /// Who has its lock. More than one only where the lock manager is broken.
  final List<SimLock> locks = new ArrayList<>();

  final List<SimLockWatch> watches = new ArrayList<>();

  Inode(long id, boolean directory) {
    this.id = id;
    this.directory = directory;
  }

  Inode copy() {
    var copy = new Inode(id, directory);
    copy.live = live.copy();
    copy.durable = durable.copy();
    copy.unsynced = new ArrayList<>(unsynced);
    copy.names = names;
    return copy;
  }

  void write(Unsynced piece) {
    piece.apply(live);
    unsynced.add(piece);
  }

  /// Makes durable what was written through a handle: its sectors, with all that is in them.
  /// Sectors that only other handles wrote stay as unsafe as they were, which is less than most
  /// systems do and all that the contract says.
  void sync(long handle) {
    if (unsynced.stream().allMatch(piece -> piece.handle() == handle && !piece.lost())) {
      unsynced.forEach(piece -> piece.apply(durable));
      unsynced.clear();
      return;
    }
    var sectors = new TreeSet<Long>();
    for (var piece : unsynced) {
      if (piece.handle() == handle && !piece.lost()) {
        for (long sector = piece.firstSector(); sector <= piece.lastSector(); sector++) {
          sectors.add(sector);
        }
      }
    }
    var left = new ArrayList<Unsynced>();
    for (var piece : unsynced) {
      for (long sector = piece.firstSector(); sector <= piece.lastSector(); sector++) {
        long from = sector * Unsynced.SECTOR;
        if (!sectors.contains(sector)) {
          var part = piece.clip(from, from + Unsynced.SECTOR);
          if (part != null) {
            left.add(part);
          }
        } else if (!piece.lost()) {
          piece.apply(durable, from, from + Unsynced.SECTOR);
        }
      }
    }
    unsynced = left;
  }

  /// What a failed sync does: some of the pages are marked clean, still read as written, and will
  /// never reach the disk, whatever a later sync answers.
  void failSync(long handle, Chance chance) {
    unsynced.replaceAll(
        piece -> piece.handle() == handle && !chance.oneIn(4) ? piece.asLost() : piece);
  }

  /// Leaves what survives, as the durable and the visible content.
  void lose(Survival survival) {
    var versions = new TreeMap<Long, List<Unsynced>>();
    for (var piece : unsynced) {
      if (!piece.lost()) {
        for (long sector = piece.firstSector(); sector <= piece.lastSector(); sector++) {
          versions.computeIfAbsent(sector, _ -> new ArrayList<>(2)).add(piece);
        }
      }
    }
    versions.forEach((sector, pieces) -> settle(sector, pieces, survival));
    unsynced.clear();
    live = durable.copy();
  }

  private void settle(long sector, List<Unsynced> pieces, Survival survival) {
    long from = sector * Unsynced.SECTOR;
    var versions =
        new Survival.SectorVersions(
            id, sector, pieces.stream().mapToLong(Unsynced::serial).toArray());
    int kept = survival.sector(versions);
    for (int i = 0; i < kept; i++) {
      pieces.get(i).apply(durable, from, from + Unsynced.SECTOR);
    }
    int torn = kept < pieces.size() ? survival.torn(versions) : 0;
    if (torn > 0) {
      pieces.get(kept).apply(durable, from, from + torn);
    }
  }
}
