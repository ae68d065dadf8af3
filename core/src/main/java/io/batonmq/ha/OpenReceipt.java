package io.batonmq.ha;

import io.batonmq.seam.Now;

/// The receipt of the tenure that serves, until it is closed. Owned by the baton's lane.
final class OpenReceipt {
  private static final long CLOSE_NANOS = 60_000_000_000L;

  /// Whoever looks for what came late from the node before may be slow.
  private static final long LOOKED_NANOS_MAX = 70_000_000_000L;

  private final Receipt receipt;
  private final Replica replica;
  private final RoleListener listener;
  private final long sinceNanos;
  private boolean closed;

  /// Issues it.
  OpenReceipt(Receipt receipt, Replica replica, RoleListener listener, long sinceNanos) {
    this.receipt = receipt;
    this.replica = replica;
    this.listener = listener;
    this.sinceNanos = sinceNanos;
    listener.receipt(receipt);
  }

  /// Closes it when it is time.
  void update(Now now) {
    long age = now.nanos() - sinceNanos;
    boolean due =
        age >= LOOKED_NANOS_MAX || (age >= CLOSE_NANOS && replica.aftermath().zombieBytes() >= 0);
    if (due) {
      close();
    }
  }

  /// Closes it with what is known. While the replica still serves; idempotent.
  void close() {
    if (!closed) {
      closed = true;
      listener.receipt(receipt.closed(replica.aftermath()));
    }
  }
}
