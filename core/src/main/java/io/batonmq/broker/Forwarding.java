package io.batonmq.broker;

import io.batonmq.broker.Refusal.Reason;
import io.batonmq.message.RoutingType;
import org.jspecify.annotations.Nullable;

/// The addresses that diverts lead to. One that is not there is made when the first message comes, if its
/// settings allow that: the file says that messages go there, and without it they would be lost.
final class Forwarding {
  private final Directory directory;
  private final BrokerSettings settings;

  Forwarding(Directory directory, BrokerSettings settings) {
    this.directory = directory;
    this.settings = settings;
  }

  /// Why a divert leads nowhere; null if its address is there now.
  ///
  /// @param routing to which kind of queues only the message goes; null for both
  @Nullable Refusal fault(Divert divert, @Nullable RoutingType routing) {
    LiveAddress address = directory.address(divert.to());
    if (address == null) {
      return create(divert, routing);
    }
    if (routing != null
        && !(routing == RoutingType.ANYCAST
            ? address.address().anycast()
            : address.address().multicast())) {
      return refusal(
          divert,
          Reason.NOT_ALLOWED,
          routing == RoutingType.ANYCAST
              ? "which is not a queue but a topic (multicast)"
              : "which is not a topic but a queue (anycast)");
    }
    if (routing == RoutingType.MULTICAST || !address.lacksQueue()) {
      return null;
    }
    if (!address.address().durable()) {
      return refusal(divert, Reason.NOT_FOUND, "a temporary one whose queue was deleted");
    }
    return address.settings().autoCreateQueues()
        ? createQueue(divert, address)
        : refusal(divert, Reason.NOT_FOUND, "which has no queue, and none is created by itself");
  }

  private @Nullable Refusal create(Divert divert, @Nullable RoutingType routing) {
    AddressSettings there = settings.address(divert.to());
    boolean multicast = routing == RoutingType.MULTICAST;
    if (!there.autoCreateAddresses() || (!multicast && !there.autoCreateQueues())) {
      return refusal(divert, Reason.NOT_FOUND, "which is not there, and is not created by itself");
    }
    if (multicast) {
      directory.createAddress(divert.to(), false, true, true);
      return null;
    }
    // With both kinds of queues, it is for point to point: a topic without subscribers keeps
    // nothing.
    Refusal fault = queueFault(divert);
    return fault != null
        ? fault
        : createQueue(divert, directory.createAddress(divert.to(), true, false, true));
  }

  private @Nullable Refusal createQueue(Divert divert, LiveAddress address) {
    Refusal fault = queueFault(divert);
    if (fault == null) {
      directory.createQueue(
          address,
          divert.to(),
          RoutingType.ANYCAST,
          true,
          address.settings().queues(),
          true,
          QueueFilter.NONE);
    }
    return fault;
  }

  private @Nullable Refusal queueFault(Divert divert) {
    if (directory.queue(divert.to()) != null) {
      return refusal(
          divert, Reason.NOT_ALLOWED, "for which there is a queue at another address only");
    }
    return directory.queues().size() >= settings.limits().queuesMax()
        ? refusal(
            divert, Reason.LIMIT_REACHED, "which cannot get a queue: there are too many already")
        : null;
  }

  private static Refusal refusal(Divert divert, Reason reason, String why) {
    return new Refusal(
        reason,
        "the divert " + divert.name() + " leads to the address " + divert.to() + ", " + why);
  }
}
