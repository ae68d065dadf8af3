package io.batonmq.wire.openwire;

/// Bytes, or a row of commands, that no OpenWire peer may send. It ends the connection that sent them, no
/// other, and costs no stack trace: a stranger can cause as many as they like.
final class Malformed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Malformed(String text) {
    super(text, null, false, false);
  }

  String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
