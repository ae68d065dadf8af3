package io.batonmq.wire.amqp;

import io.batonmq.broker.Refusal;
import org.jspecify.annotations.Nullable;

/// One link of a connection, from the peer's Attach to its Detach.
sealed interface AmqpLink permits IncomingLink, OutgoingLink, CoordinatorLink {
  /// Its number towards the broker.
  int number();

  /// The broker would not open it: Attach without the terminus that was asked for, then Detach with the
  /// error (AMQP 1.0 §2.6.3).
  void refused(Refusal refusal);

  /// The broker closed it, because the peer did (no refusal) or for a reason of its own.
  void closed(@Nullable Refusal refusal);

  /// The peer is about to be heard detaching. Before an answer from the broker, the link is attached
  /// first: the engine answers no Detach of a link that it has not attached.
  void detaching();

  /// The peer detached.
  void detached(boolean closed);

  /// Its session is gone.
  void ended();
}
