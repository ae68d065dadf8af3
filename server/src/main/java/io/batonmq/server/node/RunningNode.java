package io.batonmq.server.node;

import io.batonmq.ha.Baton;
import io.batonmq.ha.ExitCode;
import io.batonmq.ha.HaSettings;
import io.batonmq.ha.Presence;
import io.batonmq.ha.Receipt;
import io.batonmq.ha.Role;
import io.batonmq.ha.RoleListener;
import io.batonmq.ha.Warrant;
import io.batonmq.log.file.FileLog;
import io.batonmq.node.Node;
import io.batonmq.node.Serving;
import io.batonmq.seam.Clock;
import io.batonmq.seam.Storage;
import io.batonmq.server.config.BrokerConfig;
import io.batonmq.session.QueueStat;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One node: its store, its baton, and what it serves when it has it.
final class RunningNode implements RoleListener, Node.Doors {
  private static final Logger LOG = LoggerFactory.getLogger(RunningNode.class);
  private static final long BATON_NAP_NANOS = 10_000_000L;
  private static final int RECEIPTS_MAX = 20;

  private final Clock clock;
  private final HaSettings ha;
  private final ClientDoors clients;
  private final Optional<Pairing> pairing;
  private final Presence presence;
  private final NodeLanes lanes;
  private final Node node;
  private final Baton baton;
  private final Acquaintances acquaintances = new Acquaintances();
  private final ArrayDeque<Receipt> receipts = new ArrayDeque<>();
  private final ConcurrentLinkedQueue<CompletableFuture<List<QueueStat>>> questions =
      new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();
  private final CompletableFuture<Boolean> shown = new CompletableFuture<>();
  private final StallWatch stallWatch;
  private final PortVigil ports;
  private final boolean failIfLocked;
  private long followed = -1;

  /// A node that is alone, or one of several over one store.
  RunningNode(BrokerConfig config, String version, Storage own, Clock clock, ClientDoors clients) {
    this(config, version, own, clock, clients, Optional.empty());
  }

  /// @param paired present where each node has a store of its own
  RunningNode(
      BrokerConfig config,
      String version,
      Storage own,
      Clock clock,
      ClientDoors clients,
      Optional<Pairing> paired) {
    this.clock = clock;
    this.ha = Translation.ha(config, version);
    this.clients = clients;
    this.failIfLocked = config.storeUse().failIfLocked();
    this.stallWatch = new StallWatch(this::heartDue, ha.stallNanos());
    this.lanes = new NodeLanes(clock, this::laneFailed);
    this.pairing = paired;
    pairing.map(Pairing::door).ifPresent(clients::letIn);
    Storage storage = pairing.map(Pairing::storage).orElse(own);
    FileLog log = new FileLog(storage, Translation.log(config), ha.node(), RunningNode::unique);
    this.presence = new Presence(storage, ha, unique());
    this.node =
        new Node(
            Translation.node(config), log, RunningNode::unique, this, lanes, this::slowestFollower);
    this.baton =
        new Baton(
            storage,
            ha,
            log,
            presence,
            node,
            pairing.map(Pairing::warrant).orElse(Warrant.NONE),
            this,
            lanes::wakeBaton);
    this.ports = new PortVigil(config.acceptors(), Whereabouts.own(config), baton::peers, clock);
  }

  private static String unique() {
    return UUID.randomUUID().toString();
  }

  void start() {
    pairing.ifPresent(pair -> pair.start(lanes::wakeBaton, lanes));
    lanes.startBaton(
        now -> {
          boolean worked = baton.doWork(now);
          answer();
          shown.complete(true);
          acquaintances.meet(baton.peers());
          lookUp(baton.role(), baton.peers());
          watchPorts();
          if (baton.stopped()) {
            ended.complete(0);
          }
          return worked;
        },
        BATON_NAP_NANOS);
    stallWatch.start(clock, this::hung);
  }

  /// Completed once the others of the store can see this node.
  CompletableFuture<Boolean> shown() {
    return shown;
  }

  /// Lets the threads go of a node that has ended, in a process that goes on.
  void dispose() {
    stallWatch.stop();
    lanes.stopBaton();
    pairing.ifPresent(Pairing::stop);
  }

  /// Which nodes have what is confirmed, in one line; empty where all have one store.
  String replication() {
    return pairing.map(Pairing::told).orElse("");
  }

  /// Nodes of one name cannot tell by that whose tenure they follow, only by who is there.
  private void lookUp(Role role, List<Presence.Peer> peers) {
    if (!(role instanceof Role.Standby standby) || followed == standby.epoch()) {
      return;
    }
    if (peers.stream().noneMatch(peer -> peer.role().equals("active"))) {
      return;
    }
    followed = standby.epoch();
    if (failIfLocked) {
      LOG.error(
          "another broker has the store, and failIfLocked is true; exit_code={}",
          ServerMain.EXIT_STORE_IN_USE);
      ended.complete(ServerMain.EXIT_STORE_IN_USE);
    } else if (standby.active().equals(ha.node())) {
      LOG.info(
          "standby: following the log, ready to take over; epoch={} active={}",
          standby.epoch(),
          standby.active());
    }
  }

  /// Watched only where another node can serve instead: alone, a node waits for its disk as its clients do.
  private OptionalLong heartDue() {
    boolean relieved = baton.peers().stream().anyMatch(peer -> peer.role().equals("standby"));
    Optional<Serving> now = node.serving();
    return relieved && now.isPresent()
        ? OptionalLong.of(now.get().heartDueNanos())
        : OptionalLong.empty();
  }

