package io.batonmq.mirror;

import java.util.List;

/// How a node takes part in a replicated pair.
///
/// @param cluster name that the nodes of the pair have in common
/// @param node id of this instance, which no other has
/// @param name for people
/// @param addresses by which the other nodes reach this one, `host:port`
/// @param peers by which this one reaches the others
/// @param primary whether it may be the first that is ever active
/// @param headStartNanos how long a standby that has lost its active waits before it asks for the baton. The active
///     does not wait: so a cable that is cut costs no take-over
/// @param stallNanos silence after which the other is lost
/// @param nodesMin how many nodes, the active among them, have to have what is confirmed
public record AccordSettings(
    String cluster,
    String node,
    String name,
    List<String> addresses,
    List<String> peers,
    boolean primary,
    long headStartNanos,
    long stallNanos,
    int nodesMin) {
  public AccordSettings {
    addresses = List.copyOf(addresses);
    peers = List.copyOf(peers);
    if (nodesMin < 1 || nodesMin > Reign.NODES_MAX) {
      throw new IllegalArgumentException("1 to " + Reign.NODES_MAX + " nodes, not " + nodesMin);
    }
  }
}
