package io.batonmq.session;

import io.batonmq.broker.LiveTransactions;
import io.batonmq.broker.TransactionSends;
import io.batonmq.broker.Xid;
import io.batonmq.message.Identity;
import io.batonmq.queue.Disposition;
import io.batonmq.queue.KeyList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A transaction of one connection. What was sent in it is in the log, invisible; what was settled
/// in it is remembered here, because nothing has happened to it yet.
final class Transaction {
  /// Acknowledgements of one link that are gathered before they are logged.
  private static final int LOGGED_AT = 1_000;

  TransactionSends sends;
  final Connection connection;

  /// Its name, if a transaction manager ends it.
  final @Nullable Xid xid;

  /// Commits of the connection when it began. Whoever uses its number has heard that it has begun, and so
  /// everything that was said before that.
  final long commitsBefore;

  /// Of deliveries that the peer still knows: they stay with it after a rollback.
  final List<Kept> kept = new ArrayList<>();

  /// Keys of deliveries that the peer has forgotten: with the link they are settled already, so that a
  /// transaction may take as many as it likes.
  final Map<Settled, KeyList> forgotten = new LinkedHashMap<>();

  /// Memory that it takes.
  long bytes;

  /// What was sent in it, as far as it counts.
  long sentBytes;

  /// That of the message that was sent last.
  private @Nullable Identity last;

  /// Why it can only be rolled back: something that the peer believes to be in it is not.
  boolean failed;

  /// It is rolled back already, because its time was over or the store stayed full, and its peer does not know yet.
  boolean over;

  /// What came by a link, and is to become of it.
  record Settled(ConsumerLink link, Disposition disposition) {}

  /// One delivery that the peer still knows.
  record Kept(Settled settled, long delivery, long key) {}

  Transaction(long id, Connection connection, @Nullable Xid xid) {
    this.sends = new TransactionSends(id);
    this.connection = connection;
    this.xid = xid;
    this.commitsBefore = connection.commits;
  }

  /// Whether a message that is sent now is the next of its producer's after the one before.
  boolean follows(@Nullable Identity identity) {
    Identity before = last;
    last = identity;
    return identity instanceof Identity.Sequenced(String producer, long sequence)
        && before instanceof Identity.Sequenced(String sameProducer, long previous)
        && previous + 1 == sequence
        && sameProducer.equals(producer);
  }

  boolean isEmpty() {
    return kept.isEmpty() && forgotten.isEmpty() && sends.isEmpty();
  }

  void forget(Settled settled, long key) {
    forgotten.computeIfAbsent(settled, _ -> new KeyList()).add(key);
  }

  /// Lets the log have acknowledgements that became many, instead of keeping them here.
  void log(Settled acknowledged, LiveTransactions transactions) {
    KeyList keys = forgotten.get(acknowledged);
    if (keys != null && keys.size() >= LOGGED_AT) {
      transactions.acknowledge(sends, acknowledged.link().queue, keys);
      forgotten.remove(acknowledged);
    }
  }

  /// Everything that was settled in it and is not in the log.
  Map<Settled, KeyList> settled() {
    Map<Settled, KeyList> all = new LinkedHashMap<>(forgotten);
    Map<Settled, KeyList> known = new LinkedHashMap<>();
    kept.forEach(one -> known.computeIfAbsent(one.settled(), _ -> new KeyList()).add(one.key()));
    known.forEach((settled, keys) -> {
      KeyList others = forgotten.get(settled);
      if (others != null) {
        keys.addAll(others);
      }
      all.put(settled, keys);
    });
    return all;
  }

  long id() {
    return sends.id();
  }
}
