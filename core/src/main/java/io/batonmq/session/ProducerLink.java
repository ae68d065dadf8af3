package io.batonmq.session;

import io.batonmq.broker.LiveAddress;
import io.batonmq.broker.LiveQueue;
import io.batonmq.message.RoutingType;
import org.jspecify.annotations.Nullable;

/// A link that messages come in by.
final class ProducerLink implements Link {
  private final Connection connection;
  private final int number;
  final @Nullable RoutingType routing;
  final @Nullable String producer;

  /// How many messages it may send ahead of their answers.
  final int window;

  /// Where its messages go; null if each message says so itself.
  @Nullable Target target;

  /// Credit that was used and not granted again yet.
  int owed;

  /// Credit that the peer has.
  int credit;

  boolean closed;

  /// A message that comes in fragments; null between such messages.
  @Nullable Receiving receiving;

  /// Where a message goes.
  ///
  /// @param queue for a name that says which queue of the address
  record Target(String name, LiveAddress address, @Nullable LiveQueue queue) {}

  ProducerLink(
      Connection connection,
      int number,
      @Nullable RoutingType routing,
      @Nullable String producer,
      int window,
      @Nullable Target target) {
    this.connection = connection;
    this.number = number;
    this.routing = routing;
    this.producer = producer;
    this.window = window;
    this.target = target;
  }

  @Override
  public Connection connection() {
    return connection;
  }

  @Override
  public int number() {
    return number;
  }
}
