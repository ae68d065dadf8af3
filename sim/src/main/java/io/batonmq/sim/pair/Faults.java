package io.batonmq.sim.pair;

import io.batonmq.node.Serving;
import io.batonmq.sim.Chance;
import io.batonmq.sim.Chaos;
import io.batonmq.sim.DiskFaults;
import io.batonmq.sim.SimDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What goes wrong in one seed, and when: some kinds of fault out of all, so that some seeds have one kind
/// only and others nearly everything.
final class Faults {
  private static final long GAP_NANOS_MAX = 2_000_000_000;

  /// Kinds of fault.
  enum Kind {
    /// A process is killed, between two steps of anything.
    KILL,
    /// A process stands still for longer than every timer.
    PAUSE,
    /// The machine with the disk loses its power; on a network, the file server.
    POWER,
    /// A node of a network loses its power, and its cache with it.
    HOST,
    /// The disk answers late.
    STALL,
    /// A lock is lost, or granted twice.
    LOCK,
    /// Reads, writes and syncs fail.
    ERROR,
    /// The disk is full for a while.
    FULL,
    /// An operator asks for a hand-over.
    SWITCHOVER,
    /// An operator stops a node, which is started again.
    STOP,
    /// A connection breaks.
    CUT,
    /// Nothing passes from one node to another, or to the arbiter; where each has a disk of its own.
    PARTITION
  }

  private final Simulation sim;
  private final Chance chance;
  private final Duration length;
  private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
  private final long pauseNanosMax;
  private boolean over;

  Faults(Simulation sim) {
    this.sim = sim;
    this.chance = sim.chance().fork();
    this.length = Duration.ofMillis(500 + chance.below(4_000));
    this.pauseNanosMax = 1_000_000_000L << chance.below(5);
    int oneIn = 1 + chance.below(4);
    for (Kind kind : Kind.values()) {
      if (kind == Kind.PARTITION ? sim.replicated() && !chance.oneIn(3) : chance.oneIn(oneIn + 1)) {
        kinds.add(kind);
      }
    }
  }

  Duration length() {
    return length;
  }

  /// How long it may take afterwards until everything is in order: a pause or a stall that has begun, the
  /// names that a network file system may be wrong about, the lease of a lock, a supervisor, and what waits for
  /// its time.
  Duration patience() {
    long waiting = sim.setup().delays() ? 30 : 0;
    return Duration.ofSeconds((sim.disks().stream().anyMatch(SimDisk::slow) ? 400 : 90) + waiting);
  }

  void begin() {
    sim.tell(() -> "faults for " + length.toMillis() + " ms: " + kinds);
    Chaos chaos = Chaos.NONE;
    if (kinds.contains(Kind.PAUSE)) {
      chaos = Chaos.pauses((int) chance.magnitude(100), Duration.ofNanos(pauseNanosMax));
    }
    if (kinds.contains(Kind.KILL)) {
      chaos = chaos.withKills((int) chance.magnitude(200));
    }
    sim.scheduler().chaos(chaos);
    DiskFaults disk = DiskFaults.NONE;
    if (kinds.contains(Kind.STALL)) {
      disk = DiskFaults.stalls((int) chance.magnitude(200), Duration.ofNanos(pauseNanosMax));
    }
    if (kinds.contains(Kind.LOCK)) {
      disk = disk.withLocks((int) chance.magnitude(200), (int) chance.magnitude(20_000));
    }
    if (kinds.contains(Kind.ERROR)) {
      disk =
          disk.withErrors(
              (int) chance.magnitude(500),
              (int) chance.magnitude(2_000),
              (int) chance.magnitude(200));
    }
    if (kinds.contains(Kind.FULL)) {
      disk = disk.withNoSpace((int) chance.magnitude(1_000));
    }
    DiskFaults chosen = disk;
    sim.disks().forEach(one -> one.faults(chosen));
    sim.after(Duration.ofNanos(chance.magnitude(GAP_NANOS_MAX)), this::next);
  }

  private void next() {
    if (!over && !kinds.isEmpty()) {
      List<Kind> all = List.copyOf(kinds);
      strike(all.get(chance.below(all.size())));
      sim.after(Duration.ofNanos(chance.magnitude(GAP_NANOS_MAX)), this::next);
    }
  }

  private void strike(Kind kind) {
    sim.tell(() -> "fault: " + kind);
    sim.stats().strikes++;
    List<SimNode> nodes = sim.nodes();
    Optional<Life> active = sim.active();
    Optional<Life> any = nodes.get(chance.below(nodes.size())).life();
    Optional<Life> life = active.isPresent() && chance.oneIn(2) ? active : any;
    switch (kind) {
      case KILL -> life.ifPresent(one -> one.process().kill());
      case PAUSE ->
          life.ifPresent(
              one -> one.process().pause(Duration.ofNanos(chance.between(1, pauseNanosMax))));
      case POWER -> sim.disks().get(chance.below(sim.disks().size())).powerLoss();
      case HOST -> life.ifPresent(one -> sim.disk(one.owner()).hostLoss(one.process()));
      case LOCK -> sim.serving().ifPresent(this::breakLock);
      case FULL -> fill();
      case SWITCHOVER -> life.ifPresent(one -> one.baton().switchover(""));
      case STOP -> life.ifPresent(one -> one.baton().stop());
      case CUT -> sim.clients().get(chance.below(sim.clients().size())).hangUp();
      case PARTITION -> partition();
      case STALL, ERROR -> {
        // These come with the calls on the disk.
      }
    }
  }

  private void partition() {
    List<String> names = new ArrayList<>(sim.nodes().stream().map(SimNode::name).toList());
    names.add(SimArbiter.NAME);
    for (String from : names) {
      for (String to : names) {
        if (!from.equals(to) && chance.oneIn(3)) {
          sim.network().cut(from, to, true);
          sim.after(
              Duration.ofNanos(chance.magnitude(pauseNanosMax)),
              () -> sim.network().cut(from, to, false));
        }
      }
    }
  }

  private void breakLock(Serving serving) {
    if (sim.replicated()) {
      return;
    }
    String lock = serving.active().appender().tenure().lock();
    if (chance.oneIn(2)) {
      sim.disk().loseLock(lock, chance.oneIn(2));
    } else {
      sim.disk().grantTwice(lock);
    }
  }

  private void fill() {
    SimDisk full = sim.disks().get(chance.below(sim.disks().size()));
    full.capacity(full.allocatedBytes() + chance.magnitude(1 << 20));
    sim.after(
        Duration.ofNanos(chance.magnitude(pauseNanosMax)), () -> full.capacity(Long.MAX_VALUE));
  }

  void end() {
    over = true;
    sim.tell(() -> "the faults are over");
    sim.scheduler().chaos(Chaos.NONE);
    for (SimDisk disk : sim.disks()) {
      disk.faults(DiskFaults.NONE);
      disk.capacity(Long.MAX_VALUE);
    }
    sim.network().heal();
  }
}
