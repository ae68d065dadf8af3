package io.batonmq.server.admin;

/// Who may command this node, apart from those who hold the token of its run.
@FunctionalInterface
public interface AdminAuth {
  /// Whether this is a user who may, and its password. Called by any thread; may take its time, as
  /// only a few questions are asked at once.
  boolean check(String user, char[] password);
}
