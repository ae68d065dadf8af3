package io.batonmq.server.config;

import io.batonmq.message.RoutingType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// An address that is there from the first start on.
public record AddressConfig(String name, Set<RoutingType> routingTypes, List<Queue> queues) {
  public AddressConfig {
    routingTypes = Set.copyOf(routingTypes);
    queues = List.copyOf(queues);
  }

  /// A queue of it.
  ///
  /// @param filter the selector that what comes in has to fulfil
  /// @param options who gets its messages, and what stays
  public record Queue(
      String name,
      RoutingType routingType,
      boolean durable,
      Optional<String> filter,
      QueueOptions options) {}
}
