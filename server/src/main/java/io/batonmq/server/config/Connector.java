package io.batonmq.server.config;

/// An address under which a node can be reached, as others are told of it.
///
/// @param tls whether TLS is spoken there
public record Connector(String name, String host, int port, boolean tls) {
  /// A plain one.
  public Connector(String name, String host, int port) {
    this(name, host, port, false);
  }
}
