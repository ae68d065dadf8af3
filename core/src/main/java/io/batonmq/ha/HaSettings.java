package io.batonmq.ha;

import java.util.List;

/// How a node takes part in a pair.
///
/// @param node name of the node, for people
/// @param role what it is configured as
/// @param failoverOnShutdown whether a clean stop passes the baton on
/// @param allowFailback whether a backup that is active hands over to a primary that has come back
/// @param stallNanos a heart that has not beaten for so long is hung; `failover-stall-timeout`
/// @param connectors addresses of this node that clients are told, `host:port`
/// @param version of the software
/// @param process where its process is, for others on the same machine, in words of the shell's own; may be empty
public record HaSettings(
    String node,
    Configured role,
    boolean failoverOnShutdown,
    boolean allowFailback,
    long stallNanos,
    List<String> connectors,
    String version,
    String process) {

  public static final long STALL_NANOS_DEFAULT = 10_000_000_000L;

  public HaSettings {
    connectors = List.copyOf(connectors);
  }

  /// One whose process nobody asks for.
  public HaSettings(
      String node,
      Configured role,
      boolean failoverOnShutdown,
      boolean allowFailback,
      long stallNanos,
      List<String> connectors,
      String version) {
    this(node, role, failoverOnShutdown, allowFailback, stallNanos, connectors, version, "");
  }

  /// What a node is configured as.
  public enum Configured {
    /// Has the baton whenever it can.
    PRIMARY,
    /// Has it while no primary can.
    BACKUP
  }
}
