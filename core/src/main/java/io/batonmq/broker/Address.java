package io.batonmq.broker;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A name that messages are sent to, and the queues bound to it. One that is not durable lives on the active
/// node only, and so do its queues; the log never hears of it, and its number is negative.
public final class Address {
  private final int id;
  private final String name;
  private final boolean anycast;
  private final boolean multicast;
  private final boolean auto;

  /// In the order of their creation.
  private final List<BoundQueue> queues = new ArrayList<>();

  Address(int id, String name, boolean anycast, boolean multicast, boolean auto) {
    this.id = id;
    this.name = name;
    this.anycast = anycast;
    this.multicast = multicast;
    this.auto = auto;
  }

  public int id() {
    return id;
  }

  public String name() {
    return name;
  }

  public boolean durable() {
    return id > 0;
  }

  public boolean anycast() {
    return anycast;
  }

  public boolean multicast() {
    return multicast;
  }

  /// Whether it was made because somebody used it, not because somebody asked for it.
  public boolean auto() {
    return auto;
  }

  public List<BoundQueue> queues() {
    return queues;
  }

  /// A queue of this address by its own name.
  public @Nullable BoundQueue queue(String queueName) {
    for (BoundQueue queue : queues) {
      if (queue.name().equals(queueName)) {
        return queue;
      }
    }
    return null;
  }
}
