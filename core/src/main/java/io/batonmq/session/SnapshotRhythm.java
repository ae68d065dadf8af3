package io.batonmq.session;

import io.batonmq.broker.ActiveBroker;
import io.batonmq.broker.BrokerState;
import io.batonmq.broker.Effects;
import io.batonmq.broker.LiveQueue;
import java.util.ArrayDeque;

/// When a snapshot is taken, and when the space below it may be given back.
final class SnapshotRhythm {
  /// Bytes that a reference has in a snapshot, about.
  private static final long REFERENCE_BYTES = 24;

  private final ActiveBroker broker;
  private final Effects effects;
  private final long logBytes;
  private final ArrayDeque<Reclaim> reclaims = new ArrayDeque<>();
  private boolean writing;
  private long last;

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
  void consider() {
    long grown = broker.end() - last;
    if (!writing && grown >= logBytes && grown >= 2 * bytes()) {
      writing = true;
      effects.snapshot(broker.state().freeze());
    }
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
    writtenBytes = writtenBytes < 0 ? 0 : bytes;
    last = Math.max(last, position);
    broker.snapshotTaken(position, name, checksum);
    // What is live is looked at now and acted on when all that it rests on is committed: a message
    // whose acknowledgement was lost with this node must still have its body on the next one.
    reclaims.add(new Reclaim(broker.end(), position, broker.liveExtents(position)));
  }

  /// The snapshot could not be written; the next one is due when the log has grown again.
  void failed() {
    writing = false;
    last = broker.end();
  }

  void committed(long position) {
    while (!reclaims.isEmpty() && reclaims.getFirst().committed() <= position) {
      Reclaim reclaim = reclaims.removeFirst();
      effects.reclaim(reclaim.position(), reclaim.liveExtents(), BrokerState.EXTENT_SHIFT);
    }
  }
}
