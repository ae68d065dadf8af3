package io.batonmq.server.net;

import io.batonmq.session.Authenticator;
import io.batonmq.session.WireProtocol;
import java.util.List;

/// One listening port.
///
/// @param name for logs
/// @param host address to listen on; empty or `0.0.0.0` for all
/// @param port to listen on; 0 lets the system choose
/// @param protocols spoken here, told apart by the first bytes
/// @param authenticator who may come in here
public record Listener(
    String name, String host, int port, List<WireProtocol> protocols, Authenticator authenticator) {

  public Listener {
    protocols = List.copyOf(protocols);
  }
}
