package io.batonmq.server.node;

import io.batonmq.ha.Warrant;
import io.batonmq.log.Facts;
import io.batonmq.mirror.Accord;
import io.batonmq.mirror.AccordSettings;
import io.batonmq.mirror.FileArbiter;
import io.batonmq.mirror.Leading;
import io.batonmq.mirror.Mirror;
import io.batonmq.mirror.Reign;
import io.batonmq.seam.Clock;
import io.batonmq.seam.Storage;
import io.batonmq.server.config.BrokerConfig;
import io.batonmq.server.config.Cluster;
import io.batonmq.server.config.Connector;
import io.batonmq.server.config.HaPolicy;
import io.batonmq.server.net.PairDialer;
import io.batonmq.server.net.PairDoor;
import io.batonmq.server.net.PairProof;
import io.batonmq.server.platform.DiskStorage;
import io.batonmq.server.platform.LockMonitor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a node of a replicated pair has more than others: the mirror of its store, the accord with the other nodes,
/// and their threads.
final class Pairing {
  private static final Logger LOG = LoggerFactory.getLogger(Pairing.class);
  private static final String ID_FILE = "node-id";
  private static final String ID = "id";
  private static final int NAME_MAX = 40;
  private static final long HEAD_START_NANOS = 100_000_000L;
  private static final long NAP_NANOS = 100_000_000L;

  private final Mirror mirror;
  private final Accord accord;
  private final PairDoor door;
  private final Clock clock;
  private volatile @Nullable LaneThread accordLane;
  private volatile @Nullable LaneThread copier;
  private volatile Runnable wakeBaton = () -> {};

  /// @param own the store of this node alone
  /// @param identity a directory of this instance that is not part of its store: who copies the store gets no twin
  Pairing(
      BrokerConfig config, HaPolicy.Replicated policy, Storage own, Storage identity, Clock clock) {
    this.clock = clock;
    Cluster.Credentials credentials = config.cluster().credentials().orElseThrow();
    PairProof proof = new PairProof(credentials.user(), credentials.password());
    this.mirror = new Mirror(own, new LockMonitor(), clock);
    Storage arbiter = DiskStorage.open(policy.arbiter());
    this.accord =
        new Accord(
            mirror,
            new FileArbiter(arbiter, Pairing::unique, policy.arbiter().toString()),
            new AccordSettings(
                policy.group(),
                id(identity, config.name()),
                config.name(),
                config.cluster().announced().map(Pairing::address).stream().toList(),
                config.cluster().peers().stream().map(Pairing::address).toList(),
                policy.role() == HaPolicy.Role.PRIMARY,
                HEAD_START_NANOS,
                policy.failoverStallTimeout().toNanos(),
                policy.minimumInSync()),
            new PairDialer(proof),
            Pairing::unique,
            new Accord.Shell(() -> wakeBaton.run(), this::wakeAccord, this::wakeCopier, LOG::info),
            clock,
            LockMonitor::new);
    this.door = new PairDoor(proof, accord::accept);
  }

  private static String address(Connector connector) {
    return Places.address(Places.of(connector));
  }

  private static String unique() {
    return UUID.randomUUID().toString();
  }

  /// The id of this instance, made at its first start: its name, for people, and what nobody else has.
  private static String id(Storage identity, String name) {
    Optional<Facts> found = Facts.read(identity, ID_FILE);
    if (found.isPresent()) {
      return found.get().get(ID);
    }
    Facts made = Facts.of("baton-node", "1", ID, readable(name) + "-" + unique().substring(0, 8));
    identity
        .createExclusive(ID_FILE)
        .ifPresent(file -> {
          try (file) {
            file.write(0, ByteBuffer.wrap(made.encode()));
            file.sync();
          }
        });
    identity.syncDirectory("");
    return made.get(ID);
  }

  private static String readable(String name) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(name.length(), NAME_MAX); i++) {
      char c = name.charAt(i);
      boolean plain =
          c < 0x80 && (Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.');
      text.append(plain ? c : '_');
    }
    return text.toString();
  }

  Storage storage() {
    return mirror;
  }

  Warrant warrant() {
    return accord;
  }

  PairDoor door() {
    return door;
  }

  /// @param baton wakes the baton's lane
  /// @param lanes makes a thread
  void start(Runnable baton, NodeLanes lanes) {
    wakeBaton = baton;
    LaneThread first =
        lanes.lane("accord", accord::doWork, () -> clock.monotonicNanos() + NAP_NANOS);
    LaneThread second =
        lanes.lane("copier", _ -> accord.copy(), () -> clock.monotonicNanos() + NAP_NANOS);
    accordLane = first;
    copier = second;
    first.start();
    second.start();
  }

  void stop() {
    for (LaneThread thread : new @Nullable LaneThread[] {accordLane, copier}) {
      if (thread != null) {
        thread.stop();
      }
    }
  }

  private void wakeAccord() {
    LaneThread thread = accordLane;
    if (thread != null) {
      thread.wake();
    }
  }

  private void wakeCopier() {
    LaneThread thread = copier;
    if (thread != null) {
      thread.wake();
    }
  }

  /// In one line, for `status`.
  String told() {
    Reign reign = accord.reign();
    List<String> parts = new ArrayList<>();
    parts.add("in sync: " + String.join(", ", reign.inSync()));
    parts.add("this node is " + accord.node());
    for (Leading.Standing standing : accord.standbys()) {
      parts.add(
          String.format(
              Locale.ROOT,
              "%s is %s, %.1f MB compared, %.1f MB sent",
              standing.node(),
              standing.state(),
              standing.compared() / 1e6,
              standing.sent() / 1e6));
    }
    if (accord.following()) {
      parts.add("following " + reign.active());
    }
    if (!accord.trouble().isEmpty()) {
      parts.add("no word from the arbiter: " + accord.trouble());
    }
    return String.join("; ", parts);
  }
}
