package io.batonmq.session;

import io.batonmq.broker.TransactionSends;
import io.batonmq.broker.Xid;
import io.batonmq.queue.Disposition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A transaction of one connection. What was sent in it is in the log, invisible; what was settled
/// in it is remembered here, because nothing has happened to it yet.
final class Transaction {
  TransactionSends sends;
  final Connection connection;

  /// Its name, if a transaction manager ends it.
  final @Nullable Xid xid;

  /// Commits of the connection when it began. Whoever uses its number has heard that it has begun, and so
  /// everything that was said before that.
  final long commitsBefore;

  final List<Settled> settled = new ArrayList<>();
  long bytes;

  /// Why it can only be rolled back: something that the peer believes to be in it is not.
  boolean failed;

  /// It is rolled back already, because its time was over, and its peer does not know yet.
  boolean over;

  /// One delivery, and what is to become of it.
  ///
  /// @param kept whether the peer still knows the delivery, so that it stays with it after a rollback
  record Settled(
      ConsumerLink link, long delivery, long key, Disposition disposition, boolean kept) {}

  Transaction(long id, Connection connection, @Nullable Xid xid) {
    this.sends = new TransactionSends(id);
    this.connection = connection;
    this.xid = xid;
    this.commitsBefore = connection.commits;
  }

  boolean isEmpty() {
    return settled.isEmpty() && sends.isEmpty();
  }

  long id() {
    return sends.id();
  }
}
