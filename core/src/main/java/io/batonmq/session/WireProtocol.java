package io.batonmq.session;

import io.batonmq.seam.Now;
import java.nio.ByteBuffer;

/// A protocol that an acceptor speaks.
public interface WireProtocol {
  /// Whether the first bytes of a connection are of a protocol.
  enum Match {
    YES,
    NO,
    /// Not to be told yet.
    MORE
  }

  /// Name for logs.
  String name();

  /// Looks at the first bytes without consuming them. With [#FIRST_BYTES] of them the answer is
  /// never [Match#MORE].
  Match match(ByteBuffer first);

  /// Number of bytes that suffice to tell the protocols apart.
  int FIRST_BYTES = 8;

  /// Begins a connection. The bytes looked at are given to the engine too.
  WireEngine open(Wiring wiring, Now now);
}
