package io.batonmq.server.node;

import io.batonmq.server.config.Acceptor;
import io.batonmq.server.config.BrokerConfig;
import io.batonmq.server.config.Connector;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Places where clients find a node, as nodes tell them to each other: `host:port`, with `ssl://` before it where TLS
/// is spoken. A client is told of places of the kind that it came by, and of no others: it has no certificates for a
/// port with TLS, or was not to speak without.
final class Places {
  private static final String TLS = "ssl://";
  private static final Set<String> EVERY_ADDRESS = Set.of("0.0.0.0", "::", "[::]", "");

  private Places() {}

  /// Of this node: the connector that it is announced by, and its first port of the other kind.
  static List<String> of(BrokerConfig config) {
    List<String> places = new ArrayList<>();
    config
        .cluster()
        .announced()
        .ifPresent(own -> {
          places.add(of(own));
          config.acceptors().stream()
              .filter(acceptor -> acceptor.tls().isPresent() != own.tls() && acceptor.port() > 0)
              .findFirst()
              .map(acceptor -> other(own, acceptor))
              .ifPresent(places::add);
        });
    return places;
  }

  private static String other(Connector own, Acceptor acceptor) {
    String host = EVERY_ADDRESS.contains(acceptor.host()) ? own.host() : acceptor.host();
    return of(new Connector(acceptor.name(), host, acceptor.port(), acceptor.tls().isPresent()));
  }

  static String of(Connector connector) {
    return (connector.tls() ? TLS : "") + connector.host() + ":" + connector.port();
  }

  static boolean isTls(String place) {
    return place.startsWith(TLS);
  }

  /// `host:port`.
  static String address(String place) {
    return isTls(place) ? place.substring(TLS.length()) : place;
  }

  static String host(String place) {
    String address = address(place);
    return address.substring(0, address.lastIndexOf(':'));
  }

  static int port(String place) {
    return Integer.parseInt(place.substring(place.lastIndexOf(':') + 1));
  }
}
