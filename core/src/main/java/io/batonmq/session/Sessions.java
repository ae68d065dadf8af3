package io.batonmq.session;

import io.batonmq.broker.ActiveBroker;
import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.BrokerState;
import io.batonmq.broker.Effects;
import io.batonmq.broker.Refusal;
import io.batonmq.broker.Refusal.Reason;
import io.batonmq.log.Appender;
import io.batonmq.message.FieldExtractor;
import io.batonmq.message.Format;
import io.batonmq.seam.Now;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The broker of an active node, as its owner's loop sees it: commands go in, outputs leave by each
/// connection's [Outlet] once all that they rest on is committed.
///
/// One thread owns it. A turn of its loop: some [#accept]s while [Appender#full] and [#spent] say no, at
/// least one, then [#dispatch], then [Appender#flush]; [#committed] whenever that has risen; [#tick] at
/// [#nextDeadlineNanos]. None of them blocks. A [io.batonmq.log.FencedException] out of any of them means
/// that this node is not active any more: drop this object and the state, which is ahead of the log.
public final class Sessions {
  /// Expired messages, and forgotten producers, in one tick.
  private static final int CHORES = 1_000;

  /// Whatever is due later than this is asked for again.
  private static final long DUE_MILLIS_MAX = 3_600_000;

  private final BrokerState state;
  private final Appender appender;
  private final BrokerSettings settings;
  private final AccessRules access;
  private final Effects effects;
  private final Door door = new Door();
  private final ActiveBroker broker;
  private final Producers producers;
  private final OutcomeRetention outcomes;
  private final Answers answers;
  private final Connections connections;
  private volatile @Nullable Rooms rooms;
  private @Nullable Refusal handingOver;
  private boolean withdrawing;

  /// The latest time that was passed in.
  private long nowNanos;

  /// What the clock said then.
  private long clockMillis;

  /// What there is once the epoch is known.
  private record Rooms(
      Producing producing,
      Consuming consuming,
      Transacting transacting,
      Branches branches,
      Managing managing,
      OwnDestinations destinations,
      Watching watching,
      Temporaries temporaries,
      Fetching fetching,
      SnapshotRhythm snapshots,
      Upkeep upkeep) {}

  /// @param state the fold of every record of the log
  /// @param extractors how messages of each format are looked into
  public Sessions(
      BrokerState state,
      Appender appender,
      BrokerSettings settings,
      AccessRules access,
      Map<Format, FieldExtractor> extractors,
      Effects effects) {
    this.state = state;
    this.appender = appender;
    this.settings = settings;
    this.access = access;
    this.effects = effects;
    this.connections = new Connections(settings.limits());
    this.broker = new ActiveBroker(state, appender, settings, extractors, effects);
    this.producers = new Producers(settings.producerRetentionNanos());
    this.outcomes = new OutcomeRetention(settings.producerRetentionNanos());
    this.answers = new Answers(broker, door);
  }

  /// Begins the epoch; once, before anything else.
  public void activate(long epoch, Now now) {
    if (rooms != null) {
      throw new IllegalStateException("active already, in epoch " + state.epoch());
    }
    nowNanos = now.nanos();
    door.committed(appender.committed());
    broker.activate(epoch, now.wallMillis());
    // Whoever was attached to the node before this one may come back to this one.
    state.identities().producers().forEach(name -> producers.retain(name, now.nanos()));
    state.outcomes().sessions().forEach(session -> outcomes.retain(session, now.nanos()));
    Resolver resolver = new Resolver(broker.directory(), settings, access, epoch);
    SlowConsumerWatch slow = new SlowConsumerWatch(answers, effects);
    Watching watching = new Watching(broker.directory(), settings, resolver, answers);
    broker.directory().watch(watching);
    Consuming consuming =
        new Consuming(broker, settings, resolver, access, answers, slow, watching);
    Transacting transacting =
        new Transacting(broker, settings.limits(), answers, consuming, producers, outcomes, epoch);
    Managing managing = new Managing(broker, settings, answers);
    rooms =
        new Rooms(
            new Producing(broker, settings, resolver, answers, producers, watching),
            consuming,
            transacting,
            new Branches(broker, answers, transacting),
            managing,
            new OwnDestinations(broker.directory(), access, managing),
            watching,
            new Temporaries(broker.directory(), settings, access, answers, watching, epoch),
            new Fetching(broker, effects, answers),
            new SnapshotRhythm(broker, effects, settings.snapshotLogBytes()),
            new Upkeep(
                broker,
                settings,
                slow,
                new FullStore(broker, connections, transacting, effects, now),
                now));
  }

