package io.batonmq.broker;

import io.batonmq.log.Appender;
import io.batonmq.message.FieldExtractor;
import io.batonmq.message.Format;
import io.batonmq.message.Identity;
import io.batonmq.message.Message;
import io.batonmq.message.RoutingType;
import io.batonmq.queue.KeyList;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Reference;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What may be done with messages on the active node. Each decision about a durable one is an event,
/// appended and applied at once; a message that is not durable goes the same way without being written.
///
/// One turn of the owner's loop decides and appends; whatever tells the world about it waits for the
/// log's end as it is then to be committed.
public final class ActiveBroker {
  private final BrokerState state;
  private final BrokerSettings settings;
  private final EventLog log;
  private final Bodies bodies;
  private final LargeMessages large;
  private final VolatileReferences volatiles;
  private final Directory directory;
  private final Routing routing;
  private final DeadLetters deadLetters;
  private final Dispatcher dispatcher;
  private final RecentMessages recent;
  private final Arrivals arrivals;
  private final LiveTransactions transactions;
  private final Schedule schedule;

  /// What was accepted without being logged. A sender of such messages wants each at most once.
  private final Identities volatileIdentities = new Identities();

  private long sequence;
  private long wallMillis;

  /// @param extractors how messages of each format are looked into
  public ActiveBroker(
      BrokerState state,
      Appender appender,
      BrokerSettings settings,
      Map<Format, FieldExtractor> extractors,
      Effects effects) {
    this.state = state;
    this.settings = settings;
    this.log = new EventLog(appender, state);
    this.bodies =
        new Bodies(
            settings.limits().cacheBytesMax(),
            settings.limits().volatileBytesMax(),
            this::tailDropped);
    this.large = new LargeMessages(state, log, bodies);
    this.volatiles = new VolatileReferences(bodies, state.extents());
    this.directory = new Directory(state, log, settings, volatiles, extractors);
    this.routing = new Routing(directory, new Forwarding(directory, settings));
    this.deadLetters = new DeadLetters(this, log, bodies, volatiles, effects);
    this.dispatcher = new Dispatcher(this, log, bodies, effects);
    this.recent = new RecentMessages(settings.limits().recentBytesMax());
    this.arrivals = new Arrivals(this, log, bodies, volatiles);
    this.transactions = new LiveTransactions(this, state, log, volatiles);
    this.schedule = new Schedule(this, log, new Recurring(this, log, volatiles));
    directory.tell(
        new Directory.Gone() {
          @Override
          public void queue(LiveQueue queue) {
            schedule.note(queue);
            dispatcher.gone(queue);
          }

          @Override
          public void address(LiveAddress address) {
            volatileIdentities.forgetNames(address.address().id());
            recent.forget(address);
          }
        });
  }

  /// Begins to be active: the first event of the epoch, and what the configuration asks for.
  public void activate(long epoch, long wall) {
    log.append(new Event.Activated(epoch, wall(wall)));
    directory.open();
    transactions.begin();
    directory.queues().forEach(this::resume);
  }

  private void resume(LiveQueue queue) {
    schedule.note(queue);
    dispatcher.resume(
        queue, wallMillis + settings.producerRetentionNanos() / 1_000_000, wallMillis);
  }

  /// The wall time to act on: never earlier than any that was acted on, here or by a predecessor.
  public long wall(long wall) {
    wallMillis = Math.max(wallMillis, Math.max(state.wallMillis(), wall));
    return wallMillis;
  }

  public BrokerState state() {
    return state;
  }

  public Directory directory() {
    return directory;
  }

  public LiveTransactions transactions() {
    return transactions;
  }

  BrokerSettings settings() {
    return settings;
  }

  public LargeMessages large() {
    return large;
  }

  private void tailDropped(long tail) {
    large.drop(tail);
  }

  /// Everything appended until now is committed when the committed position is at or beyond this.
  public long end() {
    return log.end();
  }

  /// Whether the log takes more messages; what frees space it always takes.
  public boolean roomForMessages() {
    return log.roomForMessages();
  }

  /// Whether the log takes no more messages because the store is full, and not only until it has made room.
  public boolean storeFull() {
    return !log.roomForMessages() && !log.makingRoom();
  }

  public boolean full() {
    return log.full();
  }

  /// Bodies held in memory because the log does not have them, in bytes.
  public long volatileBytes() {
    return bodies.heldBytes();
  }

  /// Bodies kept in memory although the log has them, in bytes.
  public long cachedBytes() {
    return bodies.cachedBytes();
  }

