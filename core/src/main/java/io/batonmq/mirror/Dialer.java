package io.batonmq.mirror;

/// How a standby reaches an active node.
public interface Dialer {
  /// Connects, and proves to each side who the other is; blocks for a bounded time.
  ///
  /// @param address `host:port`
  /// @throws DialException if nobody is there, or not who should be
  Link dial(String address, Receiver receiver);

  /// Nobody is there, or not who should be.
  final class DialException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DialException(String message) {
      super(message);
    }
  }
}
