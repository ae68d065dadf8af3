package io.batonmq.sim.ha;

import io.batonmq.ha.HaSettings;
import io.batonmq.ha.Role;
import io.batonmq.log.LogSettings;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.LogVerify;
import io.batonmq.seam.Storage;
import io.batonmq.sim.Chance;
import io.batonmq.sim.Chaos;
import io.batonmq.sim.ClockSkew;
import io.batonmq.sim.DiskFaults;
import io.batonmq.sim.Scheduler;
import io.batonmq.sim.SimDisk;
import io.batonmq.sim.SimStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Two or three nodes over one disk, from a seed: a time of faults, then a time in which somebody must
/// serve again and everybody must catch up, then a look at what is on the disk.
final class PairSimulation implements AutoCloseable {
  static final Duration STALL = Duration.ofSeconds(2);

  private final Settings settings;
  private final Scheduler scheduler;
  private final SimDisk disk;
  private final Chance chance;
  private final History history = new History();
  private final List<SimNode> nodes = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();
  private boolean restarting = true;
  private boolean producing = true;
  private int takeOvers;

  /// Makes the log of a node; tests that leave a guard out make another.
  interface Logs {
    FileLog make(Storage storage, LogSettings settings, String node, Supplier<String> unique);
  }

  /// Stands between a node and its disk.
  interface Sabotage {
    Sabotage NONE = (storage, world) -> storage;

    Storage apply(SimStorage storage, PairSimulation world);
  }

  record Settings(
      long seed,
      SimDisk.Model model,
      LogSettings log,
      Logs logs,
      Sabotage sabotage,
      Duration faults) {
    static final LogSettings SMALL =
        new LogSettings(64 << 10, 32 << 10, 3, 50_000_000L, 300_000_000L, true);

    static Settings of(long seed, SimDisk.Model model) {
      return new Settings(seed, model, SMALL, FileLog::new, Sabotage.NONE, Duration.ofSeconds(8));
    }

    Settings with(Sabotage other) {
      return new Settings(seed, model, log, logs, other, faults);
    }

    Settings with(Logs other) {
      return new Settings(seed, model, log, other, sabotage, faults);
    }
  }

  /// What a run came to.
  record Outcome(long trace, long confirmed, int takeOvers, long points) {}

  PairSimulation(Settings settings) {
    this.settings = settings;
    this.scheduler = new Scheduler(settings.seed);
    this.disk = new SimDisk(scheduler, settings.model);
    this.chance = scheduler.chance().fork();
  }

