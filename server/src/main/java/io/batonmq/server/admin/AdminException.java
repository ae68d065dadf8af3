package io.batonmq.server.admin;

import java.io.IOException;

/// Why a node did not do or tell what it was asked.
public final class AdminException extends IOException {
  /// What to make of it.
  public enum Kind {
    /// Nobody listens there.
    UNREACHABLE,
    /// Whether somebody listens there is not known: its host is not found, or what was begun broke off.
    LOST,
    /// Somebody listens, and does not answer in time.
    SILENT,
    /// The user or the token is not accepted.
    DENIED,
    /// The node will not, and the message says why.
    REFUSED,
    /// The answer is not one of a node.
    STRANGE
  }

  private final Kind kind;

  AdminException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
