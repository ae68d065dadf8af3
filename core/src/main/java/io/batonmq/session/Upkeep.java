package io.batonmq.session;

import io.batonmq.broker.ActiveBroker;
import io.batonmq.broker.AutoDeletion;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.seam.Now;

/// What the active node looks after every so often, in pieces.
final class Upkeep {
  /// Queues and addresses that are looked at in one turn.
  private static final int PIECE = 1_000;

  private final ActiveBroker broker;
  private final AutoDeletion unused;
  private final long scanNanos;

  /// When unused queues are looked for next.
  private long nextScanNanos;

  Upkeep(ActiveBroker broker, BrokerSettings settings, Now now) {
    this.broker = broker;
    this.unused = new AutoDeletion(broker, settings);
    // So far away only in words: later ones must not overflow into the past.
    this.scanNanos = Math.min(settings.queueScanNanos(), Long.MAX_VALUE / 4);
    this.nextScanNanos = now.nanos() + scanNanos;
  }

  void tick(Now now) {
    if (scanNanos > 0 && now.nanos() - nextScanNanos >= 0) {
      boolean over = unused.work(now.nanos(), PIECE);
      nextScanNanos = over ? now.nanos() + scanNanos : now.nanos();
    }
  }

  /// When [#tick] has something to do; [Long#MAX_VALUE] for never, or not before the log takes more.
  long nextDeadlineNanos() {
    return scanNanos <= 0 || broker.full() ? Long.MAX_VALUE : nextScanNanos;
  }
}
