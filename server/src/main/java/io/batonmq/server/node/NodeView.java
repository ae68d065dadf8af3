package io.batonmq.server.node;

import io.batonmq.broker.Refusal;
import io.batonmq.ha.Presence;
import io.batonmq.ha.Receipt;
import io.batonmq.ha.Role;
import io.batonmq.node.Serving;
import io.batonmq.seam.Clock;
import io.batonmq.server.admin.AdminView;
import io.batonmq.server.admin.NodeStatus;
import io.batonmq.server.admin.NodeUsage;
import io.batonmq.server.admin.PeerStatus;
import io.batonmq.server.admin.QueueStat;
import io.batonmq.server.admin.ReceiptView;
import io.batonmq.server.config.BrokerConfig;
import io.batonmq.server.config.HaPolicy;
import io.batonmq.session.AddressStat;
import io.batonmq.session.Management;
import io.batonmq.session.Output;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What an operator sees of a running node.
final class NodeView implements AdminView {
  private static final long PATIENCE_SECONDS = 5;

  /// What a shell says of a process that SIGKILL ended.
  private static final int KILLED = 137;

  private final BrokerConfig config;
  private final RunningNode node;
  private final String version;
  private final Clock clock;
  private final boolean allowKill;
  private final long startedNanos;

  NodeView(BrokerConfig config, RunningNode node, String version, Clock clock, boolean allowKill) {
    this.allowKill = allowKill;
    this.config = config;
    this.node = node;
    this.version = version;
    this.clock = clock;
    this.startedNanos = clock.monotonicNanos();
  }

  @Override
  public NodeStatus status() {
    Role role = node.baton().role();
    long committed = node.baton().committed();
    long applied = node.baton().applied();
    if (role instanceof Role.Active active) {
      committed = active.appender().committed();
      applied = Math.max(committed, node.serving().map(Serving::applied).orElse(0L));
    }
    String nobody = role instanceof Role.Active ? node.doorsShut() : node.baton().nobody();
    return new NodeStatus(
        config.name(),
        version,
        configured(),
        role.word(),
        role.epoch(),
        switch (role) {
          case Role.Active _ -> config.name();
          case Role.Standby standby -> nobody.isEmpty() ? standby.active() : "";
          case Role.Promoting _, Role.Fenced _ -> "";
        },
        nobody,
        node.replication(),
        committed,
        applied,
        node.ha().connectors(),
        node.baton().peers().stream().map(NodeView::peer).toList(),
        node.receipts().stream().map(this::receipt).toList(),
        (clock.monotonicNanos() - startedNanos) / 1_000_000,
        ProcessHandle.current().pid());
  }

  private String configured() {
    return switch (config.ha()) {
      case HaPolicy.Single _ -> "single";
      case HaPolicy.SharedStore shared -> shared.role().name().toLowerCase(Locale.ROOT);
      case HaPolicy.Replicated copied -> copied.role().name().toLowerCase(Locale.ROOT);
    };
  }

  private static PeerStatus peer(Presence.Peer peer) {
    return new PeerStatus(
        peer.id(),
        peer.node(),
        peer.configured().name().toLowerCase(Locale.ROOT),
        peer.role(),
        peer.connectors(),
        peer.version(),
        peer.applied(),
        peer.fresh());
  }

  private ReceiptView receipt(Receipt receipt) {
    return new ReceiptView(
        receipt.epoch(),
        receipt.cause().name().toLowerCase(Locale.ROOT),
        receipt.before(),
        config.name(),
        receipt.sealed(),
        receipt.tailBytes(),
        receipt.logBytesRead(),
        receipt.phases().detect(),
        receipt.phases().take(),
        receipt.wallMillis(),
        new ReceiptView.Phases(
            receipt.phases().claim(),
            receipt.phases().read(),
            receipt.phases().copy(),
            receipt.phases().open()),
        new ReceiptView.Aftermath(
            receipt.aftermath().zombieBytes(),
            receipt.aftermath().resends(),
            receipt.aftermath().reflagged(),
            receipt.aftermath().transactionsKept(),
            receipt.aftermath().transactionsAborted()),
        receipt.closed());
  }

