package io.batonmq.log;

/// Names a snapshot: valid only where something committed names it.
///
/// @param position state after every record that ends at or before it
/// @param name of its file; empty for the state before the first record
/// @param checksum CRC32C of the whole file
public record SnapshotRef(long position, String name, int checksum) {
  /// The empty state at position 0.
  public static final SnapshotRef NONE = new SnapshotRef(0, "", 0);
}
