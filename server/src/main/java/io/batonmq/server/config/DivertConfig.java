package io.batonmq.server.config;

import io.batonmq.message.AddressPattern;
import java.util.Optional;

/// What is sent to one address and goes to another, too or only.
///
/// @param address the addresses that it is at
/// @param routingName diverts of an address with the same one take turns
/// @param filter the selector that a message has to fulfil
/// @param kind which queues of the forwarding address get it
public record DivertConfig(
    String name,
    AddressPattern address,
    String forwardingAddress,
    String routingName,
    boolean exclusive,
    Optional<String> filter,
    Kind kind) {

  /// The words of `routing-type`.
  public enum Kind {
    ANYCAST,
    MULTICAST,
    PASS,
    STRIP
  }
}
