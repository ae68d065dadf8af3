package io.batonmq.broker;

import io.batonmq.message.Tail;
import io.batonmq.queue.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The tails of messages that came in fragments: where each fragment is, and whether somebody needs it.
///
/// A row begins with its first fragment, whose position is its id. While it is *open* its message has not come
/// yet, or is known to the active node's memory only; nobody but that node needs it, and a take-over drops it. The
/// event of the message *closes* it: from then on it lives as long as there are references to that event's record;
/// where only the active node's memory has them, for that node.
///
/// A message of 1 GiB has 4,096 fragments and takes 48 KiB here, however often it is referred to.
final class Fragments {
  private final LiveExtents extents;
  private static final int FIRST_CAPACITY = 8;

  private final TreeMap<Long, Row> rows = new TreeMap<>();

  /// Closed rows by the position of their message's record.
  private final Map<Long, Row> byRecord = new HashMap<>();

  private static final class Row {
    final long id;
    long[] positions = new long[FIRST_CAPACITY];
    int[] sizes = new int[FIRST_CAPACITY];
    int count;

    /// Of the message's record; -1 while the row is open.
    long record = -1;

    int recordSize;

    /// Those that the log knows, and those that only this node does.
    int references;

    int unlogged;

    Row(long id) {
      this.id = id;
    }
  }

  Fragments(LiveExtents extents) {
    this.extents = extents;
  }

  /// Adds a fragment to a row.
  ///
  /// @param tail id of the row; 0 to begin one
  /// @param size of the fragment's record
  void add(long tail, long position, int size) {
    Row row = tail == 0 ? rows.computeIfAbsent(position, Row::new) : existing(tail);
    if (row.record >= 0) {
      throw new IllegalStateException("the message whose tail begins at " + tail + " has ended");
    }
    if (row.count == row.positions.length) {
      row.positions = Arrays.copyOf(row.positions, row.count * 2);
      row.sizes = Arrays.copyOf(row.sizes, row.count * 2);
    }
    row.positions[row.count] = position;
    row.sizes[row.count] = size;
    row.count++;
    extents.count(position, size);
  }

  /// The message came whose tail a row is.
  ///
  /// @param size of its record
  void close(long tail, long record, int size) {
    Row row = existing(tail);
    if (row.record >= 0) {
      throw new IllegalStateException("two messages have the tail that begins at " + tail);
    }
    row.record = record;
    row.recordSize = size;
    byRecord.put(record, row);
  }

  /// Drops a closed row that nobody refers to.
  void dropUnused(long record) {
    Row row = byRecord.get(record);
    if (row != null) {
      dropUnused(row);
    }
  }

  private void dropUnused(Row row) {
    if (row.references == 0 && row.unlogged == 0) {
      drop(row);
    }
  }

  /// Drops an open row.
  void drop(long tail) {
    Row row = existing(tail);
    if (row.record >= 0) {
      throw new IllegalStateException("the tail that begins at " + tail + " is of a message");
    }
    drop(row);
  }

  private void drop(Row row) {
    rows.remove(row.id);
    if (row.record >= 0) {
      byRecord.remove(row.record);
    }
    for (int i = 0; i < row.count; i++) {
      extents.uncount(row.positions[i], row.sizes[i]);
    }
  }

  /// Drops what is open: the node is lost that knew what it was to become.
  void dropOpen() {
    for (Row row : List.copyOf(rows.values())) {
      if (row.record < 0) {
        drop(row);
      }
    }
  }

  /// Somebody refers to a record, which may be that of a message with a tail.
  void refer(long record) {
    Row row = closedRow(record);
    if (row != null) {
      row.references++;
    }
  }

  /// Somebody refers to it no more.
  void release(long record, int times) {
    Row row = closedRow(record);
    if (row != null) {
      row.references -= times;
      dropUnused(row);
    }
  }

  /// The same of references that the log does not know.
  void referUnlogged(long record) {
    Row row = closedRow(record);
    if (row != null) {
      row.unlogged++;
    }
  }

  void releaseUnlogged(long record) {
    Row row = closedRow(record);
    if (row != null) {
      row.unlogged--;
      dropUnused(row);
    }
  }

  /// An open row is needed by this node, whatever becomes of it, until [#releaseUnlogged] of its message's record.
  void keep(long tail) {
    existing(tail).unlogged++;
  }

  private @Nullable Row closedRow(long record) {
    return byRecord.isEmpty() ? null : byRecord.get(record);
  }

  boolean closed(long record) {
    return byRecord.containsKey(record);
  }

  boolean open(long tail) {
    Row row = rows.get(tail);
    return row != null && row.record < 0;
  }

  /// The size of a record. A [Reference] to a message with a tail says what all of it takes.
  int recordSize(long record, int size) {
    Row row = closedRow(record);
    return row == null ? size : row.recordSize;
  }

  /// What a reference to a message says of its size.
  ///
  /// @param size of its record, or of what is in memory
  static int referenceSize(int size, @Nullable Tail tail) {
    return tail == null ? size : (int) Math.min(Reference.SIZE_MAX, size + tail.bytes());
  }

  /// Where a fragment is; -1 if there is none, or no more.
  long position(long tail, int index) {
    Row row = rows.get(tail);
    return row == null || index < 0 || index >= row.count ? -1 : row.positions[index];
  }

  long[] positions(long tail) {
    Row row = existing(tail);
    return Arrays.copyOf(row.positions, row.count);
  }

  private Row existing(long tail) {
    Row row = rows.get(tail);
    if (row == null) {
      throw new IllegalStateException("no tail begins at " + tail);
    }
    return row;
  }

  /// As it is at this moment, for any thread.
  Frozen freeze() {
    List<FrozenRow> frozen = new ArrayList<>(rows.size());
    for (Row row : rows.values()) {
      // What is closed does not change any more.
      boolean open = row.record < 0;
      frozen.add(
          new FrozenRow(
              row.id,
              row.record,
              row.recordSize,
              open || row.references > 0,
              row.count,
              open ? Arrays.copyOf(row.positions, row.count) : row.positions,
              open ? Arrays.copyOf(row.sizes, row.count) : row.sizes));
    }
    return new Frozen(frozen);
  }

  void restore(long id, long record, int recordSize, long[] positions, int[] sizes) {
    Row row = rows.computeIfAbsent(id, Row::new);
    row.positions = positions;
    row.sizes = sizes;
    row.count = positions.length;
    for (int i = 0; i < row.count; i++) {
      extents.count(positions[i], sizes[i]);
    }
    if (record >= 0) {
      close(id, record, recordSize);
    }
  }

  /// @param record -1 for an open one
  /// @param logged whether it is part of the state that the log makes, on every node
  record FrozenRow(
      long id,
      long record,
      int recordSize,
      boolean logged,
      int count,
      long[] positions,
      int[] sizes) {}

  /// All rows at one moment.
  static final class Frozen {
    private final List<FrozenRow> rows;
    private final Map<Long, Integer> sizes = new HashMap<>();

    private Frozen(List<FrozenRow> rows) {
      this.rows = rows;
      for (FrozenRow row : rows) {
        if (row.record >= 0) {
          sizes.put(row.record, row.recordSize);
        }
      }
    }

    List<FrozenRow> rows() {
      return rows;
    }

    /// See [Fragments#recordSize].
    int recordSize(long record, int size) {
      return sizes.getOrDefault(record, size);
    }
  }
}
