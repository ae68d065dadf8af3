package io.batonmq.session;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Directory;
import io.batonmq.broker.LiveAddress;
import io.batonmq.broker.LiveQueue;
import io.batonmq.broker.QueueFilter;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.message.AddressPattern;
import io.batonmq.message.RoutingType;
import io.batonmq.message.Wildcards;
import org.jspecify.annotations.Nullable;

/// From a name that a peer gave to an address and a queue: permission first, then what there is, then
/// what may be made.
final class Resolver {
  private final Directory directory;
  private final BrokerSettings settings;
  private final AccessRules access;
  private final long epoch;
  private long lastVolatile;

  /// What a name stands for, or why it stands for nothing.
  sealed interface Resolved {
    /// @param queue null for an address as a whole
    record Found(LiveAddress address, @Nullable LiveQueue queue) implements Resolved {}

    record Refused(Refusal refusal) implements Resolved {}
  }

  Resolver(Directory directory, BrokerSettings settings, AccessRules access, long epoch) {
    this.directory = directory;
    this.settings = settings;
    this.access = access;
    this.epoch = epoch;
  }

  /// Where a producer's messages go.
  Resolved target(Principal principal, String name, @Nullable RoutingType routing) {
    String fault = Names.fault(name, settings.limits().nameMax());
    if (fault != null) {
      return refused(Reason.INVALID, fault);
    }
    String addressName = Names.address(name);
    String queueName = Names.queue(name);
    if (!access.allows(principal, Permission.SEND, addressName)) {
      return forbidden(principal, "send to", addressName);
    }
    LiveAddress address = directory.address(addressName);
    if (address == null && Temporaries.isTemporary(addressName)) {
      return new Resolved.Refused(Temporaries.gone(addressName));
    }
    if (queueName != null) {
      return queue(addressName, queueName);
    }
    if (address == null) {
      RoutingType as =
          routing != null ? routing : settings.address(addressName).defaultAddressRouting();
      return whole(createAddress(principal, addressName, as));
    }
    if (routing != null && !has(address, routing)) {
      return otherRouting(address, routing);
    }
    if (routing != RoutingType.MULTICAST && address.lacksQueue()) {
      return whole(createQueue(principal, address));
    }
    return new Resolved.Found(address, null);
  }

  /// The address alone. Whoever made its queue by sending there sends to the address like all others, not
  /// straight to that queue: past diverts, patterns, and queues that come later.
  private static Resolved whole(Resolved made) {
    return made instanceof Resolved.Found(LiveAddress address, LiveQueue _)
        ? new Resolved.Found(address, null)
        : made;
  }

  /// What a consumer takes from. Found with a queue, always.
  ///
  /// @param client the client id of its connection
  Resolved source(Principal principal, Source source, String client) {
    if (source.address().isEmpty() && source.kind() instanceof Source.Kind.Subscription kind) {
      return existing(principal, kind);
    }
    String fault = Names.fault(source.address(), settings.limits().nameMax());
    if (fault != null) {
      return refused(Reason.INVALID, fault);
    }
    String addressName = Names.address(source.address());
    Permission needed = source.browse() ? Permission.BROWSE : Permission.CONSUME;
    Resolved forbidden = mayTake(principal, needed, addressName);
    if (forbidden == null && source.kind() instanceof Source.Kind.Bound(String queue)) {
      forbidden = mayTake(principal, needed, queue);
    }
    if (forbidden != null) {
      return forbidden;
    }
    QueueFilter filter =
        new QueueFilter(
            QueueFilter.of(source.filter()).selector(), source.noLocal() ? client : null);
    return switch (source.kind()) {
      case Source.Kind.Queue _ -> queue(principal, source.address());
      case Source.Kind.Bound(String queue) -> bound(principal, addressName, queue);
      case Source.Kind.Volatile _ -> volatileSubscription(principal, addressName, filter);
      case Source.Kind.Subscription kind -> subscription(principal, addressName, kind, filter);
    };
  }

  private Resolved queue(String addressName, String queueName) {
    LiveQueue queue = directory.queue(queueName);
    if (queue == null || !queue.queue().address().name().equals(addressName)) {
      return refused(
          Reason.NOT_FOUND, "there is no queue " + queueName + " at the address " + addressName);
    }
    return new Resolved.Found(queue.address(), queue);
  }

  private Resolved queue(Principal principal, String name) {
    String queueName = Names.queue(name);
    if (queueName != null) {
      return queue(Names.address(name), queueName);
    }
    LiveAddress address = directory.address(name);
    if (address == null) {
      LiveQueue byName = directory.queue(name);
      if (byName != null) {
        Resolved forbidden =
            mayTake(principal, Permission.CONSUME, byName.queue().address().name());
        return forbidden != null ? forbidden : new Resolved.Found(byName.address(), byName);
      }
      return createAddress(principal, name, RoutingType.ANYCAST);
    }
    LiveQueue own = directory.queue(name);
    if (own != null && own.address().equals(address)) {
      return new Resolved.Found(address, own);
    }
    for (RoutingType routing : RoutingType.values()) {
      for (var queue : address.address().queues()) {
        LiveQueue live = directory.queue(queue.name());
        if (live != null
            && queue.routing() == routing
            && queue.durable()
            && queue.origin() == null) {
          return new Resolved.Found(address, live);
        }
      }
    }
    return address.address().anycast()
        ? createQueue(principal, address)
        : otherRouting(address, RoutingType.ANYCAST);
  }

