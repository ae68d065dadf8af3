package io.batonmq.sim.ha;

import io.batonmq.ha.Baton;
import io.batonmq.ha.HaSettings;
import io.batonmq.ha.Presence;
import io.batonmq.ha.Receipt;
import io.batonmq.ha.Role;
import io.batonmq.ha.RoleListener;
import io.batonmq.ha.Warrant;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.Tenure;
import io.batonmq.seam.Now;
import io.batonmq.seam.Storage;
import io.batonmq.sim.ClockSkew;
import io.batonmq.sim.Scheduler;
import io.batonmq.sim.SimProcess;
import io.batonmq.sim.SimStorage;
import io.batonmq.sim.SimTask;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One node through all its lives: the shipping baton and log, and a tiny replica. What ends the process
/// ends this life; the next one begins on the same disk.
final class SimNode implements RoleListener {
  private final PairSimulation world;
  private final String name;
  private final HaSettings settings;
  private final ClockSkew skew;
  private final List<String> told = new ArrayList<>();
  private final List<Receipt> receipts = new ArrayList<>();
  private SimProcess process;
  private SimStorage disk;
  private FileLog log;
  private Baton baton;
  private TinyReplica replica;
  private @Nullable SimTask lane;
  private int lives;
  private int names;

  SimNode(PairSimulation world, String name, HaSettings settings, ClockSkew skew) {
    this.world = world;
    this.name = name;
    this.settings = settings;
    this.skew = skew;
    start();
  }

  void start() {
    lives++;
    process = world.scheduler().process(name, skew);
    disk = world.disk().mount(process);
    Storage storage = world.settings().sabotage().apply(disk, world);
    log = world.settings().logs().make(storage, world.settings().log(), name, this::unique);
    var presence = new Presence(storage, settings, presence());
    replica = new TinyReplica(this);
    baton =
        new Baton(storage, settings, log, presence, replica, Warrant.NONE, this, this::wakeBaton);
    process.onDeath(() -> world.died(this));
    var mine = baton;
    lane = process.spawn("baton", () -> batonLane(mine));
  }

  private void batonLane(Baton mine) {
    while (true) {
      boolean worked = mine.doWork(Now.of(process.clock()));
      if (mine.role() instanceof Role.Fenced fenced) {
        process.exit(fenced.code().code());
      } else if (mine.stopped()) {
        process.exit(0);
      } else if (!worked) {
        process.park(Duration.ofMillis(20));
      }
    }
  }

  void wakeBaton() {
    if (lane != null) {
      lane.unpark();
    }
  }

  String unique() {
    return name + lives + "x" + ++names;
  }

  String presence() {
    return name + "-" + lives;
  }

  SimProcess process() {
    return process;
  }

  SimStorage storage() {
    return disk;
  }

  FileLog log() {
    return log;
  }

  Baton baton() {
    return baton;
  }

  TinyReplica replica() {
    return replica;
  }

  Scheduler scheduler() {
    return world.scheduler();
  }

  History history() {
    return world.history();
  }

  boolean producing() {
    return world.producing();
  }

  boolean active() {
    return process.alive() && baton.role() instanceof Role.Active;
  }

  /// Whether a later claimant has raised the fence of a tenure by now, as the file server has it.
  boolean superseded(Tenure tenure) {
    byte[] fence = world.disk().content(tenure.path("fence")).orElseThrow();
    return ByteBuffer.wrap(fence).getLong() != 0;
  }

  /// What became of its roles, newest last.
  List<String> told() {
    return told;
  }

  @Override
  public void became(Role before, Role after, String reason) {
    tell(
        before.word()
            + "("
            + before.epoch()
            + ") -> "
            + after.word()
            + "("
            + after.epoch()
            + "): "
            + reason);
    if (after instanceof Role.Active) {
      world.tookOver(this);
    }
  }

  @Override
  public void receipt(Receipt receipt) {
    receipts.add(receipt);
    tell(receipt.toString());
  }

  /// As they were issued and closed, newest last.
  List<Receipt> receipts() {
    return receipts;
  }

  @Override
  public void waiting(String reason) {
    tell(reason);
  }

  private void tell(String what) {
    told.add(scheduler().nanos() / 1_000_000 + " ms " + this + " " + what);
    world.heard(told.getLast());
  }

  @Override
  public long nanos() {
    return process.clock().monotonicNanos();
  }

  @Override
  public String toString() {
    return name + lives;
  }
}
