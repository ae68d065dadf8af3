package io.batonmq.ha;

/// What a take-over did, for the log, the status and the console.
///
/// Issued when the node serves; closed a minute later, or when the node serves no more, with what only
/// serving could tell.
///
/// @param epoch that began
/// @param before node that was active, empty if none
/// @param sealed position at which the tenure before is sealed
/// @param tailBytes copied from above its newest committed mark
/// @param logBytesRead read from segments from the moment of the decision on
/// @param wallMillis when
/// @param closed whether nothing is added any more
public record Receipt(
    long epoch,
    Cause cause,
    String before,
    long sealed,
    long tailBytes,
    long logBytesRead,
    Phases phases,
    long wallMillis,
    Aftermath aftermath,
    boolean closed) {

  /// How long it took, in milliseconds.
  ///
  /// @param detect from the last sign of life to the decision, as far as it can be known; -1 if not
  /// @param claim from the decision until whoever served before could confirm nothing more
  /// @param read until all that it wrote was read
  /// @param copy until the right to append
  /// @param open until clients could come in
  public record Phases(long detect, long claim, long read, long copy, long open) {
    /// From the decision to the right to append.
    public long take() {
      return claim + read + copy;
    }
  }

  Receipt opened(long millis, Aftermath found) {
    Phases whole = new Phases(phases.detect, phases.claim, phases.read, phases.copy, millis);
    return new Receipt(
        epoch, cause, before, sealed, tailBytes, logBytesRead, whole, wallMillis, found, false);
  }

  /// The same, still open, with what is known now.
  public Receipt with(Aftermath found) {
    return opened(phases.open, found);
  }

  Receipt closed(Aftermath found) {
    return new Receipt(
        epoch, cause, before, sealed, tailBytes, logBytesRead, phases, wallMillis, found, true);
  }

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