  /// Takes a command and delivers what it made possible.
  public void on(Command command, Now now) {
    accept(command, now);
    dispatch(now);
  }

  /// Takes a command. What it makes possible is delivered by the next [#dispatch], so that many
  /// deliveries become one event.
  public void accept(Command command, Now now) {
    broker.wall(now.wallMillis());
    if (command instanceof Command.Connect connect) {
      connect(connect, now);
      return;
    }
    Connection connection = connections.get(command.connection());
    if (connection == null) {
      // Refused, closed by us, or handed over: what was still under way does not count.
      return;
    }
    Rooms room = rooms();
    switch (command) {
      case Command.Connect _ -> throw new IllegalStateException("handled above");
      case Command.Disconnect disconnect -> disconnect(connection, disconnect.clean(), now);
      case Command.OpenProducer open -> {
        if (mayOpen(connection, open.link())) {
          room.producing.open(connection, open);
        }
      }
      case Command.OpenConsumer open -> openConsumer(connection, open, now);
      case Command.MakeTemporary make -> room.temporaries.make(connection, make);
      case Command.Watch watch -> room.watching.open(connection, watch);
      case Command.MakeDestination make -> room.destinations.make(connection, make);
      case Command.DeleteDestination delete -> room.destinations.delete(connection, delete);
      case Command.Send send -> send(connection, send, now);
      case Command.SendFragment fragment ->
          producer(connection, fragment.link(), link -> room.producing.fragment(link, fragment));
      case Command.DropFragments drop -> producer(connection, drop.link(), room.producing::drop);
      case Command.Fetch fetch -> room.fetching.fetch(connection, fetch);
      case Command.Withdrawn withdrawn ->
          producer(connection, withdrawn.link(), link -> link.credit = 0);
      case Command.Credit credit -> {
        if (connection.links.get(credit.link()) instanceof ConsumerLink link) {
          room.consuming.credit(link, credit.limit(), credit.drain());
        }
      }
      case Command.Settle settle -> settle(connection, settle);
      case Command.CloseLink close -> closeLink(connection, close, now);
      case Command.Begin begin -> room.transacting.begin(connection, begin);
      case Command.End end -> room.transacting.end(connection, end, now);
      case Command.BeginBranch begin -> room.branches.begin(connection, begin, now);
      case Command.EndBranch end -> room.branches.end(connection, end, now);
      case Command.Recover recover -> room.branches.recover(connection, recover);
    }
  }

  /// Whether what was accepted since the last [#dispatch] took as long as a turn may: very many filters were
  /// asked about it.
  public boolean spent() {
    return broker.spent();
  }

  /// Delivers what can be delivered, until the gathering batch is full.
  public void dispatch(Now now) {
    if (leaving()) {
      return;
    }
    nowNanos = now.nanos();
    clockMillis = now.wallMillis();
    broker.dispatch(now.wallMillis());
    rooms().managing.work();
    rooms().producing.unblock();
  }

  /// Takes what an operator asks; answered by [Output.Managed].
  public void manage(Management request, Outlet asker) {
    if (handingOver != null) {
      answers.to(asker, new Output.Managed(handingOver, 0));
      return;
    }
    rooms().managing.on(request, asker);
  }

  /// What time alone brings about.
  public void tick(Now now) {
    Rooms room = rooms();
    if (leaving()) {
      return;
    }
    producers.lapse(now.nanos(), CHORES, broker::forget);
    outcomes.lapse(now.nanos(), CHORES, broker.transactions()::forget);
    room.branches.lapse(now.nanos(), CHORES);
    nowNanos = now.nanos();
    broker.admitDue(broker.wall(now.wallMillis()), CHORES);
    room.upkeep.tick(now, this::accept);
    room.snapshots.consider(now);
    dispatch(now);
  }

  /// The log is committed up to a position.
  public void committed(long position, Now now) {
    door.committed(position);
    rooms().snapshots.committed(position);
    dispatch(now);
  }