  @Override
  public NodeUsage usage() {
    return new NodeUsage(diskPercent(), config.limits().maxDiskUsage(), memoryPercent());
  }

  private long diskPercent() {
    try {
      FileStore store = Files.getFileStore(config.directories().journal());
      long total = store.getTotalSpace();
      return total <= 0 ? -1 : 100 * (total - store.getUsableSpace()) / total;
    } catch (IOException _) {
      return -1;
    }
  }

  /// What the last collection left. What is there now says when the next one is due, and no more.
  private static long memoryPercent() {
    long used = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage left = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
      if (left != null) {
        used += left.getUsed();
      }
    }
    return 100 * used / Runtime.getRuntime().maxMemory();
  }

  @Override
  public List<QueueStat> queues() {
    CompletableFuture<List<io.batonmq.session.QueueStat>> answer =
        node.serving().map(NodeView::activeQueues).orElseGet(node::standbyQueues);
    return awaited(answer).stream().map(NodeView::queue).toList();
  }

  @Override
  public List<AddressStat> addresses() {
    Optional<Serving> serving = node.serving();
    if (serving.isEmpty()) {
      return List.of();
    }
    CompletableFuture<List<AddressStat>> answer = new CompletableFuture<>();
    serving.get().ask(sessions -> answer.complete(sessions.addressStats()));
    return awaited(answer);
  }

  private static <T> List<T> awaited(CompletableFuture<List<T>> answer) {
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private static CompletableFuture<List<io.batonmq.session.QueueStat>> activeQueues(
      Serving serving) {
    CompletableFuture<List<io.batonmq.session.QueueStat>> answer = new CompletableFuture<>();
    serving.ask(sessions -> answer.complete(sessions.queueStats()));
    return answer;
  }

  /// Waits as long as whoever asks does: its listener breaks the wait off.
  @Override
  public long manage(Management request) throws RefusedException {
    Serving serving =
        node.serving()
            .orElseThrow(() ->
                new RefusedException(
                    "this node is not active, it is "
                        + node.baton().role().word()
                        + ": ask the active one"));
    CompletableFuture<Output> answer = new CompletableFuture<>();
    serving.ask(sessions -> sessions.manage(request, answer::complete));
    try {
      if (!(answer.get() instanceof Output.Managed(Refusal refusal, long messages))) {
        throw new IllegalStateException("another answer to " + request);
      }
      if (refusal != null) {
        throw new RefusedException(refusal.text());
      }
      return messages;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RefusedException("the node did not say in time whether it is done: look again");
    }
  }

  private static QueueStat queue(io.batonmq.session.QueueStat queue) {
    return new QueueStat(
        queue.name(),
        queue.address(),
        queue.consumerCount(),
        queue.messageCount(),
        queue.messagesAdded(),
        queue.deliveringCount(),
        queue.messagesAcked(),
        queue.scheduledCount(),
        queue.routingType().name(),
        queue.settings(),
        queue.groupCount(),
        queue.slowConsumersFound());
  }

  @Override
  public String switchover(Optional<String> peer) throws RefusedException {
    if (!(node.baton().role() instanceof Role.Active)) {
      throw new RefusedException(
          "this node is not active, it is " + node.baton().role().word() + ": ask the active one");
    }
    Presence.Peer to =
        node.baton().peers().stream()
            .filter(other -> peer.isEmpty() || other.node().equals(peer.get()))
            .filter(other -> other.fresh() && other.role().equals("standby"))
            .findFirst()
            .orElseThrow(() ->
                new RefusedException(
                    "no other node "
                        + peer.map(name -> "named " + name + " ").orElse("")
                        + "stands by: start one first"));
    node.baton().switchover(to.id());
    return to.node();
  }

  @Override
  public void stop() {
    Thread.ofPlatform().name("stop").start(() -> ServerMain.stop(node));
  }

  @Override
  public Runnable kill() throws RefusedException {
    if (!allowKill) {
      throw new RefusedException(
          "this node was not started with run --allow-kill; stop it instead");
    }
    return () -> Runtime.getRuntime().halt(KILLED);
  }
}
