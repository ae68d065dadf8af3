package io.batonmq.server.config;

import java.util.List;
import java.util.Optional;

/// How the nodes of a pair know and trust each other.
///
/// @param credentials what nodes show each other; absent where the file has none
/// @param connections usually one
public record Cluster(Optional<Credentials> credentials, List<Connection> connections) {
  public Cluster {
    connections = List.copyOf(connections);
  }

  /// The address under which this node presents itself to the others and, through them, to clients.
  public Optional<Connector> announced() {
    return connections.stream().map(Connection::own).findFirst();
  }

  /// The nodes named in the file, to be tried first.
  public List<Connector> peers() {
    return connections.stream()
        .flatMap(connection -> connection.peers().stream())
        .distinct()
        .toList();
  }

  /// One `cluster-connection`.
  ///
  /// @param own this node's connector
  /// @param peers the static connectors
  public record Connection(String name, Connector own, List<Connector> peers) {
    public Connection {
      peers = List.copyOf(peers);
    }
  }

  /// The cluster user; never printed.
  public record Credentials(String user, String password) {
    @Override
    public String toString() {
      return "Credentials[" + user + "]";
    }
  }
}
