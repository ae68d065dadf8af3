package io.batonmq.server.config;

import java.nio.file.Path;
import java.time.Duration;

/// Whether this node is one of several that take over from each other, and by which store.
public sealed interface HaPolicy {

  /// Alone: the lock of its directory only keeps a second process out.
  record Single() implements HaPolicy {}

  /// One of several nodes over one directory.
  ///
  /// @param failoverOnShutdown whether a clean stop hands over to a waiting node
  /// @param allowFailback whether this node, a backup that is active, hands back to a primary that
  ///   is there again; a primary never does
  /// @param failoverStallTimeout how long the active's heart may stand still before it is replaced
  ///   although it keeps its lock
  record SharedStore(
      Role role, boolean failoverOnShutdown, boolean allowFailback, Duration failoverStallTimeout)
      implements HaPolicy {}

  /// One of several nodes, each with a directory of its own.
  ///
  /// @param role as in a shared store
  /// @param allowFailback as in a shared store
  /// @param failoverStallTimeout silence after which the other is lost
  /// @param group name that the nodes of a pair share
  /// @param arbiter directory that all of them reach, where it is written who is active and who is in sync
  /// @param minimumInSync how many nodes have to have a message before it is confirmed: 1 lets the last one go on alone
  record Replicated(
      Role role,
      boolean allowFailback,
      Duration failoverStallTimeout,
      String group,
      Path arbiter,
      int minimumInSync)
      implements HaPolicy {}

  /// What a node is configured to be; which one is active shows at run time only.
  enum Role {
    /// Also written `master`.
    PRIMARY,
    /// Also written `slave`.
    BACKUP
  }
}
