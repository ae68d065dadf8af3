package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.seam.Storage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.Supplier;

/// Gives space back: finds segments that nothing needs, and unlinks them once a committed record has said
/// so. Used by one lane of the active node.
///
/// A segment may go when it lies below the snapshot from which a cold start begins, and no live body is
/// in it. Unlinking comes after the record that names it is committed, so that no node can be active
/// without knowing; it may be repeated, and one that a crash prevented is found again next time.
public final class Reclaimer {
  private final Storage storage;
  private final Tenure mine;
  private final Supplier<Chain> chain;

  /// @param mine the tenure of this node
  Reclaimer(Storage storage, Tenure mine, Supplier<Chain> chain) {
    this.storage = storage;
    this.mine = mine;
    this.chain = chain;
  }

  /// Files of segments that may go.
  ///
  /// @param below neither beyond the snapshot that the newest segment refers to, nor beyond what the
  ///     live extents tell of
  /// @param liveExtents numbers of the extents that hold live bodies, ascending
  /// @param extentShift an extent covers `1 << extentShift` positions
  public List<SegmentFile> droppable(long below, long[] liveExtents, int extentShift) {
    NavigableMap<Long, List<SegmentFile>> all = new SegmentMap(storage, chain.get()).all();
    List<SegmentFile> dropped = new ArrayList<>();
    Map.Entry<Long, List<SegmentFile>> segment = all.firstEntry();
    while (segment != null) {
      Map.Entry<Long, List<SegmentFile>> next = all.higherEntry(segment.getKey());
      if (next == null || next.getKey() > below) {
        break;
      }
      long base = segment.getKey();
      if (!live(liveExtents, base >> extentShift, (next.getKey() - 1) >> extentShift)) {
        dropped.addAll(segment.getValue());
      }
      segment = next;
    }
    return dropped;
  }

  private static boolean live(long[] extents, long first, long last) {
    int at = Arrays.binarySearch(extents, first);
    int index = at >= 0 ? at : -at - 1;
    return index < extents.length && extents[index] <= last;
  }

  /// The payload of the record that names dropped files: [SegmentFile]s, 20 bytes each.
  public static ByteBuffer encode(List<SegmentFile> dropped) {
    ByteBuffer payload = ByteBuffer.allocate(SegmentFile.BYTES * dropped.size());
    dropped.forEach(file -> file.write(payload));
    return payload.flip();
  }

  /// Removes files. Only what a committed record of this node's own tenure names.
  public void unlink(List<SegmentFile> dropped) {
    Register register = new Register(storage);
    for (SegmentFile file : dropped) {
      Tenure tenure = file.epoch() == mine.epoch() ? mine : register.read(file.epoch());
      if (tenure.epoch() > mine.epoch()) {
        throw new DamagedException("epoch " + tenure.epoch() + " is not this node's to clear");
      }
      storage.remove(tenure.path(file.name()));
    }
  }
}