  Settings settings() {
    return settings;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  SimDisk disk() {
    return disk;
  }

  Chance chance() {
    return chance;
  }

  History history() {
    return history;
  }

  boolean producing() {
    return producing;
  }

  List<SimNode> nodes() {
    return nodes;
  }

  /// What was told on the way, oldest first.
  List<String> heard() {
    return heard;
  }

  void heard(String line) {
    heard.add(line);
  }

  void tookOver(SimNode node) {
    takeOvers++;
  }

  /// Adds a node.
  SimNode node(
      String name, HaSettings.Configured role, boolean failoverOnShutdown, boolean failback) {
    var node =
        new SimNode(
            this,
            name,
            new HaSettings(
                name, role, failoverOnShutdown, failback, STALL.toNanos(), List.of(), "test"),
            ClockSkew.by(chance));
    nodes.add(node);
    return node;
  }

  /// Whether who dies is started again.
  void restart(boolean whether) {
    restarting = whether;
  }

  /// Nobody appends any more.
  void quiet() {
    producing = false;
  }

  /// Whether a node serves, or has read nearly all.
  static boolean follows(SimNode node) {
    return node.active() || node.replica().state().records() > node.history().confirmed() - 30;
  }

  /// By what name the others know a node.
  String presence(SimNode node) {
    return node.presence();
  }

  void died(SimNode node) {
    heard(scheduler.nanos() / 1_000_000 + " ms " + node + " is gone " + node.process().exitCode());
    if (restarting) {
      scheduler.after(Duration.ofNanos(chance.magnitude(3_000_000_000L)), node::start);
    }
  }

  Optional<SimNode> active() {
    return nodes.stream().filter(SimNode::active).findFirst();
  }

  /// A whole run.
  Outcome run() {
    int count = 2 + chance.below(2);
    for (int i = 0; i < count; i++) {
      node(
          String.valueOf((char) ('a' + i)),
          i == 0 ? HaSettings.Configured.PRIMARY : HaSettings.Configured.BACKUP,
          chance.below(3) > 0,
          chance.oneIn(2));
    }
    befall();
    scheduler.runFor(settings.faults);
    calm();
    settle();
    examine();
    return new Outcome(
        scheduler.trace().hash() ^ disk.hash(), history.confirmed(), takeOvers, scheduler.points());
  }

  /// What goes wrong: some of everything, never everything at once.
  private void befall() {
    Duration longest = Duration.ofMillis(chance.magnitude(STALL.toMillis() * 4));
    scheduler.chaos(new Chaos(any(0, 0, 300, 1500), longest.toNanos(), any(0, 0, 50, 400)));
    disk.faults(
        new DiskFaults(
            any(0, 0, 0, 300),
            any(0, 0, 0, 100),
            any(0, 0, 0, 300),
            any(0, 0, 0, 30),
            any(0, 0, 200, 1000),
            longest.toNanos(),
            any(0, 0, 100, 1000),
            any(0, 0, 5_000, 100_000)));
    int events = chance.below(7);
    for (int i = 0; i < events; i++) {
      at(chance.below((int) settings.faults.toMillis()), event());
    }
  }

  private int any(int... values) {
    return values[chance.below(values.length)];
  }

  private void at(long millis, Consumer<SimNode> event) {
    scheduler.after(
        Duration.ofMillis(millis),
        () -> {
          var node = chance.oneIn(2) ? active().orElse(nodes.getFirst()) : any();
          if (node.process().alive()) {
            event.accept(node);
          }
        });
  }

  private SimNode any() {
    return nodes.get(chance.below(nodes.size()));
  }

  private Consumer<SimNode> event() {
    return switch (chance.below(9)) {
      case 0 -> _ -> disk.powerLoss();
      case 1 ->
          node -> {
            if (settings.model == SimDisk.Model.NETWORK) {
              disk.hostLoss(node.process());
            } else {
              node.process().kill();
            }
          };
      case 2 -> node -> node.process().pause(STALL.multipliedBy(1 + chance.below(3)));
      case 3 -> node -> lockOf(node).ifPresent(lock -> disk.loseLock(lock, chance.oneIn(2)));
      case 4 -> node -> lockOf(node).ifPresent(disk::grantTwice);
      case 5 -> node -> node.baton().switchover("");
      case 6 -> node -> node.baton().stop();
      case 7 -> _ -> fill();
      default -> node -> node.process().kill();
    };
  }

  private static Optional<String> lockOf(SimNode node) {
    return node.baton().role() instanceof Role.Active active
        ? Optional.of(active.appender().tenure().lock())
        : Optional.empty();
  }

  private void fill() {
    disk.capacity(0);
    scheduler.after(Duration.ofMillis(chance.below(4_000)), () -> disk.capacity(Long.MAX_VALUE));
  }

  /// From here on nothing goes wrong any more, and who is down is started again.
  private void calm() {
    scheduler.chaos(Chaos.NONE);
    disk.faults(DiskFaults.NONE);
    disk.capacity(Long.MAX_VALUE);
    heard(scheduler.nanos() / 1_000_000 + " ms calm");
  }

  /// Somebody serves, and everybody reads it.
  private void settle() {
    boolean network = settings.model == SimDisk.Model.NETWORK;
    long before = history.confirmations();
    require(
        () -> active().isPresent() && history.confirmations() > before + 20,
        Duration.ofSeconds(network ? 300 : 60),
        "nobody serves");
    producing = false;
    require(this::allCaughtUp, Duration.ofSeconds(network ? 300 : 60), "not all caught up");
  }

  private boolean allCaughtUp() {
    return nodes.stream()
        .allMatch(node ->
            node.process().alive()
                && (node.active() || node.replica().state().records() >= history.confirmed()));
  }

  private void require(BooleanSupplier goal, Duration within, String otherwise) {
    if (!scheduler.runUntil(goal, within)) {
      throw new AssertionError(otherwise + " after " + within);
    }
  }

  /// Reads the disk as somebody who was never there before.
  private void examine() {
    restarting = false;
    nodes.forEach(node -> {
      if (node.process().alive()) {
        node.process().kill();
      }
    });
    // Pages that a dead node's host still holds arrive meanwhile, locks expire.
    scheduler.runFor(Duration.ofSeconds(100));
    var storage = disk.mount(scheduler.process("examiner"));
    var report = LogVerify.verify(storage);
    if (!report.sound()) {
      throw new AssertionError("the log is damaged: " + report.damages());
    }
    var replica = new TinyReader(history);
    replica.readAll(storage, settings.log);
    if (replica.state().records() < history.confirmed()) {
      throw new AssertionError(
          "%d records were confirmed, %d are there"
              .formatted(history.confirmed(), replica.state().records()));
    }
  }

  @Override
  public void close() {
    restarting = false;
    scheduler.close();
  }

  /// How to see it again.
  static String replay(Settings settings) {
    return "mvn -o -q -pl sim -am test -Dtest=LogPairTest#replay -Dlogpair.seed=%d -Dlogpair.model=%s -Dsurefire.failIfNoSpecifiedTests=false"
        .formatted(settings.seed, settings.model);
  }

  /// Runs a seed; a failure says how to see it again, and what happened before it.
  static Outcome run(Settings settings) {
    try (var simulation = new PairSimulation(settings)) {
      try {
        return simulation.run();
      } catch (AssertionError | RuntimeException e) {
        var last =
            simulation.heard.subList(
                Math.max(0, simulation.heard.size() - 40), simulation.heard.size());
        throw new AssertionError(
            "%s%n%s%n%s".formatted(replay(settings), cause(e), String.join("\n", last)), e);
      }
    }
  }

  private static String cause(Throwable e) {
    return e.getCause() == null ? e.toString() : e + " by " + cause(e.getCause());
  }
}