  /// Whether a message was accepted before, or is in the transaction already that it is sent in.
  ///
  /// @param sends null for none
  public boolean accepted(Message message, LiveAddress address, @Nullable TransactionSends sends) {
    Identity identity = message.identity();
    int id = address.address().id();
    return state.transactions().known(identity, id)
        || volatileIdentities.contains(identity, id)
        || (sends != null && sent(sends, identity, id));
  }

  private boolean sent(TransactionSends sends, @Nullable Identity identity, int address) {
    return state.transactions().sent(sends.id(), identity, address)
        || sends.staged.own().contains(identity, address);
  }

  /// Where a message for an address goes.
  ///
  /// @param kind to which queues only; null for both
  /// @param client the client id of its sender; empty if it is not known
  public Route route(
      LiveAddress address, @Nullable RoutingType kind, Message message, String client) {
    Route found = routing.route(address, kind, message, client);
    Route route = deadLetters.orUnrouted(found, address, message);
    // What came in fragments is nobody's once its queues are done with it.
    if (kind != RoutingType.ANYCAST
        && address.keepsRecent()
        && !found.diverted()
        && message.tail() == null) {
      route.remember(client);
    }
    return route;
  }

  /// Where a message goes that is sent straight to a queue.
  ///
  /// @param client the client id of its sender; empty if it is not known
  public Route route(LiveQueue queue, Message message, String client) {
    return deadLetters.orUnrouted(routing.route(queue, message, client), queue.address(), message);
  }

  /// Gives a subscription that was made in this turn what its topic has kept, ahead of what comes. Nothing while the
  /// store is full.
  public void recall(LiveQueue queue, long wall) {
    if (storeFull()) {
      return;
    }
    LiveAddress address = queue.address();
    for (RecentMessages.Recent one : recent.of(address, wall(wall))) {
      if (queue.admits(directory.fields(one.message(), address), one.client())) {
        Route route = new Route();
        route.add(List.of(queue), null);
        arrivals.enqueue(address, route, one.message().anonymous(), null, wallMillis);
      }
    }
  }

  /// What topics keep for subscriptions that come later.
  RecentMessages recent() {
    return recent;
  }

  /// Where a message goes that is moved to an address.
  Route moved(LiveAddress end, Message message) {
    return routing.moved(end, message);
  }

  /// Whether filters were asked so often since the last [#dispatch] that it is enough for one turn.
  public boolean spent() {
    return routing.spent();
  }

  /// A message as it is kept at an address: it lives as long as the address says.
  public Message kept(Message message, LiveAddress address) {
    return address.settings().lifetime().of(message, wallMillis);
  }

  /// Takes a message over; answers why not.
  ///
  /// @param sends the transaction that makes it visible, null for none
  public @Nullable Refusal enqueue(
      LiveAddress address,
      Route route,
      Message message,
      @Nullable TransactionSends sends,
      long wall) {
    return arrivals.enqueue(address, route, message, sends, wall(wall));
  }

  /// Messages came that may have to wait.
  void placed(LiveQueue queue) {
    schedule.note(queue);
    dispatcher.mark(queue);
  }

  boolean acceptVolatile(@Nullable Identity identity, int address) {
    return volatileIdentities.add(
        identity,
        address,
        volatileIdentities.floorFor(identity, settings.limits().identityRangesMax()));
  }

  /// Messages were taken: they are gone.
  public void acknowledge(LiveQueue queue, KeyList keys) {
    int id = queue.queue().id();
    queue
        .split(keys, durable -> log.append(new Event.Acknowledged(id, durable)))
        .forEach(reference -> takeAway(queue, reference));
    dispatcher.mark(queue);
  }

  /// Begins to throw away the messages of a queue that nobody has, those that are here now.
  public Purging purge(LiveQueue queue) {
    return new Purging(queue, lastSequence());
  }

  /// Does a piece of it; false if there was nothing left to do.
  public boolean work(Purging purging) {
    return purging.work(log, volatiles, schedule);
  }

  /// Messages that are available go, because newer ones came.
  void drop(LiveQueue queue, KeyList keys) {
    Purging.drop(queue, keys, log, volatiles);
  }

  /// The highest sequence given out so far.
  public long lastSequence() {
    return Math.max(sequence, state.sequence());
  }

  void takeAway(LiveQueue queue, Reference reference) {
    queue.queue().messages().remove(reference.key());
    volatiles.giveUp(reference);
    queue.countAcknowledged();
  }

