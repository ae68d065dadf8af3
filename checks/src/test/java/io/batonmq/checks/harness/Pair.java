package io.batonmq.checks.harness;

import io.batonmq.server.admin.AdminException;
import io.batonmq.server.config.HaPolicy.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/// A primary and a backup over one store.
public record Pair(Broker primary, Broker backup) {
  /// How both are made.
  public record Plans(NodePlan primary, NodePlan backup) {
    public static Plans of(Path store) {
      return new Plans(
          NodePlan.of("primary", Role.PRIMARY, store), NodePlan.of("backup", Role.BACKUP, store));
    }

    /// A store each.
    public static Plans replicated(Path arbiter) {
      return new Plans(
          NodePlan.replicated("primary", Role.PRIMARY, arbiter),
          NodePlan.replicated("backup", Role.BACKUP, arbiter));
    }

    /// The same change for both.
    public Plans with(UnaryOperator<NodePlan> change) {
      return new Plans(change.apply(primary), change.apply(backup));
    }

    public Plans withoutFailback() {
      return new Plans(primary, backup.withoutFailback());
    }
  }

  /// Starts the primary, waits until it serves; then starts the backup and waits until it follows.
  public Pair start() {
    primary.start().awaitActive();
    backup.start().awaitStandby();
    awaitSeen();
    return this;
  }

  /// Waits until the active node knows the other, so that it can hand over to it.
  public void awaitSeen() {
    var active = active();
    Until.holds(
        "the active node sees the one that stands by",
        () ->
            active.status().peers().stream()
                .anyMatch(peer -> peer.role().equals("standby") && peer.fresh()));
  }

  /// Waits until the arbiter knows that both have everything; for nodes with a store each.
  public void awaitInSync() {
    Until.holds("the standby is in sync", () -> knowsOfAnother(primary) || knowsOfAnother(backup));
  }

  private static boolean knowsOfAnother(Broker node) throws AdminException {
    return node.running() && node.status().replication().contains("is in-sync");
  }

  /// The node that says that it is active; there has to be one.
  public Broker active() {
    return List.of(primary, backup).stream()
        .filter(Broker::running)
        .filter(node -> node.role().equals("active"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no node is active"));
  }

  public Broker other(Broker node) {
    return node == primary ? backup : primary;
  }

  /// What a client of the pair connects to, with the client's own defaults but for what is given, such as
  /// `&failover.maxReconnectDelay=500`.
  public String url(String options) {
    return "failover:(amqp://127.0.0.1:%d,amqp://127.0.0.1:%d)?jms.username=%s&jms.password=%s%s"
        .formatted(primary.port(), backup.port(), NodePlan.USER, NodePlan.PASSWORD, options);
  }

  public String url() {
    return url("");
  }
}
