package io.batonmq.ha;

/// Codes with which a node's process ends, beside 0 for a stop that was asked for. Documented in
/// `docs/exit-codes.md`; scripts depend on them.
public enum ExitCode {
  /// Another node took over while this one was hung or cut off.
  SUPERSEDED(10),
  /// The lock of its tenure is not held any more.
  LOCK_LOST(11),
  /// A write or sync failed, so what is on disk is uncertain.
  STORE_FAILED(12),
  /// The store contradicts itself below what was committed.
  STORE_DAMAGED(13),
  /// An invariant of the broker is broken: a bug.
  BUG(14),
  /// The disk did not answer for `failover-stall-timeout`, and another node stands by.
  STORE_HUNG(16),
  /// Another version of Baton wrote the store.
  STORE_VERSION(18);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
