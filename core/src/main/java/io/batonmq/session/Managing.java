package io.batonmq.session;

import io.batonmq.broker.ActiveBroker;
import io.batonmq.broker.BoundQueue;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.Directory;
import io.batonmq.broker.LiveAddress;
import io.batonmq.broker.LiveQueue;
import io.batonmq.broker.Purging;
import io.batonmq.broker.QueueFilter;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.message.RoutingType;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What operators do: addresses and queues made, deleted and emptied, by events like all that lasts.
///
/// Emptying a queue takes as many turns as it needs, so that the others are served meanwhile; deleting
/// one empties it first.
final class Managing {
  private final ActiveBroker broker;
  private final Directory directory;
  private final BrokerSettings settings;
  private final Answers answers;

  /// Under way, the oldest first.
  private final ArrayDeque<Purge> purges = new ArrayDeque<>();

  /// A queue that is being emptied, and others after it.
  private static final class Purge {
    final Outlet asker;
    final Then then;
    LiveQueue queue;
    Purging purging;

    /// Of the queues before this one.
    long count;

    Purge(LiveQueue queue, Purging purging, Outlet asker, Then then) {
      this.queue = queue;
      this.purging = purging;
      this.asker = asker;
      this.then = then;
    }
  }

  /// What follows when a queue is empty, or was deleted meanwhile.
  private interface Then {
    /// @return the next queue to empty; null when all is done
    @Nullable LiveQueue then(LiveQueue emptied);
  }

  Managing(ActiveBroker broker, BrokerSettings settings, Answers answers) {
    this.broker = broker;
    this.directory = broker.directory();
    this.settings = settings;
    this.answers = answers;
  }

  void on(Management request, Outlet asker) {
    Refusal refusal =
        switch (request) {
          case Management.CreateAddress create -> createAddress(create);
          case Management.DeleteAddress delete -> {
            Refusal refused = mayDelete(delete);
            LiveAddress address = directory.address(delete.name());
            if (refused == null && address != null) {
              LiveQueue first = queueOf(address);
              if (first == null) {
                directory.deleteAddress(address);
                answers.to(asker, new Output.Managed(null, 0));
              } else {
                purge(first, asker, emptied -> delete(emptied, address));
              }
            }
            yield refused;
          }
          case Management.CreateQueue create -> createQueue(create);
          case Management.DeleteQueue delete -> {
            Refusal refused = mayDelete(delete);
            if (refused == null) {
              LiveQueue queue = queue(delete.name());
              purge(queue, asker, emptied -> delete(emptied, delete));
            }
            yield refused;
          }
          case Management.PurgeQueue(String name) -> {
            if (directory.queue(name) == null) {
              yield noQueue(name);
            }
            purge(queue(name), asker, _ -> null);
            yield null;
          }
        };
    boolean later =
        request instanceof Management.DeleteQueue
            || request instanceof Management.DeleteAddress
            || request instanceof Management.PurgeQueue;
    if (refusal != null || !later) {
      answers.to(asker, new Output.Managed(refusal, 0));
    }
  }

  void answer(Outlet asker, @Nullable Refusal refusal) {
    answers.to(asker, new Output.Managed(refusal, 0));
  }

  /// Does a piece of what takes many turns.
  void work() {
    Purge purge = purges.peekFirst();
    if (purge == null || broker.full()) {
      return;
    }
    if (broker.work(purge.purging)) {
      return;
    }
    purge.count += purge.purging.count();
    LiveQueue next = purge.then.then(purge.queue);
    if (next != null) {
      purge.queue = next;
      purge.purging = broker.purge(next);
      return;
    }
    purges.removeFirst();
    answers.to(purge.asker, new Output.Managed(null, purge.count));
  }

  boolean working() {
    return !purges.isEmpty();
  }

  /// The baton goes: what is not done is for the next node to be asked.
  void handOver(Refusal refusal) {
    while (!purges.isEmpty()) {
      answers.to(purges.removeFirst().asker, new Output.Managed(refusal, 0));
    }
  }

  private void purge(LiveQueue queue, Outlet asker, Then then) {
    purges.addLast(new Purge(queue, broker.purge(queue), asker, then));
  }

  private @Nullable Refusal createAddress(Management.CreateAddress create) {
    String fault = Names.fault(create.name(), settings.limits().nameMax());
    if (fault != null) {
      return new Refusal(Reason.INVALID, fault);
    }
    if (create.name().contains("::")) {
      return new Refusal(Reason.INVALID, "an address has no \"::\" in its name");
    }
    if (!create.anycast() && !create.multicast()) {
      return new Refusal(Reason.INVALID, "an address is for anycast, multicast or both");
    }
    if (directory.address(create.name()) != null) {
      return new Refusal(Reason.IN_USE, "the address " + create.name() + " is there already");
    }
    if (tooMany(directory.addresses().size())) {
      return limit("addresses");
    }
    directory.createAddress(create.name(), create.anycast(), create.multicast(), false);
    return null;
  }

