package io.batonmq.broker;

import io.batonmq.message.RoutingType;
import java.util.HashSet;
import java.util.Set;

/// Deletes queues and addresses that nobody uses any more, as [AutoDelete] says of each. Only the active node
/// decides that; the deletion is an event. It goes through what there is in passes and these in pieces, so that no
/// turn visits the whole directory. What is found unused is deleted by a later pass, if it has been so all the
/// time: whoever comes back between two passes finds it there.
///
/// A queue is in use while somebody consumes or browses it, while a message of it is out (in a transaction, where
/// nobody consumes), and while an open or a prepared transaction has a message for it: at the commit there would be
/// nowhere for that to go. An address is in use while it has queues, and while it remembers the names of messages
/// that were sent to it: a message that is sent again would be taken for a new one at the next address of that
/// name.
public final class AutoDeletion {
  /// Messages that go with a queue in one turn.
  private static final int AT_ONCE = 1_000;

  private final ActiveBroker broker;
  private final Directory directory;
  private final Set<String> predefinedQueues = new HashSet<>();
  private final Set<String> predefinedAddresses = new HashSet<>();

  /// The number of the queue or address that was looked at last.
  private int last;

  /// Whether the queues of this pass are done.
  private boolean addresses;

  public AutoDeletion(ActiveBroker broker, BrokerSettings settings) {
    this.broker = broker;
    this.directory = broker.directory();
    for (BrokerSettings.Predefined predefined : settings.addresses()) {
      predefinedAddresses.add(predefined.address());
      predefined.queues().forEach(queue -> predefinedQueues.add(queue.name()));
    }
  }

  /// Does a piece of a pass: looks at so many; a message that goes with its queue counts as one more. True if the
  /// pass is over.
  public boolean work(long nanos, int max) {
    for (int left = max; left > 0 && !broker.full(); left--) {
      if (!addresses) {
        LiveQueue queue = directory.queueAfter(last);
        if (queue != null) {
          last = queue.queue().id();
          left -= look(queue, nanos);
        } else {
          last = 0;
          addresses = true;
        }
      } else {
        LiveAddress address = directory.addressAfter(last);
        if (address == null) {
          last = 0;
          addresses = false;
          return true;
        }
        last = address.address().id();
        look(address, nanos);
      }
    }
    return false;
  }

  /// Answers how many messages went.
  private int look(LiveQueue queue, long nanos) {
    AutoDelete settings = queue.address().settings().autoDelete();
    int messages = queue.queue().messages().messageCount();
    if (!goes(queue, settings) || inUse(queue) || !settings.allows(messages)) {
      queue.disuse().inUse();
      return 0;
    }
    // What came and is not here any more has been taken, has expired or was moved.
    boolean used = queue.disuse().everUsed() || queue.added() > messages;
    if ((!used && !settings.queuesNeverUsed())
        || !queue.disuse().over(nanos, settings.queuesDelayMillis())) {
      return 0;
    }
    if (messages > AT_ONCE) {
      // They go first, in pieces; a later pass finds what is left.
      queue.purge(broker);
      return 0;
    }
    directory.deleteQueue(queue);
    return messages;
  }

  private boolean goes(LiveQueue queue, AutoDelete settings) {
    BoundQueue bound = queue.queue();
    if (predefinedQueues.contains(bound.name())) {
      return false;
    }
    // What else is multicast and was not made by its use may be a durable subscription: that ends
    // by its
    // subscriber's word only.
    return bound.auto()
        ? settings.queues()
        : settings.createdQueues() && bound.routing() == RoutingType.ANYCAST;
  }

  private static boolean inUse(LiveQueue queue) {
    return queue.consumerCount() > 0
        || queue.queue().messages().outCount() > 0
        || queue.returning > 0
        || queue.expected();
  }

  private void look(LiveAddress address, long nanos) {
    AutoDelete settings = address.settings().autoDelete();
    if (!settings.addresses()
        || !address.address().auto()
        || predefinedAddresses.contains(address.address().name())
        || !address.address().queues().isEmpty()
        || namesKnown(address.address().id()) > 0) {
      address.disuse().inUse();
      return;
    }
    boolean used = address.disuse().everUsed() || settings.addressesNeverUsed();
    if (used && address.disuse().over(nanos, settings.addressesDelayMillis())) {
      directory.deleteAddress(address);
    }
  }

  private int namesKnown(int address) {
    return broker.state().identities().nameCount(address)
        + broker.volatileIdentities().nameCount(address);
  }
}
