package io.batonmq.broker;

import io.batonmq.message.RoutingType;
import io.batonmq.queue.MessageQueue;
import org.jspecify.annotations.Nullable;

/// A queue and what it is bound to. A queue that is not durable lives on the active node only; the log
/// never hears of it, and its number is negative.
public final class BoundQueue {
  private final int id;
  private final Address address;
  private final String name;
  private final RoutingType routing;
  private final boolean auto;
  private QueueSettings settings;
  private QueueFilter filter;
  private boolean filters;
  private final MessageQueue messages = new MessageQueue();
  private final Holders holders = new Holders();
  private boolean deleted;
  private @Nullable String origin;

  /// Of durable references only, so that every node counts the same.
  private long added;

  private long acknowledged;

  BoundQueue(
      int id,
      Address address,
      String name,
      RoutingType routing,
      QueueSettings settings,
      boolean auto,
      QueueFilter filter) {
    this.id = id;
    this.address = address;
    this.name = name;
    this.routing = routing;
    this.settings = settings;
    this.auto = auto;
    this.filter = filter;
    this.filters = looks();
  }

  public int id() {
    return id;
  }

  public Address address() {
    return address;
  }

  public String name() {
    return name;
  }

  public RoutingType routing() {
    return routing;
  }

  public QueueSettings settings() {
    return settings;
  }

  public boolean auto() {
    return auto;
  }

  /// What comes in of all that is sent to its address.
  public QueueFilter filter() {
    return filter;
  }

  /// Whether it looks at what comes in, or at who is there to take it.
  boolean filters() {
    return filters;
  }

  private boolean looks() {
    return !filter.equals(QueueFilter.NONE) || settings.keeping().purgeOnNoConsumers();
  }

  public boolean durable() {
    return id > 0;
  }

  public boolean deleted() {
    return deleted;
  }

  public MessageQueue messages() {
    return messages;
  }

  /// Who has what is out.
  public Holders holders() {
    return holders;
  }

  /// Durable messages that ever came here.
  public long added() {
    return added;
  }

  /// Durable messages that were ever acknowledged here.
  public long acknowledged() {
    return acknowledged;
  }

  void defer(long[] keys, long[] untilMillis) {
    for (int i = 0; i < keys.length; i++) {
      holders.gone(keys[i]);
      messages.defer(keys[i], untilMillis[i]);
    }
  }

  void admit(long[] keys) {
    for (long key : keys) {
      messages.admit(key);
    }
  }

  /// The only address that it takes messages from, moved ones; null if it is like any other.
  public @Nullable String origin() {
    return origin;
  }

  void dedicate(String newOrigin) {
    origin = newOrigin;
  }

  void update(QueueFilter newFilter, QueueSettings newSettings) {
    settings = newSettings;
    filter = newFilter;
    filters = looks();
  }

  void delete() {
    deleted = true;
  }

  void countAdded() {
    added++;
  }

  void countAdded(int messages) {
    added += messages;
  }

  void countAcknowledged() {
    acknowledged++;
  }

  void restoreCounts(long newAdded, long newAcknowledged) {
    added = newAdded;
    acknowledged = newAcknowledged;
  }
}
