package io.batonmq.session;

import java.nio.ByteBuffer;

/// The way out of a connection, as its engine sees it. Used by the connection's thread only.
public interface Line {
  /// Queues bytes to be sent, in order. The remaining bytes are the line's from now on and are never
  /// written to again. They leave when the call into the engine that wrote them has returned.
  void write(ByteBuffer bytes);

  /// Whether little enough waits to be sent. While it is false an engine sends only what it must;
  /// [WireEngine#writable] is called when it turns true.
  boolean writable();

  /// Whether more is to be read from the peer: an engine that has to wait for the broker before it goes on
  /// stops its peer so. What was read already still comes, by [WireEngine#receive].
  void reading(boolean on);

  /// Ends the transport, after what was written has been handed to it.
  ///
  /// @param reason for the log; empty where the peer wished it
  void close(String reason);
}
