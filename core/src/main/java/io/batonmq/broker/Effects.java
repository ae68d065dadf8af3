package io.batonmq.broker;

import io.batonmq.log.SnapshotContent;

/// What the broker asks of the world beside appending. Each call returns at once; answers come back as
/// calls on the broker, by its own thread.
public interface Effects {
  /// Asks for the record at a position, whose body is not cached.
  void load(long position);

  /// Asks for a snapshot to be written; one at a time.
  void snapshot(SnapshotContent content);

  /// Tells the log that no record before `position` is needed (the newest committed snapshot lies at or
  /// above it), except those in the given live extents: extent `n` covers positions
  /// `[n << extentShift, (n + 1) << extentShift)`.
  void reclaim(long position, long[] liveExtents, int extentShift);

  /// Says something to whoever reads the log of the node: what happened, and its facts, in one line.
  default void warn(String line) {}
}
