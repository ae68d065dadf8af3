package io.batonmq.broker;

import io.batonmq.message.AddressPattern;
import io.batonmq.message.RoutingType;
import org.jspecify.annotations.Nullable;

/// What is sent to some addresses also goes to another one, or goes only there. Asked by the active node when
/// a message is sent; what came of it is in the log, with the message.
///
/// @param name that no other divert has
/// @param at the addresses that it looks at
/// @param to the address that it leads to
/// @param turn of the diverts at an address that are not exclusive and have the same one here, one takes a
///     message, in turn
/// @param exclusive whether what it takes goes only there
/// @param filter the selector that a message has to fulfil; null for none
/// @param kind which queues of the other address get it
public record Divert(
    String name,
    AddressPattern at,
    String to,
    String turn,
    boolean exclusive,
    @Nullable String filter,
    Kind kind) {

  /// How a message goes on.
  public enum Kind {
    /// To an anycast queue only.
    ANYCAST,
    /// To multicast queues only.
    MULTICAST,
    /// As it was sent.
    PASS,
    /// To both kinds.
    STRIP
  }

  /// To which kind of queues only a message goes; null for both.
  ///
  /// @param sent the same of the address that it comes from
  @Nullable RoutingType routing(@Nullable RoutingType sent) {
    return switch (kind) {
      case ANYCAST -> RoutingType.ANYCAST;
      case MULTICAST -> RoutingType.MULTICAST;
      case PASS -> sent;
      case STRIP -> null;
    };
  }
}
