package io.batonmq.server.admin;

import java.util.List;

/// One node at one moment.
///
/// @param node its name
/// @param version of the software
/// @param configured `primary` or `backup`; `single` where it is alone
/// @param role `standby`, `promoting`, `active` or `fenced`
/// @param epoch that the role is about
/// @param active name of the node that has the baton, as far as this one knows; empty if none
/// @param nobody why nobody has it, where this one knows that, or, of the node that has it, why no client can come
///   in; empty if neither is so
/// @param replication which nodes have what is confirmed, and which are catching up; empty where all have one store
/// @param committed position up to which the log is safe
/// @param applied position up to which this node has it
/// @param connectors addresses that clients are told, `host:port`
/// @param peers other nodes at the same store
/// @param receipts of the last hand-overs, newest first
/// @param pid of its process
public record NodeStatus(
    String node,
    String version,
    String configured,
    String role,
    long epoch,
    String active,
    String nobody,
    String replication,
    long committed,
    long applied,
    List<String> connectors,
    List<PeerStatus> peers,
    List<ReceiptView> receipts,
    long uptimeMillis,
    long pid) {
  public NodeStatus {
    connectors = List.copyOf(connectors);
    peers = List.copyOf(peers);
    receipts = List.copyOf(receipts);
  }
}
