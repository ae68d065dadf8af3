package io.batonmq.broker;

import io.batonmq.message.FieldExtractor;
import io.batonmq.message.Format;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.selector.SelectorException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The addresses and queues of the active node. What is durable about them goes through the log.
public final class Directory {
  private final BrokerState state;
  private final EventLog log;
  private final BrokerSettings settings;
  private final VolatileReferences references;
  private final Map<Format, FieldExtractor> extractors;
  private final Map<Integer, LiveAddress> addresses = new LinkedHashMap<>();
  private final Map<Integer, LiveQueue> queues = new LinkedHashMap<>();
  private final WildcardAddresses wildcards;

  /// Those that last, for going through them in pieces.
  private final TreeMap<Integer, LiveAddress> lastingAddresses = new TreeMap<>();

  private final TreeMap<Integer, LiveQueue> lastingQueues = new TreeMap<>();
  private int lastVolatileQueue;
  private Gone gone =
      new Gone() {
        @Override
        public void queue(LiveQueue queue) {}

        @Override
        public void address(LiveAddress address) {}
      };

  /// Whoever keeps something for an address or a queue, beside the directory.
  interface Gone {
    void queue(LiveQueue queue);

    void address(LiveAddress address);
  }

  /// Whoever wants to know which queues and addresses come and go.
  public interface Watch {
    void queue(LiveQueue queue, boolean there);

    void address(LiveAddress address, boolean there);
  }

  private @Nullable Watch watch;

  /// Tells somebody from now on.
  public void watch(Watch by) {
    watch = by;
  }

  private void tell(LiveQueue queue, boolean there) {
    if (watch != null) {
      watch.queue(queue, there);
    }
  }

  private void tell(LiveAddress address, boolean there) {
    if (watch != null) {
      watch.address(address, there);
    }
  }

  void tell(Gone newGone) {
    gone = newGone;
  }

  private int lastVolatileAddress;

  Directory(
      BrokerState state,
      EventLog log,
      BrokerSettings settings,
      VolatileReferences references,
      Map<Format, FieldExtractor> extractors) {
    this.state = state;
    this.log = log;
    this.settings = settings;
    this.references = references;
    this.extractors = extractors;
    this.wildcards = new WildcardAddresses(settings.wildcards());
  }

  /// Takes over what the state has, and makes what the configuration asks for.
  void open() {
    for (Address address : state.addresses()) {
      // Nobody knows any more who used what was there before.
      open(address).disuse().used();
    }
    for (BoundQueue queue : state.queues()) {
      open(new LiveQueue(queue, live(queue.address()), condition(queue.filter().selector())))
          .restored();
    }
    for (BrokerSettings.Predefined predefined : settings.addresses()) {
      open(predefined);
    }
  }

  private LiveAddress open(Address address) {
    LiveAddress live =
        new LiveAddress(
            address,
            settings.address(address.name()),
            new LiveDiverts(
                settings.diverts(address.name()), divert -> condition(divert.filter())));
    addresses.put(address.id(), live);
    if (address.durable()) {
      lastingAddresses.put(address.id(), live);
    }
    wildcards.add(live);
    return live;
  }

  private LiveQueue open(LiveQueue live) {
    queues.put(live.queue().id(), live);
    if (live.queue().durable()) {
      lastingQueues.put(live.queue().id(), live);
    }
    return live;
  }

  /// The next queue that lasts; null if there is none.
  ///
  /// @param id of the one before, which may be gone; 0 for the first
  @Nullable LiveQueue queueAfter(int id) {
    Map.Entry<Integer, LiveQueue> next = lastingQueues.higherEntry(id);
    return next == null ? null : next.getValue();
  }

  /// The same of addresses.
  @Nullable LiveAddress addressAfter(int id) {
    Map.Entry<Integer, LiveAddress> next = lastingAddresses.higherEntry(id);
    return next == null ? null : next.getValue();
  }

  /// The addresses with patterns that get what is sent to another one.
  List<LiveAddress> matching(LiveAddress address) {
    return wildcards.matching(address);
  }

  private void open(BrokerSettings.Predefined predefined) {
    LiveAddress address = address(predefined.address());
    if (address == null) {
      boolean anycast = predefined.queues().isEmpty();
      boolean multicast = predefined.queues().isEmpty();
      for (BrokerSettings.Predefined.Queue queue : predefined.queues()) {
        anycast |= queue.routing() == RoutingType.ANYCAST;
        multicast |= queue.routing() == RoutingType.MULTICAST;
      }
      address = createAddress(predefined.address(), anycast, multicast, false);
    }
    for (BrokerSettings.Predefined.Queue queue : predefined.queues()) {
      LiveQueue there = queue(queue.name());
      QueueFilter filter = QueueFilter.of(queue.filter());
      QueueSettings wanted = address.settings().queues().with(queue.settings());
      if (there == null) {
        createQueue(address, queue.name(), queue.routing(), true, wanted, false, filter);
      } else if (!there.queue().filter().equals(filter)
          || !there.queue().settings().equals(wanted)) {
        log.append(new Event.QueueUpdated(there.queue().id(), filter, wanted));
        there.filter(condition(filter.selector()));
      }
    }
  }

