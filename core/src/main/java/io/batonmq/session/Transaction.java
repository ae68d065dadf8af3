package io.batonmq.session;

import io.batonmq.broker.TransactionSends;
import io.batonmq.queue.Disposition;
import java.util.ArrayList;
import java.util.List;

/// A local transaction of one connection. What was sent in it is in the log, invisible; what was settled
/// in it is remembered here, because nothing has happened to it yet.
final class Transaction {
  final TransactionSends sends;
  final List<Settled> settled = new ArrayList<>();
  long bytes;

  /// Why it can only be rolled back: something that the peer believes to be in it is not.
  boolean failed;

  /// One delivery, and what is to become of it.
  ///
  /// @param kept whether the peer still knows the delivery, so that it stays with it after a rollback
  record Settled(
      ConsumerLink link, long delivery, long key, Disposition disposition, boolean kept) {}

  Transaction(long id) {
    this.sends = new TransactionSends(id);
  }

  long id() {
    return sends.id();
  }
}
