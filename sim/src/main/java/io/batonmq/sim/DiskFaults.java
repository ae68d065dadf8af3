package io.batonmq.sim;

import java.time.Duration;

/// What a disk does wrong, by the seed. Numbers are per million calls of the kind concerned.
///
/// @param noSpace a write or zero finds no space
/// @param writeError a write fails after a part of it (final)
/// @param syncError a sync fails, and pages are silently given up (final)
/// @param readError a read fails
/// @param stall any call takes up to `stallNanosMax`
/// @param stallNanosMax the longest stall; it should exceed every time-out of the code under test
/// @param lockLost per call of any kind: a lock of the caller's node is taken from it silently
/// @param lockTwice a lock that somebody has is granted to another too
public record DiskFaults(
    int noSpace,
    int writeError,
    int syncError,
    int readError,
    int stall,
    long stallNanosMax,
    int lockLost,
    int lockTwice) {
  /// A disk that works.
  public static final DiskFaults NONE = new DiskFaults(0, 0, 0, 0, 0, 0, 0, 0);

  /// Stalls only.
  public static DiskFaults stalls(int perMillion, Duration longest) {
    return new DiskFaults(0, 0, 0, 0, perMillion, longest.toNanos(), 0, 0);
  }

  /// The same, with a lock manager that loses locks and grants them twice.
  public DiskFaults withLocks(int lost, int twice) {
    return new DiskFaults(
        noSpace, writeError, syncError, readError, stall, stallNanosMax, lost, twice);
  }

  /// The same, with input/output errors.
  public DiskFaults withErrors(int write, int sync, int read) {
    return new DiskFaults(noSpace, write, sync, read, stall, stallNanosMax, lockLost, lockTwice);
  }

  /// The same, with a disk that claims to be full.
  public DiskFaults withNoSpace(int perMillion) {
    return new DiskFaults(
        perMillion, writeError, syncError, readError, stall, stallNanosMax, lockLost, lockTwice);
  }
}
