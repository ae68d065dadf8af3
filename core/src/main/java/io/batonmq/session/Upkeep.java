package io.batonmq.session;

import io.batonmq.broker.ActiveBroker;
import io.batonmq.broker.AutoDeletion;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.seam.Now;
import java.util.function.BiConsumer;

/// What the active node looks after every so often, in pieces.
final class Upkeep {
  /// Expired messages, or queues and addresses, of one turn.
  private static final int PIECE = 1_000;

  private final ActiveBroker broker;
  private final AutoDeletion unused;
  private final SlowConsumerWatch slow;
  private final FullStore fullStore;
  private final long expiryNanos;
  private final long unusedNanos;

  /// When expired messages that nobody asks for are looked for next.
  private long nextExpiryNanos;

  /// When unused queues are.
  private long nextUnusedNanos;

  Upkeep(
      ActiveBroker broker,
      BrokerSettings settings,
      SlowConsumerWatch slow,
      FullStore fullStore,
      Now now) {
    this.broker = broker;
    this.slow = slow;
    this.fullStore = fullStore;
    this.unused = new AutoDeletion(broker, settings);
    this.expiryNanos = settings.expiryScanNanos();
    // So far away only in words: later ones must not overflow into the past.
    this.unusedNanos = Math.min(settings.queueScanNanos(), Long.MAX_VALUE / 4);
    this.nextExpiryNanos = now.nanos();
    this.nextUnusedNanos = now.nanos() + unusedNanos;
  }

  /// @param commands takes what a connection says that is closed
  void tick(Now now, BiConsumer<Command, Now> commands) {
    long nanos = now.nanos();
    if (nanos - nextExpiryNanos >= 0) {
      boolean done = broker.expireDue(broker.wall(now.wallMillis()), PIECE);
      nextExpiryNanos = done ? nanos + expiryNanos : nanos;
    }
    if (unusedNanos > 0 && nanos - nextUnusedNanos >= 0) {
      boolean done = unused.work(nanos, PIECE);
      nextUnusedNanos = done ? nanos + unusedNanos : nanos;
    }
    slow.look(now, commands);
    fullStore.look(now);
  }

  /// When [#tick] has something to do. What has to wait until the log takes more is looked at with the expired
  /// messages.
  long nextDeadlineNanos() {
    long next = nextExpiryNanos;
    if (fullStore.nextNanos() - next < 0) {
      next = fullStore.nextNanos();
    }
    if (broker.full()) {
      return next;
    }
    if (unusedNanos > 0 && nextUnusedNanos - next < 0) {
      next = nextUnusedNanos;
    }
    long look = slow.nextNanos();
    return look != Long.MAX_VALUE && look - next < 0 ? look : next;
  }
}
