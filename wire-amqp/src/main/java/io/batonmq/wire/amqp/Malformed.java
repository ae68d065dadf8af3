package io.batonmq.wire.amqp;

import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.ConnectionError;

/// Bytes that are not what the specification says. It ends the connection that sent them, no other, and
/// costs no stack trace: a stranger can cause as many as they like.
final class Malformed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Symbol condition;

  private Malformed(Symbol condition, String text) {
    super(text, null, false, false);
    this.condition = condition;
  }

  /// The type encoding is broken (AMQP 1.0 §2.8.15).
  static Malformed decode(String text) {
    return new Malformed(AmqpError.DECODE_ERROR, text);
  }

  /// The framing is broken (§2.8.16).
  static Malformed framing(String text) {
    return new Malformed(ConnectionError.FRAMING_ERROR, text);
  }

  /// A value is well encoded and makes no sense.
  static Malformed field(String text) {
    return new Malformed(AmqpError.INVALID_FIELD, text);
  }

  /// More than a limit allows.
  static Malformed limit(String text) {
    return new Malformed(AmqpError.RESOURCE_LIMIT_EXCEEDED, text);
  }

  static Malformed of(Symbol condition, String text) {
    return new Malformed(condition, text);
  }

  Symbol condition() {
    return condition;
  }

  String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
