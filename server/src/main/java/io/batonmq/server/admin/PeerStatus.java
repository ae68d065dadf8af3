package io.batonmq.server.admin;

import java.util.List;

/// Another node at the same store, as it says itself.
///
/// @param id of its process
/// @param configured `primary` or `backup`
/// @param role `standby`, `promoting`, `active` or `fenced`
/// @param applied position up to which it has the log
/// @param fresh whether it was seen to move lately; one that only holds its lock may be hung
public record PeerStatus(
    String id,
    String node,
    String configured,
    String role,
    List<String> connectors,
    String version,
    long applied,
    boolean fresh) {
  public PeerStatus {
    connectors = List.copyOf(connectors);
  }
}
