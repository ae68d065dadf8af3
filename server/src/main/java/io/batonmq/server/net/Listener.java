package io.batonmq.server.net;

import io.batonmq.session.Authenticator;
import io.batonmq.session.WireProtocol;
import java.util.List;
import java.util.Optional;

/// One listening port.
///
/// @param name for logs
/// @param host address to listen on; empty or `0.0.0.0` for all
/// @param port to listen on; 0 lets the system choose
/// @param protocols spoken here, told apart by the first bytes
/// @param authenticator who may come in here
/// @param tls absent where it is plain
/// @param pair where the standbys of a replicated pair come in, if they do
public record Listener(
    String name,
    String host,
    int port,
    List<WireProtocol> protocols,
    Authenticator authenticator,
    Optional<TlsPort> tls,
    Optional<PairDoor> pair) {

  /// A plain one.
  public Listener(
      String name,
      String host,
      int port,
      List<WireProtocol> protocols,
      Authenticator authenticator) {
    this(name, host, port, protocols, authenticator, Optional.empty(), Optional.empty());
  }

  /// One for clients alone.
  public Listener(
      String name,
      String host,
      int port,
      List<WireProtocol> protocols,
      Authenticator authenticator,
      Optional<TlsPort> tls) {
    this(name, host, port, protocols, authenticator, tls, Optional.empty());
  }

  public Listener {
    protocols = List.copyOf(protocols);
  }
}