  /// On the thread of the [StallWatch]; every other may hang.
  private void hung() {
    // First of all, and without an event loop: their clients are served by another node by now, or
    // will be
    // as soon as this process is gone. A process with a thread in such a disk may not go for a long
    // time.
    clients.cut();
    int code = ExitCode.STORE_HUNG.code();
    Thread words =
        Thread.ofPlatform()
            .daemon()
            .name("last-words")
            .start(() ->
                LOG.error(
                    "the disk has not answered for {} ms and another node stands by: connections"
                        + " are cut; exit_code={}",
                    ha.stallNanos() / 1_000_000,
                    code));
    try {
      // The log file may be on that disk as well.
      words.join(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ended.complete(code);
  }

  private void answer() {
    for (var asked = questions.poll(); asked != null; asked = questions.poll()) {
      asked.complete(node.queueStats());
    }
  }

  /// The queues as this node has them while it follows; empty while it serves.
  CompletableFuture<List<QueueStat>> standbyQueues() {
    var answer = new CompletableFuture<List<QueueStat>>();
    questions.add(answer);
    lanes.wakeBaton();
    return answer;
  }

  /// Completed with the process's exit code.
  CompletableFuture<Integer> ended() {
    return ended;
  }

  Baton baton() {
    return baton;
  }

  HaSettings ha() {
    return ha;
  }

  Optional<Serving> serving() {
    return node.serving();
  }

  private long slowestFollower() {
    return baton.peers().stream().mapToLong(Presence.Peer::applied).min().orElse(Long.MAX_VALUE);
  }

  // ---- baton's lane

  @Override
  public void open(Serving serving) {
    lanes.start(serving);
    try {
      clients.open(serving, acquaintances::addresses);
    } catch (ClientDoors.CannotListenException e) {
      if (!ports.begin()) {
        cannotListen(String.valueOf(e.getMessage()));
      }
    }
  }

  /// Nobody can use this node: ending the process leaves the baton to one that can be reached.
  private void cannotListen(String words) {
    LOG.error("{}; exit_code={}", words, ServerMain.EXIT_CANNOT_LISTEN);
    ended.complete(ServerMain.EXIT_CANNOT_LISTEN);
  }

  private void watchPorts() {
    String words = ports.reason();
    switch (ports.look()) {
      case WAITS -> {}
      case FREE -> node.serving().ifPresent(this::letIn);
      case TAKEN ->
          cannotListen(
              "a port is not to be had any more, as its last holder is gone and another has it;"
                  + " before: "
                  + words);
    }
  }

  private void letIn(Serving serving) {
    try {
      clients.open(serving, acquaintances::addresses);
      LOG.info("clients can come in: the ports are free");
    } catch (ClientDoors.CannotListenException e) {
      if (!ports.begin()) {
        cannotListen(String.valueOf(e.getMessage()));
      }
    }
  }

  /// Why no client can come in although this node serves; empty if they can.
  String doorsShut() {
    return ports.reason();
  }

  @Override
  public void close(String reason) {
    ports.end();
    clients.close();
    lanes.stopServing();
  }

  @Override
  public void became(Role before, Role after, String reason) {
    if (before instanceof Role.Promoting && !(after instanceof Role.Active)) {
      clients.giveUp();
    }
    switch (after) {
      case Role.Standby standby when before instanceof Role.Active ->
          LOG.info("standby: gave the baton up; epoch={} reason=\"{}\"", standby.epoch(), reason);
      case Role.Standby standby when standby.active().equals(ha.node()) -> {
        // Its own last tenure, until the next node has claimed one.
      }
      case Role.Standby standby ->
          LOG.info(
              "standby: following the log, ready to take over; epoch={} active={}",
              standby.epoch(),
              standby.active());
      case Role.Promoting promoting -> {
        clients.prepare(acquaintances::addresses);
        LOG.info("promoting cause={} after_epoch={}", promoting.cause(), promoting.epoch());
      }
      case Role.Active _ -> {
        // The receipt tells, once clients can come in.
      }
      case Role.Fenced fenced -> {
        LOG.error(
            "fenced: nothing more is confirmed here; reason=\"{}\" exit_code={}",
            fenced.reason(),
            fenced.code().code());
        ended.complete(fenced.code().code());
      }
    }
  }

  @Override
  public void receipt(Receipt receipt) {
    remember(receipt);
    if (ended.isDone()) {
      // It could not listen: it has the baton for as long as the process takes to end, and serves
      // nobody.
      return;
    }
    if (receipt.closed()) {
      LOG.info("receipt closed; epoch={} {}", receipt.epoch(), ReceiptLine.aftermath(receipt));
    } else {
      LOG.info("active: this node has the baton; {}", ReceiptLine.of(receipt));
    }
  }

  private synchronized void remember(Receipt receipt) {
    receipts.removeIf(open -> open.epoch() == receipt.epoch());
    receipts.addFirst(receipt);
    if (receipts.size() > RECEIPTS_MAX) {
      receipts.removeLast();
    }
  }

  /// Newest first; the one that is open with what is known now.
  synchronized List<Receipt> receipts() {
    return receipts.stream().map(this::upToDate).toList();
  }

  private Receipt upToDate(Receipt receipt) {
    return receipt.closed() ? receipt : receipt.with(node.aftermath());
  }

  @Override
  public void waiting(String reason) {
    LOG.info("{}", reason);
  }

  @Override
  public long nanos() {
    return clock.monotonicNanos();
  }

  private void laneFailed(Throwable e) {
    LOG.error("a lane failed, which is a bug; the node ends and another takes over", e);
    try {
      clients.close();
    } finally {
      // Whatever is broken here, the process ends: nobody would take over from one that lingers.
      ended.complete(ExitCode.BUG.code());
    }
  }
}