  private Resolved volatileSubscription(
      Principal principal, String addressName, QueueFilter filter) {
    LiveAddress address = directory.address(addressName);
    if (!access.allows(principal, Permission.CREATE_NON_DURABLE_QUEUE, addressName)) {
      return forbidden(principal, "create a subscription at", addressName);
    }
    if (address == null) {
      Resolved created = createAddress(principal, addressName, RoutingType.MULTICAST);
      if (!(created instanceof Resolved.Found found)) {
        return created;
      }
      address = found.address();
    }
    if (!address.address().multicast()) {
      return otherRouting(address, RoutingType.MULTICAST);
    }
    if (tooManyQueues()) {
      return tooMany();
    }
    String name = addressName + ":volatile:" + epoch + ":" + ++lastVolatile;
    return new Resolved.Found(
        address,
        directory.createQueue(address, name, RoutingType.MULTICAST, false, 1, true, filter));
  }

  private Resolved bound(Principal principal, String addressName, String name) {
    String fault = Names.fault(name, settings.limits().nameMax());
    if (fault != null) {
      return refused(Reason.INVALID, fault);
    }
    if (directory.queue(name) != null) {
      return queue(addressName, name);
    }
    if (!access.allows(principal, Permission.CREATE_DURABLE_QUEUE, addressName)) {
      return forbidden(principal, "create a queue at", addressName);
    }
    LiveAddress address = directory.address(addressName);
    if (address == null) {
      Resolved created = createAddress(principal, addressName, RoutingType.MULTICAST);
      if (!(created instanceof Resolved.Found found)) {
        return created;
      }
      address = found.address();
    }
    if (!address.address().multicast()) {
      return otherRouting(address, RoutingType.MULTICAST);
    }
    if (tooManyQueues()) {
      return tooMany();
    }
    return new Resolved.Found(
        address,
        directory.createQueue(
            address, name, RoutingType.MULTICAST, true, 0, false, QueueFilter.NONE));
  }

  private Resolved subscription(
      Principal principal, String addressName, Source.Kind.Subscription kind, QueueFilter filter) {
    String fault = subscriptionFault(kind);
    if (fault != null) {
      return refused(Reason.INVALID, fault);
    }
    String name = Names.subscription(kind);
    LiveQueue queue = directory.queue(name);
    boolean sameAddress = queue != null && queue.queue().address().name().equals(addressName);
    if (queue != null && sameAddress && queue.queue().filter().equals(filter)) {
      return attachable(queue, kind);
    }
    if (queue != null && queue.consumerCount() > 0) {
      return refused(
          Reason.IN_USE,
          "the subscription "
              + kind.name()
              + " has consumers "
              + (sameAddress ? "with another selector" : "at another address"));
    }
    Permission needed =
        kind.durable() ? Permission.CREATE_DURABLE_QUEUE : Permission.CREATE_NON_DURABLE_QUEUE;
    if (!access.allows(principal, needed, addressName)) {
      return forbidden(principal, "create a subscription at", addressName);
    }
    LiveAddress address = directory.address(addressName);
    if (address == null) {
      Resolved created = createAddress(principal, addressName, RoutingType.MULTICAST);
      if (!(created instanceof Resolved.Found found)) {
        return created;
      }
      address = found.address();
    }
    if (!address.address().multicast()) {
      return otherRouting(address, RoutingType.MULTICAST);
    }
    if (queue != null) {
      // Another topic or selector under the same name is another subscription (JMS 3.1 §8.3.3).
      directory.deleteQueue(queue);
    }
    if (tooManyQueues()) {
      return tooMany();
    }
    return new Resolved.Found(
        address,
        directory.createQueue(
            address,
            name,
            RoutingType.MULTICAST,
            kind.durable(),
            kind.shared() ? 0 : 1,
            false,
            filter));
  }

  private Resolved existing(Principal principal, Source.Kind.Subscription kind) {
    String fault = subscriptionFault(kind);
    if (fault != null) {
      return refused(Reason.INVALID, fault);
    }
    LiveQueue queue = directory.queue(Names.subscription(kind));
    if (queue == null) {
      return refused(Reason.NOT_FOUND, "there is no subscription " + kind.name());
    }
    Resolved forbidden = mayTake(principal, Permission.CONSUME, queue.queue().address().name());
    return forbidden != null ? forbidden : attachable(queue, kind);
  }

