package io.batonmq.session;

import io.batonmq.queue.Keys;
import java.util.Arrays;

/// The deliveries of one link that are not settled, by their numbers: a ring from the oldest of them to
/// the newest delivery. An acknowledgement inside an open transaction is remembered here, because until
/// the commit the delivery is neither settled nor to be given to anybody else.
final class Outstanding {
  /// Numbers between the oldest unsettled delivery and the newest, at most: 8 MiB.
  private static final int SPAN_MAX = 1 << 20;

  private long[] keys = new long[64];
  private long first;
  private long next;
  private int count;
  private int held;

  Outstanding() {
    Arrays.fill(keys, Keys.NONE);
  }

  /// Unsettled deliveries, those acknowledged in an open transaction too.
  int count() {
    return count;
  }

  /// Unsettled deliveries that no transaction has.
  int openCount() {
    return count - held;
  }

  /// Whether one more fits.
  boolean hasRoom() {
    return next - first < SPAN_MAX;
  }

  /// The number that the next delivery has.
  long next() {
    return next;
  }

  /// Deliveries before this one are settled.
  long first() {
    return first;
  }

  /// Adds a delivery and answers its number.
  long add(long key) {
    if (next - first == keys.length) {
      widen();
    }
    keys[slot(next)] = key;
    count++;
    return next++;
  }

  /// Counts a delivery that was settled when it was made.
  long addSettled() {
    if (next - first == keys.length) {
      widen();
    }
    keys[slot(next)] = Keys.NONE;
    long delivery = next++;
    forward();
    return delivery;
  }

  /// The key of an unsettled delivery that no transaction has, or [Keys#NONE].
  long key(long delivery) {
    if (delivery < first || delivery >= next) {
      return Keys.NONE;
    }
    long key = keys[slot(delivery)];
    return key >= 0 ? key : Keys.NONE;
  }

  void settle(long delivery) {
    if (keys[slot(delivery)] < Keys.NONE) {
      held--;
    }
    keys[slot(delivery)] = Keys.NONE;
    count--;
    forward();
  }

  /// A transaction takes a delivery. Keys are below 2^62, so that the mark is never [Keys#NONE].
  void hold(long delivery) {
    keys[slot(delivery)] = -2 - key(delivery);
    held++;
  }

  /// A transaction gives a delivery back.
  void restore(long delivery) {
    keys[slot(delivery)] = -2 - keys[slot(delivery)];
    held--;
  }

  private void forward() {
    while (first < next && keys[slot(first)] == Keys.NONE) {
      first++;
    }
  }

  private int slot(long delivery) {
    return (int) delivery & (keys.length - 1);
  }

  private void widen() {
    long[] wider = new long[keys.length * 2];
    Arrays.fill(wider, Keys.NONE);
    for (long delivery = first; delivery < next; delivery++) {
      wider[(int) delivery & (wider.length - 1)] = keys[slot(delivery)];
    }
    keys = wider;
  }
}