  private @Nullable Refusal mayDelete(Management.DeleteAddress delete) {
    LiveAddress address = directory.address(delete.name());
    if (address == null) {
      return new Refusal(Reason.NOT_FOUND, "there is no address " + delete.name());
    }
    int queues = address.address().queues().size();
    if (queues > 0 && !delete.force()) {
      return new Refusal(
          Reason.IN_USE,
          "the address "
              + delete.name()
              + " has "
              + (queues == 1 ? "1 queue" : queues + " queues")
              + ": delete them first, or all at once with force");
    }
    return null;
  }

  /// Clients may have made another queue of the address while one was emptied.
  private @Nullable LiveQueue delete(LiveQueue emptied, LiveAddress address) {
    if (!emptied.queue().deleted()) {
      directory.deleteQueue(emptied);
    }
    if (address.deleted()) {
      return null;
    }
    LiveQueue next = queueOf(address);
    if (next == null) {
      directory.deleteAddress(address);
    }
    return next;
  }

  private @Nullable LiveQueue queueOf(LiveAddress address) {
    List<BoundQueue> queues = address.address().queues();
    return queues.isEmpty() ? null : queue(queues.getFirst().name());
  }

  private @Nullable Refusal createQueue(Management.CreateQueue create) {
    for (String name : List.of(create.name(), create.address())) {
      String fault = Names.fault(name, settings.limits().nameMax());
      if (fault != null || name.contains("::")) {
        return new Refusal(
            Reason.INVALID, fault != null ? fault : "a name has no \"::\" in it: " + name);
      }
    }
    Refusal noSelector = directory.fault(create.filter());
    if (noSelector != null) {
      return noSelector;
    }
    String noSettings = create.settings().fault();
    if (noSettings != null) {
      return new Refusal(Reason.INVALID, noSettings);
    }
    if (directory.queue(create.name()) != null) {
      return new Refusal(Reason.IN_USE, "the queue " + create.name() + " is there already");
    }
    if (tooMany(directory.queues().size())) {
      return limit("queues");
    }
    boolean anycast = create.routing() == RoutingType.ANYCAST;
    LiveAddress address = directory.address(create.address());
    if (address == null) {
      if (!create.createAddress()) {
        return new Refusal(
            Reason.NOT_FOUND,
            "there is no address "
                + create.address()
                + ": create it, or let it be created with it");
      }
      address = directory.createAddress(create.address(), anycast, !anycast, false);
    } else if (!address.address().durable()) {
      return new Refusal(
          Reason.NOT_ALLOWED,
          "the address " + create.address() + " is temporary: its queues are its connection's");
    } else if (anycast ? !address.address().anycast() : !address.address().multicast()) {
      return new Refusal(
          Reason.NOT_ALLOWED,
          "the address "
              + create.address()
              + (anycast
                  ? " is for multicast only: create a multicast queue, or another address"
                  : " is for anycast only: create an anycast queue, or another address"));
    }
    directory.createQueue(
        address,
        create.name(),
        create.routing(),
        true,
        address.settings().queues().with(create.settings()),
        false,
        QueueFilter.of(create.filter()));
    return null;
  }

  private @Nullable Refusal mayDelete(Management.DeleteQueue delete) {
    LiveQueue queue = directory.queue(delete.name());
    if (queue == null) {
      return noQueue(delete.name());
    }
    if (queue.consumerCount() > 0 && !delete.removeConsumers()) {
      return new Refusal(
          Reason.IN_USE,
          "the queue "
              + delete.name()
              + " has "
              + (queue.consumerCount() == 1 ? "1 consumer" : queue.consumerCount() + " consumers")
              + ": close them first, or delete it with them");
    }
    return null;
  }

  private @Nullable LiveQueue delete(LiveQueue queue, Management.DeleteQueue delete) {
    if (queue.queue().deleted()) {
      return null;
    }
    LiveAddress address = queue.address();
    directory.deleteQueue(queue);
    if (delete.deleteAddress() && address.address().queues().isEmpty() && !address.deleted()) {
      directory.deleteAddress(address);
    }
    return null;
  }

  private boolean tooMany(int count) {
    return count >= settings.limits().queuesMax();
  }

  private Refusal limit(String what) {
    return new Refusal(
        Reason.LIMIT_REACHED,
        "there are " + settings.limits().queuesMax() + " " + what + " already: delete some");
  }

  private LiveQueue queue(String name) {
    LiveQueue queue = directory.queue(name);
    if (queue == null) {
      throw new IllegalStateException("no queue " + name);
    }
    return queue;
  }

  private static Refusal noQueue(String name) {
    return new Refusal(Reason.NOT_FOUND, "there is no queue " + name);
  }
}
