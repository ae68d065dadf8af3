package io.batonmq.session;

import io.batonmq.broker.Refusal;
import io.batonmq.seam.Now;
import java.nio.ByteBuffer;

/// One connection's protocol: bytes and outputs in, bytes (by [Line]) and commands (by [Gateway]) out.
///
/// It does no I/O, has no thread and reads no clock. Every call comes from the one thread that owns the
/// connection; none of them throws, whatever the bytes are.
public interface WireEngine {
  /// An answer of [#tick] that asks for no further call.
  long NEVER = Long.MAX_VALUE;

  /// Takes all remaining bytes, which it does not keep. After [Gateway#submit] has answered false, time
  /// without bytes is not the peer's fault; an empty buffer says that reading goes on.
  void receive(ByteBuffer bytes, Now now);

  /// Takes what the broker says. The shell brings it here from the [Outlet].
  void emit(Output output, Now now);

  /// The line has room again.
  void writable(Now now);

  /// Does what is due.
  ///
  /// @return the monotonic time by which it wants to be called again, or [#NEVER]. It is asked anew
  ///     after every other call.
  long tick(Now now);

  /// Tells the peer that the connection ends, and why; the line is closed soon after.
  void end(Refusal refusal, Now now);

  /// The transport is gone. The last call.
  void lost(Now now);
}
