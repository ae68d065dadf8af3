package io.batonmq.ha;

/// What a take-over did, for the log, the status and the console.
///
/// @param epoch that began
/// @param before node that was active, empty if none
/// @param sealed position at which the tenure before is sealed
/// @param tailBytes copied from above its newest committed mark
/// @param logBytesRead read from segments from the moment of the decision on
/// @param detectMillis from the last sign of life to the decision, as far as it can be known; -1 if not
/// @param takeMillis from the decision to the right to append
/// @param wallMillis when
public record Receipt(
    long epoch,
    Cause cause,
    String before,
    long sealed,
    long tailBytes,
    long logBytesRead,
    long detectMillis,
    long takeMillis,
    long wallMillis) {

  /// Why a node took over.
  public enum Cause {
    /// Nobody ever served this store.
    FIRST_START,
    /// The lock of the active was free without a word: its process died.
    LOCK_FREE,
    /// The active's heart stopped although it may still hold its lock.
    HUNG,
    /// The active stopped cleanly.
    STOPPED,
    /// The active handed over to this node.
    HANDED_OVER
  }
}