  public @Nullable LiveAddress address(String name) {
    Address address = state.address(name);
    return address == null ? null : live(address);
  }

  public @Nullable LiveQueue queue(String name) {
    BoundQueue queue = state.queue(name);
    return queue == null ? null : live(queue);
  }

  /// In the order of their creation.
  public Collection<LiveQueue> queues() {
    return queues.values();
  }

  /// In the order of their creation.
  public Collection<LiveAddress> addresses() {
    return addresses.values();
  }

  LiveAddress live(Address address) {
    LiveAddress live = addresses.get(address.id());
    if (live == null) {
      throw new IllegalStateException("address " + address.name() + " is not open");
    }
    return live;
  }

  LiveQueue live(BoundQueue queue) {
    LiveQueue live = queues.get(queue.id());
    if (live == null) {
      throw new IllegalStateException("queue " + queue.name() + " is not open");
    }
    return live;
  }

  List<LiveQueue> live(List<BoundQueue> bound) {
    List<LiveQueue> live = new ArrayList<>(bound.size());
    bound.forEach(queue -> live.add(live(queue)));
    return live;
  }

  /// What the filters of an address see of a message that is sent there.
  MessageFields fields(Message message, LiveAddress address) {
    return new MessageFields(
        message,
        message.expiryMillis(),
        0,
        false,
        address.address().name(),
        extractors,
        () -> address.asked(queue -> live(queue).condition()));
  }

  /// What a message says under a name: a String, Boolean, Long or Double; null if it says nothing.
  @Nullable Object field(Message message, String name) {
    return new MessageFields(
            message, message.expiryMillis(), 0, false, "", extractors, () -> Set.of(name))
        .get(name);
  }

  /// Why a text is no selector; null if it is one, or says nothing.
  public @Nullable Refusal fault(@Nullable String selector) {
    try {
      Condition.of(selector, extractors);
      return null;
    } catch (SelectorException e) {
      return new Refusal(Refusal.Reason.INVALID, String.valueOf(e.getMessage()));
    }
  }

  /// Of a selector that was looked at when it was accepted.
  private Condition condition(@Nullable String selector) {
    try {
      return Condition.of(selector, extractors);
    } catch (SelectorException e) {
      throw new IllegalStateException("a selector was accepted that is none", e);
    }
  }

  /// Somebody takes messages from a queue, or looks at them, from now on.
  ///
  /// @param selector which ones, one without [#fault]; null for all
  public void attach(
      LiveQueue queue, QueueConsumer consumer, boolean browse, @Nullable String selector) {
    queue.attach(consumer, browse, condition(selector));
  }

  public LiveAddress createAddress(String name, boolean anycast, boolean multicast, boolean auto) {
    int id = state.nextAddressId();
    log.append(new Event.AddressCreated(id, name, anycast, multicast, auto));
    Address created = state.address(name);
    if (created == null) {
      throw new IllegalStateException("address " + name + " was not made");
    }
    LiveAddress live = open(created);
    tell(live, true);
    return live;
  }

  /// Makes an address that the log does not hear of; it is gone with this node.
  public LiveAddress createVolatileAddress(String name, RoutingType routing) {
    if (state.address(name) != null) {
      throw new IllegalStateException("address " + name + " exists");
    }
    Address created =
        new Address(
            --lastVolatileAddress,
            name,
            routing == RoutingType.ANYCAST,
            routing == RoutingType.MULTICAST,
            true);
    state.add(created);
    return open(created);
  }

  /// Makes a queue that takes in everything.
  ///
  /// @param durable whether the log hears of it; otherwise it is gone with this node
  public LiveQueue createQueue(
      LiveAddress address,
      String name,
      RoutingType routing,
      boolean durable,
      int consumersMax,
      boolean auto) {
    return createQueue(address, name, routing, durable, consumersMax, auto, QueueFilter.NONE);
  }

