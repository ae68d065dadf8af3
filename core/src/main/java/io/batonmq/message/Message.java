package io.batonmq.message;

import org.jspecify.annotations.Nullable;

/// A message as it came. `bytes` are the sections that the broker forwards untouched (for AMQP:
/// message annotations, properties, application properties, body, footer, as received); the envelope
/// (AMQP header and delivery annotations) is taken off on arrival and made anew on delivery.
///
/// The array is shared, never copied and never written after construction.
///
/// @param format protocol whose encoding `bytes` has
/// @param durable whether the sender asked for it to survive the loss of the broker
/// @param priority 0 to 9, 4 unless the sender said otherwise
/// @param expiryMillis wall time after which nobody wants it, 0 for never
/// @param expiryRewritten whether that is the broker's word, and `bytes` may say otherwise
/// @param deliveryMillis wall time before which nobody sees it, 0 for at once
/// @param identity what recognises a resend of it, if the sender gave it any
/// @param groupId message group, if any
/// @param groupSequence position in the group; -1 closes it
/// @param bytes everything but the envelope; of a message that came in fragments only what stands before the body
/// @param tail the rest of a message that came in fragments; null for one that is here whole
/// @param repetition how it comes again after its delivery time; null if it does not
public record Message(
    Format format,
    boolean durable,
    int priority,
    long expiryMillis,
    boolean expiryRewritten,
    long deliveryMillis,
    @Nullable Identity identity,
    @Nullable String groupId,
    int groupSequence,
    byte[] bytes,
    @Nullable Tail tail,
    @Nullable Repetition repetition) {

  /// Priority of a message whose sender named none (JMS 3.1 §3.4.10, AMQP 1.0 §3.2.1).
  public static final int DEFAULT_PRIORITY = 4;

  public Message {
    if (priority < 0 || priority > 9) {
      throw new IllegalArgumentException("priority is 0 to 9, not " + priority);
    }
    if (expiryMillis < 0) {
      throw new IllegalArgumentException("expiry is not negative: " + expiryMillis);
    }
    if (deliveryMillis < 0) {
      throw new IllegalArgumentException("delivery time is not negative: " + deliveryMillis);
    }
    if (repetition != null && deliveryMillis == 0) {
      throw new IllegalArgumentException("what comes again has a time at which it comes first");
    }
  }

  /// A message that is here whole.
  public Message(
      Format format,
      boolean durable,
      int priority,
      long expiryMillis,
      boolean expiryRewritten,
      long deliveryMillis,
      @Nullable Identity identity,
      @Nullable String groupId,
      int groupSequence,
      byte[] bytes) {
    this(
        format,
        durable,
        priority,
        expiryMillis,
        expiryRewritten,
        deliveryMillis,
        identity,
        groupId,
        groupSequence,
        bytes,
        null,
        null);
  }

  /// A message that may be delivered at once, and whose bytes say when it expires.
  public Message(
      Format format,
      boolean durable,
      int priority,
      long expiryMillis,
      @Nullable Identity identity,
      @Nullable String groupId,
      int groupSequence,
      byte[] bytes) {
    this(
        format, durable, priority, expiryMillis, false, 0, identity, groupId, groupSequence, bytes);
  }

  /// The same, expiring when the broker says.
  public Message expiringAt(long millis) {
    return new Message(
        format,
        durable,
        priority,
        millis,
        true,
        deliveryMillis,
        identity,
        groupId,
        groupSequence,
        bytes,
        tail,
        repetition);
  }

  /// The same, not to be seen before a time.
  public Message deliveredFrom(long millis) {
    return new Message(
        format,
        durable,
        priority,
        expiryMillis,
        expiryRewritten,
        millis,
        identity,
        groupId,
        groupSequence,
        bytes,
        tail,
        repetition);
  }

  /// The same, of which nobody recognises a resend.
  public Message anonymous() {
    return new Message(
        format,
        durable,
        priority,
        expiryMillis,
        expiryRewritten,
        deliveryMillis,
        null,
        groupId,
        groupSequence,
        bytes,
        tail,
        repetition);
  }

  /// The same, followed by fragments.
  public Message with(Tail fragments) {
    return new Message(
        format,
        durable,
        priority,
        expiryMillis,
        expiryRewritten,
        deliveryMillis,
        identity,
        groupId,
        groupSequence,
        bytes,
        fragments,
        repetition);
  }

  /// The same, coming again.
  public Message repeated(Repetition how) {
    return new Message(
        format,
        durable,
        priority,
        expiryMillis,
        expiryRewritten,
        deliveryMillis,
        identity,
        groupId,
        groupSequence,
        bytes,
        tail,
        how);
  }

  /// What it takes of memory, in bytes.
  public int size() {
    return bytes.length;
  }

  /// What it takes of the log, and of the room that an address has, in bytes.
  public long length() {
    return bytes.length + (tail == null ? 0 : tail.bytes());
  }
}
