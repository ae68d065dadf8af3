package io.batonmq.cli.demo;

import java.util.BitSet;
import java.util.List;

/// What became of every message. Messages have numbers from 1 on; one thread sends, another receives.
///
/// Two copies of one message, or one message delivered twice: a client alone cannot always tell. The
/// broker's durable count of what ever came into the queue can: where more came in than different messages
/// came out of the drained queue, some came in twice.
final class Account {
  private static final int NUMBERS_MAX = 20;

  private final BitSet confirmed = new BitSet();
  private final BitSet received = new BitSet();
  private final BitSet repeated = new BitSet();
  private long sent;
  private long unknown;
  private long flagged;
  private long silent;
  private long lastConfirmNanos;
  private long longestPauseNanos;
  private long lastReceiveNanos;
  private long longestSilenceNanos;

  /// The bottom line.
  ///
  /// @param sent handed to the client
  /// @param confirmed by the broker; the client was told so
  /// @param unknown the client was told neither yes nor no
  /// @param received different messages
  /// @param flagged deliveries of a message that had come before, and said so
  /// @param lost confirmed, and never received
  /// @param twice enqueued twice
  /// @param silent deliveries of a message that had come before, and did not say so
  /// @param missing numbers of those that are lost, the first few
  /// @param repeated numbers of those that came again in silence, the first few
  record Balance(
      long sent,
      long confirmed,
      long unknown,
      long received,
      long flagged,
      long lost,
      long twice,
      long silent,
      List<Integer> missing,
      List<Integer> repeated) {
    boolean good() {
      return lost == 0 && twice == 0 && silent == 0;
    }
  }

  /// The next message is handed to the client.
  synchronized int send() {
    sent++;
    return Math.toIntExact(sent);
  }

  synchronized void confirm(int number, long nowNanos) {
    confirmed.set(number);
    longestPauseNanos = Math.max(longestPauseNanos, nowNanos - lastConfirmNanos);
    lastConfirmNanos = nowNanos;
  }

  synchronized void unknown() {
    unknown++;
  }

  /// @param again whether the delivery says that it is not the first
  synchronized void receive(int number, boolean again, long nowNanos) {
    if (received.get(number)) {
      if (again) {
        flagged++;
      } else {
        silent++;
        repeated.set(number);
      }
    }
    received.set(number);
    longestSilenceNanos = Math.max(longestSilenceNanos, nowNanos - lastReceiveNanos);
    lastReceiveNanos = nowNanos;
  }

  /// Pauses are measured from here on; one that has begun already is counted from now.
  synchronized void mark(long nowNanos) {
    lastConfirmNanos = nowNanos;
    lastReceiveNanos = nowNanos;
    longestPauseNanos = 0;
    longestSilenceNanos = 0;
  }

  synchronized long confirmedCount() {
    return confirmed.cardinality();
  }

  synchronized long receivedCount() {
    return received.cardinality();
  }

  /// The longest time without a confirm since [#mark].
  synchronized long longestPauseNanos() {
    return longestPauseNanos;
  }

  /// The longest time without a delivery since [#mark].
  synchronized long longestSilenceNanos() {
    return longestSilenceNanos;
  }

  /// Whether every confirmed message was received.
  synchronized boolean settled() {
    return missing().isEmpty();
  }

  private BitSet missing() {
    var missing = (BitSet) confirmed.clone();
    missing.andNot(received);
    return missing;
  }

  /// @param added how many messages ever came into the queue, as the broker knows
  /// @param left how many are in it still
  synchronized Balance balance(long added, long left) {
    long twice = Math.max(0, added - left - received.cardinality());
    return new Balance(
        sent,
        confirmed.cardinality(),
        unknown,
        received.cardinality(),
        flagged,
        missing().cardinality(),
        twice,
        Math.max(0, silent - twice),
        first(missing()),
        first(repeated));
  }

  private static List<Integer> first(BitSet numbers) {
    return numbers.stream().limit(NUMBERS_MAX).boxed().toList();
  }
}