  /// Makes a queue that is otherwise as its address says, but that it always keeps what comes while nobody
  /// consumes: subscriptions, dead ends and temporary queues are there for that.
  ///
  /// @param durable whether the log hears of it; otherwise it is gone with this node
  /// @param filter what it takes in; its selector has no [#fault]
  public LiveQueue createQueue(
      LiveAddress address,
      String name,
      RoutingType routing,
      boolean durable,
      int consumersMax,
      boolean auto,
      QueueFilter filter) {
    QueueSettings of =
        address
            .settings()
            .queues()
            .with(
                QueueSettings.Overrides.consumers(consumersMax)
                    .with(new QueueKeeping.Overrides(null, null, null, null, false)));
    return createQueue(address, name, routing, durable, of, auto, filter);
  }

  /// Makes a queue of which everything is known.
  ///
  /// @param durable whether the log hears of it; otherwise it is gone with this node
  /// @param filter what it takes in; its selector has no [#fault]
  public LiveQueue createQueue(
      LiveAddress address,
      String name,
      RoutingType routing,
      boolean durable,
      QueueSettings of,
      boolean auto,
      QueueFilter filter) {
    Condition condition = condition(filter.selector());
    if (durable && !address.address().durable()) {
      // A standby would be told of a queue whose address it never heard of.
      throw new IllegalStateException(
          "a durable queue at the volatile address " + address.address().name());
    }
    int id = durable ? state.nextQueueId() : --lastVolatileQueue;
    if (durable) {
      log.append(
          new Event.QueueCreated(id, address.address().id(), name, routing, of, auto, filter));
    } else {
      state.bind(new BoundQueue(id, address.address(), name, routing, of, auto, filter));
    }
    BoundQueue created = state.queue(id);
    if (created == null) {
      throw new IllegalStateException("queue " + name + " was not made");
    }
    LiveQueue live = open(new LiveQueue(created, address, condition));
    address.filtersChanged();
    address.disuse().used();
    tell(live, true);
    return live;
  }

  /// Deletes a queue with what is in it; its consumers are told.
  public void deleteQueue(LiveQueue live) {
    BoundQueue queue = live.queue();
    queues.remove(queue.id());
    lastingQueues.remove(queue.id());
    live.address().filtersChanged();
    live.address().disuse().used();
    List<QueueConsumer> attached = new ArrayList<>(live.consumers());
    live.browsers().forEach(browser -> attached.add(browser.consumer));
    queue
        .messages()
        .forEach(reference -> {
          if (!reference.durable()) {
            references.giveUp(reference);
          }
        });
    if (queue.durable()) {
      log.append(new Event.QueueDeleted(queue.id()));
    } else {
      state.deleteQueue(queue);
    }
    attached.forEach(QueueConsumer::deleted);
    gone.queue(live);
    tell(live, false);
  }

  /// Deletes an address that has no queues.
  public void deleteAddress(LiveAddress live) {
    addresses.remove(live.address().id());
    lastingAddresses.remove(live.address().id());
    wildcards.remove(live);
    live.delete();
    if (live.address().durable()) {
      log.append(new Event.AddressDeleted(live.address().id()));
    } else {
      state.deleteAddress(live.address().id());
    }
    gone.address(live);
    tell(live, false);
  }

  /// Where dead or expired messages go: made if it is not there, because the alternative would be to
  /// lose them.
  ///
  /// @param own whether what comes there gets a queue of its own: then it needs no other
  LiveAddress deadEnd(String name, boolean own) {
    LiveAddress address = address(name);
    if (address == null) {
      address = createAddress(name, true, false, true);
    }
    if (!own
        && address.address().queues().stream().allMatch(queue -> queue.origin() != null)
        && address.address().anycast()
        && queue(name) == null) {
      createQueue(address, name, RoutingType.ANYCAST, true, 0, true);
    }
    return address;
  }

  /// The queue at a dead end for what comes from one address only: made if it is not there, and dedicated to
  /// that address if it is. Null if that name is taken elsewhere, or there are too many queues.
  @Nullable LiveQueue ownQueue(String deadEnd, String name, String origin) {
    LiveQueue queue = queue(name);
    if (queue == null && queues.size() >= settings.limits().queuesMax()) {
      return null;
    }
    if (queue == null) {
      LiveAddress address = deadEnd(deadEnd, true);
      RoutingType routing =
          address.address().anycast() ? RoutingType.ANYCAST : RoutingType.MULTICAST;
      queue = createQueue(address, name, routing, true, 0, true);
    }
    BoundQueue bound = queue.queue();
    if (!bound.durable() || !bound.address().name().equals(deadEnd)) {
      return null;
    }
    if (bound.origin() == null) {
      // An operator made it, or a node that was lost before it could say this.
      log.append(new Event.Dedicated(bound.id(), origin));
    }
    return origin.equals(bound.origin()) ? queue : null;
  }
}
