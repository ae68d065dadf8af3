package io.batonmq.sim.pair;

import io.batonmq.node.Serving;
import io.batonmq.session.QueueStat;
import io.batonmq.sim.Chance;
import io.batonmq.sim.Scheduler;
import io.batonmq.sim.SimDisk;
import io.batonmq.sim.SimNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A pair in a world of its own, from one seed.
///
/// ```
/// try (var sim = Simulation.seeded(7).nodes(2).disk(SimDisk.Model.LOCAL).start()) {
///   sim.live();
/// }
/// ```
public final class Simulation implements AutoCloseable {
  private static final long WALL_MILLIS = 1_767_225_600_000L;

  private final Scheduler scheduler;
  private final Chance chance;
  private final SimDisk disk;
  private final boolean replicated;
  private final Map<String, SimDisk> disks = new LinkedHashMap<>();
  private final SimNetwork network;
  private final Setup setup;
  private final Tamper tamper;
  private final Stats stats = new Stats();
  private final Ledger ledger = new Ledger(this, stats);
  private final List<SimNode> nodes = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private List<QueueStat> queues = List.of();
  private boolean empty;
  private long connections;
  private long names;
  private boolean calm;

  /// What a simulation is made of.
  public static final class Plan {
    private final long seed;
    private int nodes;
    private SimDisk.Model model = SimDisk.Model.LOCAL;
    private boolean replicated;
    private Tamper tamper = Tamper.NONE;
    private Consumer<String> listener = _ -> {};
    private boolean told;

    private Plan(long seed) {
      this.seed = seed;
    }

    /// How many nodes; without this, as the seed says: mostly two.
    public Plan nodes(int count) {
      nodes = count;
      return this;
    }

    public Plan disk(SimDisk.Model kind) {
      model = kind;
      return this;
    }

    /// Each node has a disk of its own, and they keep each other's.
    public Plan replicated() {
      replicated = true;
      return this;
    }

    public Plan tamper(Tamper with) {
      tamper = with;
      return this;
    }

    /// Has every step told in words.
    public Plan listen(Consumer<String> to) {
      listener = to;
      told = true;
      return this;
    }

    public Simulation start() {
      return new Simulation(this);
    }
  }

  /// A simulation whose every choice comes from the seed.
  public static Plan seeded(long seed) {
    return new Plan(seed);
  }

  private Simulation(Plan plan) {
    scheduler = new Scheduler(plan.seed);
    if (plan.told) {
      scheduler.trace().listen(plan.listener);
    }
    chance = scheduler.chance().fork();
    disk = new SimDisk(scheduler, plan.model);
    int bySeed = chance.oneIn(6) ? 3 : 2;
    setup = Setup.by(chance, plan.nodes > 0 ? plan.nodes : bySeed);
    tamper = plan.tamper;
    tell(() -> setup.toString());
    replicated = plan.replicated;
    setup.nodes().forEach(ha -> nodes.add(new SimNode(this, ha)));
    // The seeds of a shared disk choose what they always chose.
    network = new SimNetwork(scheduler, replicated ? chance.fork() : new Chance(plan.seed));
    nodes.forEach(node ->
        disks.put(node.name(), replicated ? new SimDisk(scheduler, SimDisk.Model.LOCAL) : disk));
    nodes.forEach(node -> after(Duration.ofNanos(chance.magnitude(100_000_000)), node::start));
    new Workload(this).clients().forEach(clients::add);
    clients.forEach(Client::start);
  }

  /// The whole life of a seed: faults, then calm, then the account.
  public Stats live() {
    Faults faults = new Faults(this);
    faults.begin();
    scheduler.runFor(faults.length());
    faults.end();
    calm = true;
    long since = nanos();
    ask();
    if (!scheduler.runUntil(this::drained, faults.patience())) {
      throw new Violation("not drained " + faults.patience() + " after the last fault: " + state());
    }
    tell(() -> "drained after " + (nanos() - since) / 1_000_000 + " ms");
    stats.drained(nanos() - since);
    List<String> losses = ledger.losses(queues);
    if (!losses.isEmpty()) {
      throw new Violation(
          losses.size()
              + " losses: "
              + String.join("\n  ", losses.subList(0, Math.min(3, losses.size()))));
    }
    new Agreement(this).check();
    stats.seeds++;
    stats.simulatedNanos += nanos();
    stats.points += scheduler.points();
    return stats;
  }

