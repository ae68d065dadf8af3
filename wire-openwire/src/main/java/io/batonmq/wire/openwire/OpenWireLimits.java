package io.batonmq.wire.openwire;

/// What a stranger may choose, and how much of it.
///
/// @param firstFrameBytes largest frame before the peer is let in
/// @param frameBytes largest frame after that; told to the peer
/// @param fragmentBytes of a body; a larger one goes on to the broker, and comes from it, in pieces of this size
/// @param recallBytes of structures that a peer may give numbers to
/// @param waitingBytes of frames that may wait until an earlier one has its answer; then nothing is read
/// @param consumers, producers, temporaries of one connection
/// @param transactions open at once, per connection
/// @param window deliveries that the broker may send ahead of what the line has taken, per consumer
/// @param windowBytes the same in bytes, judged by the messages seen last
/// @param compositeMax destinations in one
/// @param handshakeMillis time until the peer has introduced itself
/// @param idleMillis time without a frame after which a peer is gone, unless it asks for less
public record OpenWireLimits(
    int firstFrameBytes,
    int frameBytes,
    int fragmentBytes,
    int recallBytes,
    int waitingBytes,
    int consumers,
    int producers,
    int temporaries,
    int transactions,
    int window,
    int windowBytes,
    int compositeMax,
    int handshakeMillis,
    int idleMillis) {

  public OpenWireLimits {
    if (frameBytes < firstFrameBytes || firstFrameBytes < 1_024) {
      throw new IllegalArgumentException("nobody can introduce itself in so little");
    }
    if (window < 1 || fragmentBytes < 1) {
      throw new IllegalArgumentException("nobody can work with nothing");
    }
  }

  /// What a broker uses whose owner chose nothing; 100 MiB a frame is what ActiveMQ allows by itself.
  public static OpenWireLimits standard() {
    return new OpenWireLimits(
        64 << 10, 100 << 20, 256 << 10, 4 << 20, 1 << 20, 4_096, 8_192, 4_096, 256, 1_024, 2 << 20,
        64, 10_000, 30_000);
  }
}