  /// Messages come back to their places.
  ///
  /// @param counted as attempts that failed, or may have
  public void release(LiveQueue queue, KeyList keys, boolean counted) {
    int id = queue.queue().id();
    MessageQueue messages = queue.queue().messages();
    queue
        .split(keys, durable -> log.append(new Event.Released(id, durable, counted)))
        .forEach(reference -> messages.release(reference.key(), counted));
    dispatcher.mark(queue);
  }

  /// Attempts failed: the messages come back, or are dead after the last attempt.
  public void fail(LiveQueue queue, KeyList keys) {
    schedule.retry(queue, deadLetters.afterFailure(queue, keys), wallMillis);
  }

  /// Messages that no attempt would help.
  public void reject(LiveQueue queue, KeyList keys) {
    schedule.retry(queue, deadLetters.afterRejection(queue, keys), wallMillis);
  }

  /// The time of messages is over, by the clock of the consumer that has them.
  public void expired(LiveQueue queue, KeyList keys) {
    KeyList lasting = new KeyList();
    for (int i = 0; i < keys.size(); i++) {
      Reference reference = queue.queue().messages().find(keys.get(i));
      if (reference != null && reference.expiry() != 0) {
        expire(queue, reference);
      } else {
        lasting.add(keys.get(i));
      }
    }
    reject(queue, lasting);
  }

  /// The time of a message is over.
  boolean expire(LiveQueue queue, Reference reference) {
    return deadLetters.expire(queue, reference);
  }

  /// Expires messages that are due in any queue, at most `max`. False if there may be more.
  public boolean expireDue(long wall, int max) {
    return deadLetters.expireDue(wall, max);
  }

  Identities volatileIdentities() {
    return volatileIdentities;
  }

  /// Makes messages available that have waited for their time, at most `max`, and lets queues begin whose
  /// consumers have waited long enough. False if there may be more.
  public boolean admitDue(long wall, int max) {
    dispatcher.openDue(wall);
    return schedule.admit(wall, max);
  }

  /// In how many milliseconds [#admitDue] has something to do, 0 for now, [Long#MAX_VALUE] for never.
  ///
  /// @param wall what the clock says, which may be earlier than what was acted on
  public long dueInMillis(long wall) {
    long next = Math.min(schedule.nextMillis(), dispatcher.nextOpeningMillis());
    return next == Schedule.NEVER ? next : next <= wall(wall) ? 0 : next - wall;
  }

  /// Where a message was moved from.
  Origins.@Nullable Place origin(Reference reference) {
    return reference.durable()
        ? state.origins().place(reference.origin())
        : volatiles.origins().place(reference.origin());
  }

  /// A producer is gone for good.
  public void forget(String producer) {
    if (state.identities().knows(producer)) {
      log.append(new Event.IdentitiesForgotten(producer));
    }
    volatileIdentities.forget(producer);
  }

  /// Whether one more producer may be remembered.
  public boolean roomForProducer() {
    return state.identities().producerCount() + volatileIdentities.producerCount()
        < settings.limits().producersMax();
  }

  /// Whether anything is remembered of a producer.
  public boolean remembers(String producer) {
    return state.identities().knows(producer) || volatileIdentities.knows(producer);
  }

  /// A snapshot of the state up to a position was written.
  public void snapshotTaken(long position, String name, long checksum) {
    log.append(new Event.SnapshotTaken(position, name, checksum));
  }

  /// How often all that an extent of the log held was given up.
  public long emptiedExtents() {
    return state.extents().emptied();
  }

  /// The extents below a position that hold bodies which are referred to now.
  public long[] liveExtents(long position) {
    return state.extents().below(position);
  }

  /// There may be something to deliver from a queue.
  public void mark(LiveQueue queue) {
    dispatcher.mark(queue);
  }

  /// Delivers what can be delivered, until the batch is full.
  public void dispatch(long wall) {
    routing.begin();
    transactions.work();
    dispatcher.dispatch(wall(wall));
  }

  /// Whether something is left to do because the batch was full, or the turn long enough.
  public boolean undispatched() {
    return dispatcher.undispatched() || transactions.working();
  }

  /// Whether a record of a size may be [#loaded] before the next [#dispatch].
  public boolean roomToLoad(int bytes) {
    return dispatcher.roomToLoad(bytes);
  }

  /// A record that was asked for.
  public void loaded(long position, ByteBuffer payload) {
    deadLetters.loaded(position, payload);
    dispatcher.loaded(position, payload);
  }

  /// Gives out the next sequence: higher than any before, logged or not.
  long nextSequence() {
    sequence = lastSequence() + 1;
    return sequence;
  }

  /// Gives out as many sequences in a row, and answers the first of them.
  long nextSequences(int count) {
    long first = nextSequence();
    sequence += count;
    return first;
  }
}