  /// What happened, as a number.
  public long hash() {
    return scheduler.trace().hash();
  }

  /// Nobody waits for anything, and then, asked once more, the broker has nothing left.
  private boolean drained() {
    return empty && content();
  }

  private boolean content() {
    for (Client client : clients) {
      if (!client.content()) {
        return false;
      }
    }
    return true;
  }

  /// Asks the active for its queues, again and again.
  private void ask() {
    boolean all = content();
    empty = false;
    serving()
        .ifPresent(serving ->
            serving.ask(sessions -> {
              queues = sessions.queueStats();
              empty = all && queues.stream().allMatch(queue -> queue.messageCount() == 0);
              tell(() -> "epoch " + serving.active().epoch() + " has " + queues);
            }));
    after(Duration.ofMillis(200), this::ask);
  }

  String state() {
    List<String> facts = new ArrayList<>();
    nodes.forEach(node ->
        facts.add(
            node.name()
                + " "
                + node.life().map(life -> life.baton().role().word()).orElse("down")));
    clients.stream()
        .filter(client -> !client.content())
        .forEach(client -> facts.add(client.name + " waits"));
    queues.stream()
        .filter(queue -> queue.messageCount() > 0)
        .forEach(queue -> facts.add(queue.toString()));
    return String.join(", ", facts);
  }

  /// The node that serves in the newest epoch.
  Optional<Life> active() {
    return nodes.stream()
        .flatMap(node -> node.life().stream())
        .filter(life ->
            life.serving()
                .filter(serving -> serving.active().epoch() == ledger.newestEpoch())
                .isPresent())
        .findFirst();
  }

  /// Its broker.
  Optional<Serving> serving() {
    return active().flatMap(Life::serving);
  }

  boolean runUntil(BooleanSupplier goal, Duration atMost) {
    return scheduler.runUntil(goal, atMost);
  }

  Scheduler scheduler() {
    return scheduler;
  }

  Chance chance() {
    return chance;
  }

  /// The disk that all nodes reach: with their log, or with the arbiter alone.
  SimDisk disk() {
    return disk;
  }

  /// The disk with the log of a node.
  SimDisk disk(SimNode node) {
    return disks.getOrDefault(node.name(), disk);
  }

  /// Each disk that has a log.
  List<SimDisk> disks() {
    return disks.values().stream().distinct().toList();
  }

  /// Whether each node has a disk of its own.
  boolean replicated() {
    return replicated;
  }

  /// How many nodes have to have what is confirmed, where each has a disk of its own.
  int nodesMin() {
    return scheduler.seed() % 5 == 0 ? 2 : 1;
  }

  SimNetwork network() {
    return network;
  }

  Setup setup() {
    return setup;
  }

  Tamper tamper() {
    return tamper;
  }

  Ledger ledger() {
    return ledger;
  }

  Stats stats() {
    return stats;
  }

  List<SimNode> nodes() {
    return nodes;
  }

  List<Client> clients() {
    return clients;
  }

  /// Whether the faults are over, and everybody only finishes what there is.
  boolean calm() {
    return calm;
  }

  long nanos() {
    return scheduler.nanos();
  }

  /// The true time of day.
  long wallMillis() {
    return WALL_MILLIS + nanos() / 1_000_000;
  }

  void after(Duration delay, Runnable event) {
    scheduler.after(delay, event);
  }

  void at(long nanos, Runnable event) {
    scheduler.after(Duration.ofNanos(nanos - nanos()), event);
  }

  long nextConnection() {
    return ++connections;
  }

  /// A name that nobody else has.
  String unique() {
    return String.format("%08x%04x", (int) chance.bits(), ++names);
  }

  void tell(Supplier<String> what) {
    scheduler.trace().tell(() -> "t=" + nanos() / 1_000 + "us " + what.get());
  }

  @Override
  public void close() {
    scheduler.close();
  }
}
