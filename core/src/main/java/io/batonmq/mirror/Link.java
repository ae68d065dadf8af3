package io.batonmq.mirror;

import java.nio.ByteBuffer;

/// A way to one other node, made by the shell. Frames arrive whole and in the order in which they were sent, or the
/// link is lost.
public interface Link {
  /// Longest frame, in bytes.
  int FRAME_MAX = 1 << 20;

  /// Hands a frame over, whose remaining bytes belong to the link from here on. Never blocks; does nothing once the link
  /// is lost.
  void send(ByteBuffer frame);

  /// Bytes that were handed over and have not left this node yet.
  default long pending() {
    return 0;
  }

  /// Ends it. Idempotent.
  void close();
}
