package io.batonmq.server.config;

import java.util.Optional;
import java.util.Set;

/// A port that clients connect to. One that would speak nothing is reported and not in the model.
///
/// @param host address to bind; `0.0.0.0` for all
/// @param protocols never empty; all of them spoken by Baton
/// @param tls absent where it is plain
public record Acceptor(
    String name,
    String host,
    int port,
    Set<Protocol> protocols,
    Options options,
    Optional<Tls> tls) {
  public Acceptor {
    protocols = Set.copyOf(protocols);
  }

  /// Parameters of the acceptor's URL.
  ///
  /// @param tcpSendBufferSize bytes; -1 leaves it to the system, as with `tcpReceiveBufferSize`
  /// @param connectionsAllowed how many at a time; -1 for no limit
  /// @param amqpCredits credit given to a producing link, topped up when it falls to
  ///   `amqpLowCredits`
  public record Options(
      int tcpSendBufferSize,
      int tcpReceiveBufferSize,
      boolean tcpNoDelay,
      int connectionsAllowed,
      int amqpCredits,
      int amqpLowCredits) {}
}
