package io.batonmq.server.admin;

/// Who may command this node, apart from those who hold the token of its run.
@FunctionalInterface
public interface AdminAuth {
  /// What is known of somebody.
  enum Standing {
    /// A user who may.
    ADMITTED,
    /// A user with the right password, who lacks the role.
    LACKS_ROLE,
    /// No such user, or another password.
    UNKNOWN
  }

  /// What this user may, if this is its password. Called by any thread; may take its time, as only a few
  /// questions are asked at once.
  Standing check(String user, char[] password);
}
