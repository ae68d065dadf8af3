package io.batonmq.broker;

import io.batonmq.message.RoutingType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The part of an address that only the active node has: its settings, and whose turn it is.
public final class LiveAddress {
  private final Address address;
  private final AddressSettings settings;
  private final LiveDiverts diverts;
  private int turn;
  private boolean deleted;
  private final Disuse disuse = new Disuse();

  /// What the filters of its queues and diverts ask about; null if one came, went or changed since.
  private @Nullable Set<String> asked;

  LiveAddress(Address address, AddressSettings settings, LiveDiverts diverts) {
    this.address = address;
    this.settings = settings;
    this.diverts = diverts;
  }

  public Address address() {
    return address;
  }

  /// Whether it is gone. One of the same name is another one.
  public boolean deleted() {
    return deleted;
  }

  void delete() {
    deleted = true;
  }

  public AddressSettings settings() {
    return settings;
  }

  /// Whether it keeps what is sent to it for subscriptions that come later.
  boolean keepsRecent() {
    return settings.recovery().keeps() && address.multicast();
  }

  /// Whether queues of it came and went.
  Disuse disuse() {
    return disuse;
  }

  LiveDiverts diverts() {
    return diverts;
  }

  /// The diverts that look at what is sent here, by their names.
  public List<String> divertNames() {
    return diverts.names();
  }

  /// The queues that a message goes to: each multicast queue, and one of the anycast queues in turn, of
  /// those that take it. Those that are dedicated to an origin are not among them.
  ///
  /// @param routing to which of the two only; null for both
  /// @param admits asked of those with a filter
  List<BoundQueue> route(@Nullable RoutingType routing, Predicate<BoundQueue> admits) {
    List<BoundQueue> targets = new ArrayList<>(1);
    List<BoundQueue> anycast = new ArrayList<>(1);
    for (BoundQueue queue : address.queues()) {
      boolean point = queue.routing() == RoutingType.ANYCAST;
      boolean wanted = queue.origin() == null && (routing == null || routing == queue.routing());
      if (wanted && (!queue.filters() || admits.test(queue))) {
        (point ? anycast : targets).add(queue);
      }
    }
    if (!anycast.isEmpty()) {
      turn = (turn + 1) % anycast.size();
      targets.add(anycast.get(turn));
    }
    return targets;
  }

  /// The names of all fields that the filters of its queues and diverts ask about and that are in the bytes of a
  /// message.
  Set<String> asked(Function<BoundQueue, Condition> filter) {
    Set<String> names = asked;
    if (names == null) {
      names = new HashSet<>(diverts.asked());
      for (BoundQueue queue : address.queues()) {
        names.addAll(filter.apply(queue).inside());
      }
      asked = names;
    }
    return names;
  }

  void filtersChanged() {
    asked = null;
  }

  /// Whether what comes in is to be looked at, by a queue or for a divert.
  boolean filters() {
    if (!diverts.isEmpty()) {
      return true;
    }
    for (BoundQueue queue : address.queues()) {
      if (queue.filters() && queue.origin() == null) {
        return true;
      }
    }
    return false;
  }

  /// Whether it is for point to point and has no queue for that, so that a message would go nowhere.
  public boolean lacksQueue() {
    if (!address.anycast()) {
      return false;
    }
    for (BoundQueue queue : address.queues()) {
      if (queue.routing() == RoutingType.ANYCAST && queue.origin() == null) {
        return false;
      }
    }
    return true;
  }

  /// Whether it holds as much as it may.
  public boolean full() {
    for (BoundQueue queue : address.queues()) {
      if ((settings.maxSizeBytes() >= 0 && queue.messages().bytes() >= settings.maxSizeBytes())
          || (settings.maxSizeMessages() >= 0
              && queue.messages().messageCount() >= settings.maxSizeMessages())) {
        return true;
      }
    }
    return false;
  }
}
