package io.batonmq.seam;

import java.util.Optional;

/// A wait for a lock that needs no polling where the platform can block.
public interface LockWatch extends AutoCloseable {
  /// The lock, once it was granted; the caller then owns and closes it. Empty before, and after it was
  /// handed out.
  Optional<HeldLock> granted();

  /// Ends the wait; a lock granted later, or granted and not yet handed out, is given back at once.
  @Override
  void close();
}
