package io.batonmq.server.config;

import io.batonmq.server.config.Cluster.Connection;
import io.batonmq.server.config.Cluster.Credentials;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Binds `cluster-user`, `cluster-password` and `cluster-connections`.
final class ClusterBinder {
  private static final Vocabulary CONNECTIONS =
      new Vocabulary().missing("write a cluster-connection element", "cluster-connection-uri");

  private static final Setting<String> NAME =
      Setting.of("name", Values.TEXT, "Its name.").asAttribute();
  private static final Setting<String> REFERENCE =
      Setting.of(
          "connector-ref",
          Values.TEXT,
          "The connector under which others reach this node. It has to be there.");

  /// Under `core`.
  static final Setting<String> USER =
      Setting.of("cluster-user", Values.TEXT, "The name that the nodes of a pair share.");

  /// Under `core`.
  static final Setting<String> PASSWORD =
      Setting.of("cluster-password", Values.TEXT, "Its password, plain; `ENC(…)` is refused.");

  private static final Vocabulary CONNECTION =
      new Vocabulary()
          .honouring(NAME, REFERENCE)
          .missing("nodes are not discovered: use static-connectors", "discovery-group-ref")
          .harmless(
              "one node of a pair is active: there is nothing to balance",
              "address",
              "max-hops",
              "message-load-balancing",
              "producer-window-size",
              "use-duplicate-detection")
          .harmless(
              "nodes watch each other through the store",
              "call-failover-timeout",
              "call-timeout",
              "check-period",
              "client-id",
              "confirmation-window-size",
              "connection-ttl",
              "initial-connect-attempts",
              "max-retry-interval",
              "min-large-message-size",
              "notification-attempts",
              "notification-interval",
              "reconnect-attempts",
              "retry-interval",
              "retry-interval-multiplier",
              "topology-scanner-attempts");

  private static final Vocabulary STATIC =
      new Vocabulary()
          .harmless("nodes watch each other through the store", "allow-direct-connections-only");

  static final List<Section> SECTIONS =
      List.of(
          new Section("core/cluster-connections", "", CONNECTIONS),
          new Section(
              "core/cluster-connections/cluster-connection",
              "How nodes find each other, and what clients are told of the pair; usually there is"
                  + " one. `<static-connectors>` holds a `<connector-ref>` for each other node.",
              CONNECTION),
          new Section("core/cluster-connections/cluster-connection/static-connectors", "", STATIC));

  private ClusterBinder() {}

  static Cluster bind(Binding core, Map<String, Connector> connectors) {
    var connections = new ArrayList<Connection>();
    core.child("cluster-connections")
        .ifPresent(list -> {
          for (var element : list.children("cluster-connection")) {
            connection(element, connectors).ifPresent(connections::add);
          }
          list.rest(CONNECTIONS);
        });
    return new Cluster(credentials(core), connections);
  }

  private static Optional<Credentials> credentials(Binding core) {
    var userElement = core.child(USER.name());
    var passwordElement = core.child(PASSWORD.name());
    var user = core.optional(USER);
    var password = core.optional(PASSWORD);
    if (userElement.isPresent() != passwordElement.isPresent()) {
      userElement
          .or(() -> passwordElement)
          .ifPresent(one -> one.error("needs both cluster-user and cluster-password"));
    }
    if (password.filter(text -> text.startsWith("ENC(")).isPresent()) {
      passwordElement.ifPresent(element ->
          element.error("is masked, which is not read: write it plain, in a file of mode 600"));
    }
    return user.flatMap(name -> password.map(secret -> new Credentials(name, secret)));
  }

  private static Optional<Connection> connection(
      Binding element, Map<String, Connector> connectors) {
    var name = element.required(NAME);
    var reference = element.child(REFERENCE.name());
    if (reference.isEmpty()) {
      element.error("needs a connector-ref: the connector under which others reach this node");
    }
    var own = reference.flatMap(ref -> connector(ref, connectors));
    var peers = new ArrayList<Connector>();
    element
        .child("static-connectors")
        .ifPresent(list -> {
          for (var ref : list.children("connector-ref")) {
            connector(ref, connectors).ifPresent(peers::add);
          }
          list.rest(STATIC);
        });
    element.rest(CONNECTION);
    return name.flatMap(named -> own.map(connector -> new Connection(named, connector, peers)));
  }

  private static Optional<Connector> connector(Binding ref, Map<String, Connector> connectors) {
    var name = ref.text(REFERENCE.kind());
    name.filter(unknown -> !connectors.containsKey(unknown))
        .ifPresent(unknown ->
            ref.unknown("no connector is named " + unknown, unknown, connectors.keySet()));
    return name.map(connectors::get);
  }
}
