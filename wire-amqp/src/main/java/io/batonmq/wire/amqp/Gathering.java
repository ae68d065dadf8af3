package io.batonmq.wire.amqp;

import io.batonmq.message.Format;
import io.batonmq.message.Tail;
import io.batonmq.session.Output;
import org.jspecify.annotations.Nullable;

/// A delivery of a large message that came by another protocol: it is translated when all of it is here. It came in
/// one frame, so it is no larger than one.
final class Gathering {
  final Output.Delivered delivery;
  final Tail tail;
  private final Writer body = new Writer(1 << 10);
  int pieces;

  private Gathering(Output.Delivered delivery, Tail tail) {
    this.delivery = delivery;
    this.tail = tail;
  }

  /// Null for a delivery that needs none.
  static @Nullable Gathering of(Output.Delivered delivery) {
    Tail tail = delivery.message().tail();
    return tail == null || delivery.message().format() == Format.AMQP
        ? null
        : new Gathering(delivery, tail);
  }

  /// Whether a piece is the one that is waited for.
  boolean expects(Output.Fragment piece) {
    return piece.delivery() == delivery.delivery() && piece.index() == pieces;
  }

  /// Adds a piece; answers all of them when it was the last, else null.
  byte @Nullable [] add(byte[] piece) {
    body.raw(piece, 0, piece.length);
    pieces++;
    return body.size() < tail.bytes() ? null : body.array();
  }
}
