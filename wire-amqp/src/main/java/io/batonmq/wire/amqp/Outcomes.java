package io.batonmq.wire.amqp;

import io.batonmq.queue.Disposition;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.messaging.Modified;
import org.apache.qpid.protonj2.types.messaging.Rejected;
import org.apache.qpid.protonj2.types.messaging.Released;
import org.apache.qpid.protonj2.types.transport.DeliveryState;
import org.jspecify.annotations.Nullable;

/// Outcomes of AMQP 1.0 §3.4 in the words of the queue.
final class Outcomes {
  private Outcomes() {}

  /// What became of a delivery, or null if its state is not an outcome. One that is settled without an
  /// outcome was not taken.
  static @Nullable Disposition disposition(@Nullable DeliveryState outcome, boolean settled) {
    return switch (outcome) {
      case Accepted _ -> Disposition.ACCEPTED;
      case Rejected _ -> Disposition.REJECTED;
      case Released _ -> Disposition.RELEASED;
      case Modified modified when modified.isUndeliverableHere() -> Disposition.UNDELIVERABLE;
      case Modified modified when modified.isDeliveryFailed() -> Disposition.FAILED;
      case Modified _ -> Disposition.RELEASED;
      case null, default -> settled ? Disposition.RELEASED : null;
    };
  }
}
