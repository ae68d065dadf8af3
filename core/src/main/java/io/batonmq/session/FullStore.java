package io.batonmq.session;

import io.batonmq.broker.ActiveBroker;
import io.batonmq.broker.Effects;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.seam.Now;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A store that stays full. What has come of transactions and of messages that are not complete has its room in the
/// log, and whoever sent it may never come back to it: everybody else would be held back for ever. So when the store
/// has been full for a while that which has most is given up, and then, as long as it stays full, the next. What was
/// promised to a transaction manager stays.
final class FullStore {
  /// How long the store is full before anything is given up. Nothing of it can grow in this time, and whoever is
  /// about to commit can.
  static final long PATIENCE_NANOS = 30_000_000_000L;

  /// And before more is: snapshots and segments take their time to go.
  static final long AGAIN_NANOS = 5_000_000_000L;

  private static final long LOOK_NANOS = 1_000_000_000L;

  private static final Refusal GIVEN_UP =
      new Refusal(
          Reason.LIMIT_REACHED,
          "the disk stayed full, and what had come of the message is given up");

  private final ActiveBroker broker;
  private final Connections connections;
  private final Transacting transacting;
  private final Effects effects;
  private boolean full;

  /// When something is given up, if it is full then.
  private long dueNanos;

  private long lookNanos;

  /// What is not complete, and may be given up.
  private record Incomplete(Connection connection, String what, long bytes, Runnable giveUp) {}

  FullStore(
      ActiveBroker broker,
      Connections connections,
      Transacting transacting,
      Effects effects,
      Now now) {
    this.broker = broker;
    this.connections = connections;
    this.transacting = transacting;
    this.effects = effects;
    this.lookNanos = now.nanos();
  }

  /// When [#look] is to be called.
  long nextNanos() {
    return lookNanos;
  }

  void look(Now now) {
    if (now.nanos() - lookNanos < 0) {
      return;
    }
    lookNanos = now.nanos() + LOOK_NANOS;
    if (!broker.storeFull()) {
      full = false;
    } else if (!full) {
      full = true;
      dueNanos = now.nanos() + PATIENCE_NANOS;
    } else if (now.nanos() - dueNanos >= 0) {
      dueNanos = now.nanos() + AGAIN_NANOS;
      giveUp();
    }
  }

  /// Whatever has at least half as much as that which has most: so the number of small ones does not matter.
  private void giveUp() {
    List<Incomplete> all = new ArrayList<>();
    for (Connection connection : connections.all()) {
      incomplete(connection, all);
    }
    long most = all.stream().mapToLong(Incomplete::bytes).max().orElse(0);
    for (Incomplete one : all) {
      if (one.bytes() > 0 && one.bytes() >= most / 2) {
        effects.warn(
            String.format(
                Locale.ROOT,
                "store full given_up=%s user=%s remote=%s bytes=%d",
                one.what(),
                one.connection().principal.name(),
                one.connection().remoteAddress,
                one.bytes()));
        one.giveUp().run();
      }
    }
  }

  private void incomplete(Connection connection, List<Incomplete> all) {
    for (Transaction transaction : connection.transactions.values()) {
      if (!transaction.over) {
        all.add(
            new Incomplete(
                connection,
                "transaction",
                transaction.sentBytes,
                () -> transacting.expire(transaction)));
      }
    }
    for (Link link : connection.links.values()) {
      if (link instanceof ProducerLink producer && producer.receiving != null) {
        Receiving receiving = producer.receiving;
        all.add(
            new Incomplete(
                connection,
                "message",
                receiving.tail == 0 ? 0 : receiving.bytes,
                () -> giveUp(receiving)));
      }
    }
  }

  private void giveUp(Receiving receiving) {
    receiving.refusal = GIVEN_UP;
    broker.large().end(receiving.tail);
    receiving.tail = 0;
  }
}