  /// Why somebody may not have messages of an address; null if they may. Through one whose name is a pattern
  /// they would see those of every address that it matches.
  private @Nullable Resolved mayTake(Principal principal, Permission needed, String name) {
    String what = needed == Permission.BROWSE ? "browse" : "consume from";
    if (!access.allows(principal, needed, name)) {
      return forbidden(principal, what, name);
    }
    Wildcards syntax = settings.wildcards();
    if (!syntax.routing() || !syntax.pattern(name)) {
      return null;
    }
    AddressPattern denial = access.denial(principal, needed, new AddressPattern(name, syntax));
    return denial == null
        ? null
        : forbidden(principal, what, denial + ", which " + name + " matches too");
  }

  /// Why somebody may not have messages of an address, or of one that a pattern matches; null if they may.
  @Nullable Refusal mayConsume(Principal principal, String name) {
    Wildcards syntax = settings.wildcards();
    // Whether or not patterns are routed: here it is one.
    AddressPattern denial =
        syntax.pattern(name)
            ? access.denial(principal, Permission.CONSUME, new AddressPattern(name, syntax))
            : null;
    return denial == null && access.allows(principal, Permission.CONSUME, name)
        ? null
        : new Refusal(
            Reason.NOT_AUTHORIZED,
            "user "
                + principal.name()
                + " may not consume from "
                + (denial == null ? name : denial + ", which " + name + " matches too"));
  }

  private static Resolved attachable(LiveQueue queue, Source.Kind.Subscription kind) {
    boolean madeShared = queue.queue().settings().consumersMax() == 0;
    if (madeShared != kind.shared() && queue.consumerCount() > 0) {
      return refused(
          Reason.IN_USE,
          "the subscription "
              + kind.name()
              + " is in use, "
              + (madeShared ? "" : "not ")
              + "shared");
    }
    return new Resolved.Found(queue.address(), queue);
  }

  private @Nullable String subscriptionFault(Source.Kind.Subscription kind) {
    int max = settings.limits().nameMax();
    String fault = Names.fault(kind.name(), max);
    return fault != null || kind.clientId().isEmpty() ? fault : Names.fault(kind.clientId(), max);
  }

  private Resolved createAddress(Principal principal, String name, RoutingType routing) {
    if (!settings.address(name).autoCreateAddresses()
        || (routing == RoutingType.ANYCAST && !settings.address(name).autoCreateQueues())) {
      return refused(
          Reason.NOT_FOUND, "there is no address " + name + ", and it is not created by itself");
    }
    if (!access.allows(principal, Permission.CREATE_ADDRESS, name)
        || (routing == RoutingType.ANYCAST
            && !access.allows(principal, Permission.CREATE_DURABLE_QUEUE, name))) {
      return forbidden(principal, "create", name);
    }
    if (tooManyQueues() || directory.queue(name) != null) {
      return tooManyQueues()
          ? tooMany()
          : refused(Reason.NOT_ALLOWED, "there is a queue " + name + " at another address");
    }
    boolean anycast = routing == RoutingType.ANYCAST;
    LiveAddress address = directory.createAddress(name, anycast, !anycast, true);
    return new Resolved.Found(address, anycast ? create(address) : null);
  }

  private Resolved createQueue(Principal principal, LiveAddress address) {
    String name = address.address().name();
    if (!address.address().durable()) {
      // An operator deleted the queue of a temporary address.
      return new Resolved.Refused(Temporaries.gone(name));
    }
    if (!address.settings().autoCreateQueues()) {
      return refused(
          Reason.NOT_FOUND, "there is no queue " + name + ", and it is not created by itself");
    }
    if (!access.allows(principal, Permission.CREATE_DURABLE_QUEUE, name)) {
      return forbidden(principal, "create a queue at", name);
    }
    if (directory.queue(name) != null) {
      return refused(Reason.NOT_ALLOWED, "there is a queue " + name + " at another address");
    }
    return tooManyQueues() ? tooMany() : new Resolved.Found(address, create(address));
  }

  private LiveQueue create(LiveAddress address) {
    return directory.createQueue(
        address,
        address.address().name(),
        RoutingType.ANYCAST,
        true,
        address.settings().queues(),
        true,
        QueueFilter.NONE);
  }

  private boolean tooManyQueues() {
    return directory.queues().size() >= settings.limits().queuesMax();
  }

  private Resolved tooMany() {
    return refused(
        Reason.LIMIT_REACHED, "there are " + settings.limits().queuesMax() + " queues already");
  }

  private static boolean has(LiveAddress address, RoutingType routing) {
    return routing == RoutingType.ANYCAST
        ? address.address().anycast()
        : address.address().multicast();
  }

  private static Resolved otherRouting(LiveAddress address, RoutingType routing) {
    return refused(
        Reason.NOT_ALLOWED,
        "the address "
            + address.address().name()
            + (routing == RoutingType.ANYCAST
                ? " is not a queue but a topic (multicast)"
                : " is not a topic but a queue (anycast)"));
  }

  private static Resolved forbidden(Principal principal, String what, String name) {
    return refused(
        Reason.NOT_AUTHORIZED, "user " + principal.name() + " may not " + what + " " + name);
  }

  private static Resolved refused(Reason reason, String text) {
    return new Resolved.Refused(new Refusal(reason, text));
  }
}
