package io.batonmq.session;

import io.batonmq.broker.BrokerSettings;
import io.batonmq.broker.BrokerState;
import io.batonmq.broker.Effects;
import io.batonmq.broker.StateBytes;
import io.batonmq.log.ListLog;
import io.batonmq.log.SnapshotContent;
import io.batonmq.message.Format;
import io.batonmq.seam.Now;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// An active node over a log in a list, with peers that write down what they hear. Unless it is told to
/// hold commits back, everything is committed after each command, and loads are answered.
final class TestBroker implements Effects {
  final ListLog log;
  final BrokerState state = new BrokerState();
  final Sessions sessions;
  final BrokerSettings settings;
  final Deque<Long> loads = new ArrayDeque<>();
  final List<SnapshotContent> snapshots = new ArrayList<>();
  final List<Reclaim> reclaims = new ArrayList<>();
  final List<String> warnings = new ArrayList<>();
  int loadCount;

  /// Messages that were looked into.
  int looks;

  long nanos = 1_000;
  long wall = 1_700_000_000_000L;
  boolean holdCommits;
  boolean holdLoads;
  private long lastConnection;

  /// What left, over all connections, in its order.
  final List<Emission> emissions = new ArrayList<>();

  record Emission(TestPeer peer, Output output) {}

  record Reclaim(long position, long[] liveExtents, long committed) {}

  TestBroker() {
    this(BrokerSettings.DEFAULTS);
  }

  TestBroker(BrokerSettings settings) {
    this(new ListLog(), settings, AccessRules.OPEN, 1);
  }

  TestBroker(ListLog log, BrokerSettings settings, AccessRules access, long epoch) {
    this.log = log;
    this.settings = settings;
    log.records().forEach(r -> state.apply(r.position(), r.end(), r.type(), r.buffer()));
    sessions = new Sessions(state, log, settings, access, Map.of(Format.AMQP, this::fields), this);
    sessions.activate(epoch, now());
    settle();
  }

  /// The node that takes over when this one is lost: it has what was committed, and nothing else.
  TestBroker takeOver() {
    TestBroker next =
        new TestBroker(new ListLog(log), settings, AccessRules.OPEN, state.epoch() + 1);
    next.lastConnection = 1_000 * (state.epoch() + 1);
    return next;
  }

  Now now() {
    return new Now(nanos, wall);
  }

  void pass(long millis) {
    nanos += millis * 1_000_000;
    wall += millis;
    sessions.tick(now());
    settle();
  }

  void on(Command command) {
    sessions.on(command, now());
    settle();
  }

  /// Commits and answers loads until nothing happens any more, unless these are held back.
  void settle() {
    long before;
    do {
      before = log.end() + loads.size();
      if (!holdLoads) {
        answerLoads();
      }
      if (!holdCommits) {
        commit();
      }
    } while (before != log.end() + loads.size() || (!holdLoads && !loads.isEmpty()));
  }

  void commit() {
    log.commit();
    sessions.committed(log.committed(), now());
  }

  void answerLoads() {
    while (!loads.isEmpty()) {
      do {
        long position = loads.removeFirst();
        sessions.loaded(position, log.at(position).buffer());
      } while (!loads.isEmpty() && roomToLoad(loads.getFirst()));
      sessions.dispatch(now());
    }
  }

  private boolean roomToLoad(long position) {
    return sessions.roomToLoad(log.at(position).payload().length);
  }

  /// Takes turns until nobody has anything left to do now.
  void rest() {
    while (sessions.nextDeadlineNanos() <= nanos) {
      sessions.tick(now());
      settle();
    }
  }

  private Map<String, Object> fields(byte[] bytes, Set<String> names) {
    looks++;
    return TestPeer.fields(bytes, names);
  }

  TestPeer connect() {
    return connect("client-" + (lastConnection + 1));
  }

  TestPeer connect(String clientId) {
    return new TestPeer(this, ++lastConnection, new Principal("user", Set.of("amq")), clientId);
  }

  TestPeer connect(Principal principal) {
    return new TestPeer(this, ++lastConnection, principal, "");
  }

  QueueStat stat(String queue) {
    return sessions.queueStats().stream()
        .filter(stat -> stat.name().equals(queue))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no queue " + queue));
  }

  /// The durable state as bytes, and the same of a state that is folded from the log.
  byte[] bytes() {
    return StateBytes.of(state);
  }

  byte[] foldedBytes() {
    BrokerState folded = new BrokerState();
    log.records().forEach(r -> folded.apply(r.position(), r.end(), r.type(), r.buffer()));
    return StateBytes.of(folded);
  }

  @Override
  public void load(long position) {
    loadCount++;
    loads.addLast(position);
  }

  @Override
  public void snapshot(SnapshotContent content) {
    snapshots.add(content);
  }

  @Override
  public void reclaim(long position, long[] liveExtents, int extentShift) {
    reclaims.add(new Reclaim(position, liveExtents, log.committed()));
  }

  @Override
  public void warn(String line) {
    warnings.add(line);
  }
}
