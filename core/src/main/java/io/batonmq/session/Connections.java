package io.batonmq.session;

import io.batonmq.broker.Limits;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The peers that are connected, and the client ids that one of them has to itself.
final class Connections {
  /// What an earlier connection of a peer is told.
  static final Refusal AGAIN = new Refusal(Reason.IN_USE, "the client has connected again");

  /// Nobody closes another user's connection by saying its name.
  private record Peer(String principalName, String peer) {}

  private final Limits limits;
  private final Map<Long, Connection> connections = new LinkedHashMap<>();
  private final Map<String, Connection> clientIds = new HashMap<>();
  private final Map<Peer, Connection> peers = new HashMap<>();

  Connections(Limits limits) {
    this.limits = limits;
  }

  @Nullable Connection get(long id) {
    return connections.get(id);
  }

  /// In the order in which they came.
  Collection<Connection> all() {
    return connections.values();
  }

  int size() {
    return connections.size();
  }

  /// The connection that the same peer of the same user has; null if it has none.
  @Nullable Connection before(Command.Connect command) {
    return command.peer() == null
        ? null
        : peers.get(new Peer(command.principal().name(), command.peer()));
  }

  /// Why a peer must not connect; null if it may.
  @Nullable Refusal refusal(Command.Connect command) {
    if (connections.containsKey(command.connection())) {
      throw new IllegalStateException("connection " + command.connection() + " connects twice");
    }
    if (connections.size() >= limits.connectionsMax()) {
      return new Refusal(
          Reason.LIMIT_REACHED, "there are " + limits.connectionsMax() + " connections already");
    }
    if (command.clientId().length() > limits.nameMax()
        || (command.peer() != null && command.peer().length() > limits.nameMax())) {
      return new Refusal(
          Reason.INVALID, "a client id has more than " + limits.nameMax() + " characters");
    }
    if (command.exclusiveClientId() && clientIds.containsKey(command.clientId())) {
      return new Refusal(
          Reason.IN_USE,
          "the client id " + command.clientId() + " is in use by another connection");
    }
    return null;
  }

  void add(Connection connection) {
    connections.put(connection.id, connection);
    if (connection.exclusiveClientId) {
      clientIds.put(connection.clientId, connection);
    }
    if (connection.peer != null) {
      peers.put(new Peer(connection.principal.name(), connection.peer), connection);
    }
  }

  void remove(Connection connection) {
    connections.remove(connection.id);
    if (connection.exclusiveClientId) {
      clientIds.remove(connection.clientId, connection);
    }
    if (connection.peer != null) {
      peers.remove(new Peer(connection.principal.name(), connection.peer), connection);
    }
  }

  /// The links that may send something now.
  List<ProducerLink> withCredit() {
    List<ProducerLink> links = new ArrayList<>();
    for (Connection connection : connections.values()) {
      for (Link link : connection.links.values()) {
        if (link instanceof ProducerLink producer && producer.credit > 0) {
          links.add(producer);
        }
      }
    }
    return links;
  }

  void clear() {
    connections.clear();
    clientIds.clear();
    peers.clear();
  }

  List<String> remoteAddresses() {
    List<String> addresses = new ArrayList<>();
    connections.values().forEach(connection -> addresses.add(connection.remoteAddress));
    return addresses;
  }
}
