package io.batonmq.session;

import io.batonmq.broker.QueueSettings;
import io.batonmq.message.RoutingType;

/// What an operator asks of an active node. Answered by [Output.Managed] once it is committed.
public sealed interface Management {

  /// Makes an address.
  record CreateAddress(String name, boolean anycast, boolean multicast) implements Management {}

  /// Deletes an address.
  ///
  /// @param force its queues too, with their messages; their consumers are told
  record DeleteAddress(String name, boolean force) implements Management {}

  /// Makes a durable queue.
  ///
  /// @param settings where they differ from what holds for its address
  /// @param createAddress whether an address that is not there is made
  /// @param filter the selector that what comes in has to fulfil; empty for none
  record CreateQueue(
      String name,
      String address,
      RoutingType routing,
      QueueSettings.Overrides settings,
      boolean createAddress,
      String filter)
      implements Management {
    /// One of which only the number of consumers is given, 0 for any.
    public CreateQueue(
        String name,
        String address,
        RoutingType routing,
        int consumersMax,
        boolean createAddress,
        String filter) {
      this(
          name,
          address,
          routing,
          QueueSettings.Overrides.consumers(consumersMax),
          createAddress,
          filter);
    }

    /// The same that takes in everything.
    public CreateQueue(
        String name, String address, RoutingType routing, int consumersMax, boolean createAddress) {
      this(name, address, routing, consumersMax, createAddress, "");
    }
  }

  /// Deletes a queue with its messages.
  ///
  /// @param removeConsumers although it has consumers, who are told
  /// @param deleteAddress its address too, if that has no other queue
  record DeleteQueue(String name, boolean removeConsumers, boolean deleteAddress)
      implements Management {}

  /// Throws away the messages that are in a queue now, but for those that consumers have.
  record PurgeQueue(String name) implements Management {}
}
