package io.batonmq.sim.pair;

import io.batonmq.ha.Baton;
import io.batonmq.ha.Presence;
import io.batonmq.ha.Receipt;
import io.batonmq.ha.Role;
import io.batonmq.ha.RoleListener;
import io.batonmq.ha.Warrant;
import io.batonmq.log.file.FileLog;
import io.batonmq.node.Node;
import io.batonmq.node.Serving;
import io.batonmq.seam.Storage;
import io.batonmq.session.Command;
import io.batonmq.sim.SimProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One process of a node, from its start to its death or its exit code: put together as the server puts
/// itself together.
final class Life implements RoleListener, Node.Doors {
  private static final Duration PULSE = Duration.ofMillis(250);

  private final Simulation sim;
  private final SimNode owner;
  private final SimProcess process;
  private final SimLanes lanes;
  private final Optional<Together> together;
  private final Presence presence;
  private final Node node;
  private final Baton baton;
  private final List<Wire> wires = new ArrayList<>();
  private @Nullable Serving gateway;
  private long pulseNanos;
  private boolean ending;

  Life(Simulation sim, SimNode owner, SimProcess process) {
    this.sim = sim;
    this.owner = owner;
    this.process = process;
    this.lanes = new SimLanes(process, this::laneFailed);
    Storage own = sim.tamper().storage(sim.disk(owner).mount(process));
    this.together =
        sim.replicated()
            ? Optional.of(new Together(sim, owner, process, lanes, own))
            : Optional.empty();
    Storage storage = together.map(Together::storage).orElse(own);
    FileLog log = new FileLog(storage, sim.setup().log(), owner.name(), sim::unique);
    this.presence = new Presence(storage, owner.ha(), sim.unique());
    this.node = new Node(sim.setup().node(), log, sim::unique, this, lanes, this::slowestFollower);
    this.baton =
        new Baton(
            storage,
            owner.ha(),
            log,
            presence,
            sim.tamper().replica(node),
            together.map(Together::warrant).orElse(Warrant.NONE),
            this,
            lanes::wakeBaton);
    process.onDeath(this::died);
  }

  void start() {
    pulseNanos = sim.nanos();
    process.spawn("front", this::beat);
    together.ifPresent(Together::start);
    lanes.startBaton(
        now -> {
          boolean worked = baton.doWork(now);
          if (baton.stopped()) {
            end(0);
          }
          return worked;
        },
        sim.setup().batonNapNanos());
  }

  /// What a peer's heartbeats come from: while the process stands still, none leave.
  private void beat() {
    while (true) {
      pulseNanos = sim.nanos();
      process.sleep(PULSE);
    }
  }

  SimNode owner() {
    return owner;
  }

  SimProcess process() {
    return process;
  }

  Baton baton() {
    return baton;
  }

  Optional<Together> together() {
    return together;
  }

  Node node() {
    return node;
  }

  Presence presence() {
    return presence;
  }

  long pulseNanos() {
    return pulseNanos;
  }

  boolean open() {
    return gateway != null && process.alive();
  }

  Optional<Serving> serving() {
    return process.alive() ? Optional.ofNullable(gateway) : Optional.empty();
  }

  /// As the server's switch: a command for which there is no broker is dropped.
  void submit(Command command) {
    Serving to = gateway;
    if (to != null && process.alive()) {
      lanes.arrive(command);
    }
  }

  void connected(Wire wire) {
    wires.add(wire);
  }

  void disconnected(Wire wire) {
    wires.remove(wire);
  }

  private long slowestFollower() {
    return baton.peers().stream().mapToLong(Presence.Peer::applied).min().orElse(Long.MAX_VALUE);
  }

  // ---- baton's lane

  @Override
  public void open(Serving serving) {
    sim.ledger().began(serving.active(), owner.name());
    lanes.start(serving);
    gateway = serving;
  }

  @Override
  public void close(String reason) {
    gateway = null;
    cutAll(false);
    lanes.stopServing();
  }

  private void cutAll(boolean silently) {
    for (Wire wire : List.copyOf(wires)) {
      wire.cut(silently);
    }
  }

  @Override
  public void became(Role before, Role after, String reason) {
    sim.tell(() -> owner.name() + " " + before.word() + " -> " + after.word() + ": " + reason);
    sim.stats().roles(after);
    if (after instanceof Role.Fenced fenced) {
      sim.stats().fenced(fenced.code());
      end(fenced.code().code());
    }
  }

  @Override
  public void receipt(Receipt receipt) {
    sim.tell(() -> owner.name() + " " + receipt);
    sim.stats().receipt(receipt);
  }

  @Override
  public void waiting(String reason) {
    sim.tell(() -> owner.name() + " waits: " + reason);
  }

  @Override
  public long nanos() {
    return process.clock().monotonicNanos();
  }

  private void laneFailed(Throwable e) {
    gateway = null;
    cutAll(false);
    throw new IllegalStateException("a lane of " + owner.name() + " failed: " + e, e);
  }

  /// The process ends a moment later; until then its lanes go on, as threads do while a JVM halts.
  private void end(int code) {
    if (!ending) {
      ending = true;
      sim.after(
          Duration.ofNanos(sim.chance().magnitude(5_000_000)),
          () -> {
            if (process.alive()) {
              sim.tell(() -> owner.name() + " exits with code " + code);
              process.exit(code);
            }
          });
    }
  }

  private void died() {
    gateway = null;
    cutAll(sim.chance().oneIn(4));
    owner.died(this);
  }
}
