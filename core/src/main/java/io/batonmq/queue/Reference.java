package io.batonmq.queue;

/// What a queue knows about one of its messages, unpacked. The body is elsewhere.
///
/// @param key sequence and priority, see [Keys]
/// @param position of the record that holds the body; negative for a body that is in memory only
/// @param size bytes of that record (of the body, if it is in memory only)
/// @param out whether a consumer has it, or had it when its node was lost
/// @param durable whether the log knows of this reference
/// @param redelivered whether it may have been delivered before
/// @param deliveryCount attempts that failed, or whose fate nobody knows
/// @param expiry when nobody wants it any more, in [#EXPIRY_UNIT_MILLIS] rounded up; 0 for never
/// @param origin number of the place that it was moved or diverted from, 0 for none
/// @param expired whether it was moved because it expired
public record Reference(
    long key,
    long position,
    int size,
    boolean out,
    boolean durable,
    boolean redelivered,
    int deliveryCount,
    long expiry,
    int origin,
    boolean expired) {

  /// Grain of [#expiry]. The exact time is in the message's record; this one finds what may be due.
  public static final long EXPIRY_UNIT_MILLIS = 256;

  /// Largest value of [#size]: 30 bits.
  public static final int SIZE_MAX = (1 << 30) - 1;

  /// Delivery counts stay here when they arrive here.
  public static final int DELIVERY_COUNT_MAX = (1 << 10) - 1;

  /// Largest value of [#origin].
  public static final int ORIGIN_MAX = (1 << 16) - 1;

  static final long EXPIRY_MAX = (1L << 34) - 1;

  public Reference {
    if (key < 0 || Keys.priority(key) >= Keys.PRIORITIES) {
      throw new IllegalArgumentException("key of a reference: " + key);
    }
    if (size < 0 || size > SIZE_MAX) {
      throw new IllegalArgumentException("size of a reference: " + size);
    }
    if (origin < 0 || origin > ORIGIN_MAX) {
      throw new IllegalArgumentException("origin of a reference: " + origin);
    }
    if (deliveryCount < 0 || deliveryCount > DELIVERY_COUNT_MAX) {
      throw new IllegalArgumentException("delivery count of a reference: " + deliveryCount);
    }
    if (expiry < 0 || expiry > EXPIRY_MAX) {
      throw new IllegalArgumentException("expiry of a reference: " + expiry);
    }
  }

  /// A message that has just come.
  public static Reference fresh(
      long key, long position, int size, boolean durable, long expiryMillis) {
    return new Reference(
        key, position, size, false, durable, false, 0, expiryOf(expiryMillis), 0, false);
  }

  /// The same body under a new name in another queue: attempts are forgotten, and it does not expire
  /// a second time.
  public Reference moved(long newKey, int newOrigin, boolean becauseExpired) {
    return new Reference(
        newKey, position, size, false, durable, false, 0, 0, newOrigin, becauseExpired);
  }

  /// A copy that came from elsewhere.
  public Reference from(int newOrigin) {
    return new Reference(
        key, position, size, out, durable, redelivered, deliveryCount, expiry, newOrigin, expired);
  }

  /// The same body under a new name in the same queue, which nobody has tried.
  public Reference again(long newKey) {
    return new Reference(newKey, position, size, false, durable, false, 0, expiry, origin, expired);
  }

  /// The same with a higher sequence.
  public Reference later(long more) {
    return new Reference(
        Keys.of(sequence() + more, priority()),
        position,
        size,
        out,
        durable,
        redelivered,
        deliveryCount,
        expiry,
        origin,
        expired);
  }

  /// Whether its time is surely over; within [#EXPIRY_UNIT_MILLIS] after it, that is not said yet.
  public boolean due(long wallMillis) {
    return expiry != 0 && expiry * EXPIRY_UNIT_MILLIS <= wallMillis;
  }

  public long sequence() {
    return Keys.sequence(key);
  }

  public int priority() {
    return Keys.priority(key);
  }

  /// The unit in which an expiry lies, rounded up so that nothing is found due too early.
  public static long expiryOf(long millis) {
    if (millis <= 0) {
      return 0;
    }
    if (millis >= EXPIRY_MAX * EXPIRY_UNIT_MILLIS) {
      return EXPIRY_MAX;
    }
    return (millis + EXPIRY_UNIT_MILLIS - 1) / EXPIRY_UNIT_MILLIS;
  }
}
