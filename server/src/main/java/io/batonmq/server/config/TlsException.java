package io.batonmq.server.config;

import java.io.IOException;
import java.io.Serial;

/// A file of keys or certificates that cannot be used; the message says why, and never what a password is.
public final class TlsException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /// What of the configuration is to be changed.
  public enum Part {
    KEY_STORE,
    KEY_STORE_PASSWORD,
    KEY_PASSWORD,
    KEY_ALIAS,
    TRUST_STORE,
    TRUST_STORE_PASSWORD
  }

  private final Part part;

  TlsException(Part part, String message) {
    super(message);
    this.part = part;
  }

  /// What of the configuration is to be changed.
  public Part part() {
    return part;
  }
}
