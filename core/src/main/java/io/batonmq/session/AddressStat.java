package io.batonmq.session;

import io.batonmq.broker.Address;
import io.batonmq.broker.BoundQueue;
import io.batonmq.broker.LiveAddress;
import java.util.List;

/// One address in numbers.
///
/// @param auto whether it was made because somebody used it
/// @param queues their names, in the order of their creation
/// @param diverts the names of those that look at what is sent there
/// @param messageCount sum over its queues
public record AddressStat(
    String name,
    boolean anycast,
    boolean multicast,
    boolean auto,
    List<String> queues,
    List<String> diverts,
    long messageCount) {
  public AddressStat {
    queues = List.copyOf(queues);
    diverts = List.copyOf(diverts);
  }

  /// An address without diverts.
  public AddressStat(
      String name,
      boolean anycast,
      boolean multicast,
      boolean auto,
      List<String> queues,
      long messageCount) {
    this(name, anycast, multicast, auto, queues, List.of(), messageCount);
  }

  static AddressStat of(LiveAddress live) {
    Address address = live.address();
    long messages = 0;
    for (BoundQueue queue : address.queues()) {
      messages += queue.messages().messageCount();
    }
    return new AddressStat(
        address.name(),
        address.anycast(),
        address.multicast(),
        address.auto(),
        address.queues().stream().map(BoundQueue::name).toList(),
        live.divertNames(),
        messages);
  }
}