  /// Whether a record with a payload of so many bytes may be [#loaded] before the next [#dispatch]: one
  /// always, and more while there is memory for all of them.
  public boolean roomToLoad(int bytes) {
    return leaving() || broker.roomToLoad(bytes);
  }

  /// The record that [Effects#load] asked for. Those who wait for it have it by the next [#dispatch].
  ///
  /// @param payload valid during the call only
  public void loaded(long position, ByteBuffer payload) {
    broker.loaded(position, payload);
    rooms().fetching.loaded(position, payload);
  }

  /// The snapshot that [Effects#snapshot] asked for is on stable storage.
  ///
  /// @param position that of its content
  /// @param bytes that were written for it
  public void snapshotWritten(String name, long checksum, long position, long bytes, Now now) {
    if (handingOver != null) {
      return;
    }
    rooms().snapshots.written(name, checksum, position, bytes);
  }

  /// The snapshot that [Effects#snapshot] asked for could not be written.
  public void snapshotFailed(Now now) {
    rooms().snapshots.failed(now);
  }

  /// When [#tick] is due, in the time of [Now#nanos]; [Long#MAX_VALUE] for never.
  public long nextDeadlineNanos() {
    if (leaving()) {
      return Long.MAX_VALUE;
    }
    Rooms room = rooms;
    if (room == null || ((broker.undispatched() || room.managing.working()) && !broker.full())) {
      return nowNanos;
    }
    long next = sooner(room.upkeep.nextDeadlineNanos(), producers.nextDeadline());
    next = sooner(next, outcomes.nextDeadline());
    next = sooner(next, room.branches.nextDeadline());
    if (!broker.full()) {
      // Looked at anew at every scan at the latest, should the clock be set meanwhile.
      long waited = broker.dueInMillis(clockMillis);
      next = sooner(next, nowNanos + Math.min(waited, DUE_MILLIS_MAX) * 1_000_000);
    }
    return next;
  }

  private static long sooner(long one, long other) {
    return other == Long.MAX_VALUE || one - other < 0 ? one : other;
  }

  /// The first step of passing the baton on: nobody new comes in, nothing more is delivered, and producers
  /// give back the credit that they have not used. What they have sent, and what consumers say, is still
  /// taken. A client that is cut off with messages under way must tell its application that it does
  /// not know what became of them; after this there are none.
  public void withdraw() {
    withdrawing = true;
    rooms().producing.withdraw();
    for (ProducerLink producer : connections.withCredit()) {
      answers.to(producer.connection(), new Output.Withdraw(producer.number()));
    }
  }

  private boolean leaving() {
    return withdrawing || handingOver != null;
  }

  /// Whether no producer may send any more.
  public boolean withdrawn() {
    return connections.withCredit().isEmpty();
  }

  /// Passes the baton on: no command counts any more, and every connection is closed after what was
  /// said before has left. Outputs still wait for their commit; see [#quiet].
  public void handOver(Refusal refusal, Now now) {
    handingOver = refusal;
    rooms().managing.handOver(refusal);
    for (Connection connection : connections.all()) {
      answers.to(connection, new Output.ConnectionClosed(refusal));
    }
    connections.clear();
  }

  /// Whether nothing waits to leave.
  public boolean quiet() {
    return door.isEmpty();
  }

  /// Every queue in numbers, in the order of their creation.
  public List<QueueStat> queueStats() {
    return broker.directory().queues().stream().map(QueueStat::of).toList();
  }

  /// Messages that were sent again because their answer was lost, and recognised. Anyone may ask.
  public long resends() {
    Rooms room = rooms;
    return room == null ? 0 : room.producing.resends();
  }

  /// Every address in numbers, in the order of their creation.
  public List<AddressStat> addressStats() {
    return broker.directory().addresses().stream().map(AddressStat::of).toList();
  }

  public int connectionCount() {
    return connections.size();
  }

  private void connect(Command.Connect command, Now now) {
    Connection before = connections.before(command);
    if (before != null) {
      disconnect(before, false, now);
      answers.to(before, new Output.ConnectionClosed(Connections.AGAIN));
    }
    Refusal refusal = mayConnect(command);
    if (refusal != null) {
      answers.to(command.outlet(), new Output.ConnectionClosed(refusal));
      return;
    }
    Connection connection = new Connection(command);
    connections.add(connection);
    answers.to(connection, new Output.Connected());
    rooms().watching.connected(connection);
  }

