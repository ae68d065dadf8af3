package io.batonmq.node;

/// How lanes wake each other, and are heard; each method may be called by any thread, costs little and never
/// blocks.
public interface Lanes {
  /// The owner of the queues has something to do.
  void wakeBroker();

  /// The log's lane has something to do.
  void wakeLog();

  /// The housekeeping lane has something to do.
  void wakeKeeper();

  /// The baton's lane has something to do.
  void wakeBaton();

  /// Says something to whoever reads the log of the node, in one line.
  default void warn(String line) {}
}
