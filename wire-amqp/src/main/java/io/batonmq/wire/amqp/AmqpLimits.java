package io.batonmq.wire.amqp;

/// What a stranger may choose, and how much of it.
///
/// @param saslFrameBytes largest frame before authentication (AMQP 1.0 §5.3.1 says 512)
/// @param frameBytes largest frame after it; told to the peer in Open
/// @param messageBytes largest message; told to the peer in Attach
/// @param wholeBytes of a message that are kept in memory until its last frame has come; of a larger one only what
///     stands before its body, and that has no more
/// @param partialBytes of messages whose last frame has not come yet, per connection
/// @param sessions per connection
/// @param links per session
/// @param transactions open at once, per connection
/// @param unsettled deliveries that one consuming link may leave unsettled
/// @param window deliveries that the broker may send ahead of what the peer has taken, per link
/// @param windowBytes the same in bytes, judged by the messages seen last
/// @param nameBytes of a container id, link name or address
/// @param filterBytes of a selector; one that the broker finds too long costs its link, a longer one the
///     connection
/// @param authenticateMillis time to authenticate and open
/// @param idleMillis time without a frame after which a peer is gone; it is told half of it
/// @param closeMillis time that a peer has to answer a Close
public record AmqpLimits(
    int saslFrameBytes,
    int frameBytes,
    long messageBytes,
    int wholeBytes,
    int partialBytes,
    int sessions,
    int links,
    int transactions,
    int unsettled,
    int window,
    int windowBytes,
    int nameBytes,
    int filterBytes,
    int authenticateMillis,
    int idleMillis,
    int closeMillis) {

  /// Smallest frame size that a peer may ask for (AMQP 1.0 §2.7.1).
  static final int FRAME_BYTES_MIN = 512;

  public AmqpLimits {
    if (saslFrameBytes < FRAME_BYTES_MIN || frameBytes < FRAME_BYTES_MIN) {
      throw new IllegalArgumentException("a frame has at least 512 bytes");
    }
    if (sessions < 1 || sessions > 65536 || links < 1 || window < 1 || unsettled < 1) {
      throw new IllegalArgumentException("nobody can work with nothing");
    }
  }

  /// What a broker uses whose owner chose nothing.
  public static AmqpLimits standard() {
    return new AmqpLimits(
        4 << 10,
        1 << 20,
        (1L << 30) + (1 << 20),
        1 << 20,
        16 << 20,
        256,
        4096,
        1024,
        20_000,
        256,
        2 << 20,
        2048,
        64 << 10,
        10_000,
        60_000,
        2_000);
  }

  /// The same with another limit for messages.
  public AmqpLimits withMessageBytes(long bytes) {
    return new AmqpLimits(
        saslFrameBytes,
        frameBytes,
        bytes,
        wholeBytes,
        partialBytes,
        sessions,
        links,
        transactions,
        unsettled,
        window,
        windowBytes,
        nameBytes,
        filterBytes,
        authenticateMillis,
        idleMillis,
        closeMillis);
  }

  /// The same with another limit for what is kept whole.
  public AmqpLimits withWholeBytes(int bytes) {
    return new AmqpLimits(
        saslFrameBytes,
        frameBytes,
        messageBytes,
        bytes,
        partialBytes,
        sessions,
        links,
        transactions,
        unsettled,
        window,
        windowBytes,
        nameBytes,
        filterBytes,
        authenticateMillis,
        idleMillis,
        closeMillis);
  }
}
