package io.batonmq.sim.pair;

import java.util.ArrayList;
import java.util.List;

/// A message in one queue: `queue`, or `queue<first queue` for one that was moved there.
final class Copy {
  final Sent sent;
  final String place;
  final List<Delivery> deliveries = new ArrayList<>();

  /// The epoch that said that the message was taken; after that it may not come again.
  long gone = Long.MAX_VALUE;

  /// The epochs that answered that an attempt had failed.
  private final List<Long> failures = new ArrayList<>();

  Copy(Sent sent, String place) {
    this.sent = sent;
    this.place = place;
  }

  void failed(long epoch) {
    failures.add(epoch);
  }

  /// How many failed attempts an epoch must know of.
  int failures(long epoch) {
    return (int)
        failures.stream()
            .filter(answered -> answered == epoch || (answered < epoch && !sent.fleeting()))
            .count();
  }

  /// One time that a node gave it to a consumer.
  static final class Delivery {
    final Copy copy;
    final Wire wire;
    final long epoch;

    /// Whether it said that it may have been delivered before.
    final boolean marked;

    /// Whether the consumer said what is to become of it, and what.
    boolean asked;

    boolean acceptAsked;

    boolean moveAsked;

    /// Transactions that it was to be taken in.
    final List<Tx> takenIn = new ArrayList<>();

    Delivery(Copy copy, Wire wire, boolean marked) {
      this.copy = copy;
      this.wire = wire;
      this.epoch = wire.epoch();
      this.marked = marked;
    }
  }

  /// Whether it may have left the queue because a consumer took it.
  boolean mayBeTaken() {
    return deliveries.stream()
        .anyMatch(delivery ->
            delivery.acceptAsked || delivery.takenIn.stream().anyMatch(Tx::mayBeInEffect));
  }

  boolean mayBeMoved() {
    return sent.expires() || deliveries.stream().anyMatch(delivery -> delivery.moveAsked);
  }

  @Override
  public String toString() {
    return sent + " in " + place;
  }
}