  private @Nullable Refusal mayConnect(Command.Connect command) {
    if (handingOver != null) {
      return handingOver;
    }
    if (withdrawing) {
      return new Refusal(Reason.HANDING_OVER, "this node hands over; connect to the other");
    }
    return connections.refusal(command);
  }

  private void disconnect(Connection connection, boolean clean, Now now) {
    connections.remove(connection);
    for (Link link : List.copyOf(connection.links.values())) {
      switch (link) {
        case ProducerLink producer -> rooms().producing.closed(producer, clean, now);
        case ConsumerLink consumer -> rooms().consuming.closed(consumer, clean);
      }
    }
    connection.links.clear();
    rooms().branches.closing(connection);
    rooms().transacting.closed(connection, clean, now);
    rooms().temporaries.closed(connection);
    rooms().watching.closed(connection);
  }

  private void openConsumer(Connection connection, Command.OpenConsumer open, Now now) {
    if (!mayOpen(connection, open.link())) {
      return;
    }
    Refusal refusal = rooms().temporaries.mayConsume(connection, open.source());
    if (refusal != null) {
      answers.to(connection, new Output.LinkRefused(open.link(), refusal));
      return;
    }
    rooms().consuming.open(connection, open, now);
  }

  private boolean mayOpen(Connection connection, int link) {
    Refusal refusal = connection.mayOpen(link, settings.limits().linksMax());
    if (refusal != null) {
      answers.to(connection, new Output.LinkRefused(link, refusal));
    }
    return refusal == null;
  }

  private static void producer(Connection connection, int number, Consumer<ProducerLink> then) {
    if (connection.links.get(number) instanceof ProducerLink link) {
      then.accept(link);
    }
  }

  private void send(Connection connection, Command.Send send, Now now) {
    if (!(connection.links.get(send.link()) instanceof ProducerLink link)) {
      return;
    }
    Transaction transaction = null;
    if (send.transaction() != 0) {
      transaction = connection.open(send.transaction());
      if (transaction == null) {
        if (!send.settled()) {
          answers.to(
              connection, new Output.Sent(link.number(), send.delivery(), Transacting.notOpen()));
        }
        rooms().producing.countRefused(link);
        return;
      }
    }
    rooms().producing.send(link, send, transaction, now);
  }

  private void settle(Connection connection, Command.Settle settle) {
    if (!(connection.links.get(settle.link()) instanceof ConsumerLink link)) {
      return;
    }
    Transaction transaction = null;
    if (settle.transaction() != 0) {
      transaction = connection.open(settle.transaction());
      if (transaction == null) {
        if (settle.answer()) {
          answers.to(
              connection,
              new Output.Settled(
                  link.number(), settle.first(), settle.last(), Transacting.notOpen()));
        } else {
          rooms().consuming.forgotten(link, settle.first(), settle.last());
        }
        return;
      }
    }
    rooms().consuming.settle(link, settle, transaction);
  }

  private void closeLink(Connection connection, Command.CloseLink close, Now now) {
    Link link = connection.links.remove(close.link());
    Refusal refusal = null;
    switch (link) {
      case ProducerLink producer -> rooms().producing.closed(producer, true, now);
      case ConsumerLink consumer -> {
        rooms().consuming.closed(consumer, true);
        if (close.unsubscribe()) {
          refusal = rooms().consuming.unsubscribe(consumer);
        }
      }
      case null -> {}
    }
    boolean ended =
        rooms().temporaries.closed(connection, close.link())
            || rooms().watching.closed(connection, close.link());
    if (link == null && !ended) {
      return;
    }
    answers.to(connection, new Output.LinkClosed(close.link(), refusal));
  }

  private Rooms rooms() {
    Rooms room = rooms;
    if (room == null) {
      throw new IllegalStateException("not active yet");
    }
    return room;
  }

  /// Bodies that are in memory, in bytes: kept beside the log, and held because the log has them not.
  public long bodyBytes() {
    return broker.cachedBytes() + broker.volatileBytes();
  }

  /// The connections, for a view of them.
  public List<String> remoteAddresses() {
    return connections.remoteAddresses();
  }
}
