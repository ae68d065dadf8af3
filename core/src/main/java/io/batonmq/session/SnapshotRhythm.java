package io.batonmq.session;

import io.batonmq.broker.ActiveBroker;
import io.batonmq.broker.BrokerState;
import io.batonmq.broker.Effects;
import io.batonmq.broker.LiveQueue;
import io.batonmq.seam.Now;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/// When a snapshot is taken, and when the space below it may be given back.
final class SnapshotRhythm {
  /// Bytes that a reference has in a snapshot, about.
  private static final long REFERENCE_BYTES = 24;

  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final ActiveBroker broker;
  private final Effects effects;
  private final long logBytes;
  private final ArrayDeque<Reclaim> reclaims = new ArrayDeque<>();
  private boolean writing;
  private long last;

  /// Extents that had been given up when the last snapshot was asked for.
  private long emptied;

  /// The last one could not be written, at that time.
  private boolean failed;

  private long failedNanos;

  /// What the last snapshot wrote, 0 if that was the first of this tenure; negative before that.
  private long writtenBytes = -1;

  /// What may be given back once `committed` is.
  private record Reclaim(long committed, long position, long[] liveExtents) {}

  SnapshotRhythm(ActiveBroker broker, Effects effects, long logBytes) {
    this.broker = broker;
    this.effects = effects;
    this.logBytes = logBytes;
    BrokerState state = broker.state();
    this.last = state.snapshot() == null ? 0 : state.snapshot().position();
  }

  /// Asks for a snapshot if the log grew enough: by a set amount, and by more than the snapshot itself
  /// will be, so that a deep backlog is not written over and over. The first of a tenure is complete; what
  /// the next one will write nobody knows, so it is not waited for longer than the set amount, and those
  /// after it are taken to be as large as the last.
  ///
  /// A disk that is full lets the log grow no more, and nothing is given back without a snapshot: there it is asked
  /// for as soon as something has become free. Producers were held back for ever by a backlog that had been
  /// consumed, and by what was left of a large message that found no room.
  void consider(Now now) {
    if (!writing && (grown() || (!broker.roomForMessages() && freed(now)))) {
      writing = true;
      emptied = broker.emptiedExtents();
      effects.snapshot(broker.state().freeze());
    }
  }

  private boolean grown() {
    long grown = broker.end() - last;
    return grown >= logBytes && grown >= 2 * bytes();
  }

  private boolean freed(Now now) {
    long free = broker.emptiedExtents() - emptied;
    boolean again = failed && now.nanos() - failedNanos >= RETRY_NANOS;
    return again || (free > 0 && free << BrokerState.EXTENT_SHIFT >= 2 * bytes());
  }

  private long bytes() {
    if (writtenBytes >= 0) {
      return writtenBytes;
    }
    long references = 0;
    for (LiveQueue queue : broker.directory().queues()) {
      references += queue.queue().messages().messageCount();
    }
    return REFERENCE_BYTES * references;
  }

  /// The snapshot was written; from its event on, it can be relied on.
  void written(String name, long checksum, long position, long bytes) {
    writing = false;
    failed = false;
    writtenBytes = writtenBytes < 0 ? 0 : bytes;
    last = Math.max(last, position);
    broker.snapshotTaken(position, name, checksum);
    // What is live is looked at now and acted on when all that it rests on is committed: a message
    // whose acknowledgement was lost with this node must still have its body on the next one.
    reclaims.add(new Reclaim(broker.end(), position, broker.liveExtents(position)));
  }

  /// The snapshot could not be written; the next one is due when the log has grown again, or after a while if
  /// it cannot grow.
  void failed(Now now) {
    writing = false;
    failed = true;
    failedNanos = now.nanos();
    last = broker.end();
  }

  void committed(long position) {
    while (!reclaims.isEmpty() && reclaims.getFirst().committed() <= position) {
      Reclaim reclaim = reclaims.removeFirst();
      effects.reclaim(reclaim.position(), reclaim.liveExtents(), BrokerState.EXTENT_SHIFT);
    }
  }
}
