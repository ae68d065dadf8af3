package io.batonmq.cli;

import io.batonmq.server.admin.AdminClient;
import io.batonmq.server.admin.NodeStatus;
import io.batonmq.server.admin.PeerStatus;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Asks a node how it is, for scripts that watch.
@Command(
    name = "node",
    description = "Asks a node how it is; the exit code is 1 if a check fails.",
    footer = {"", "The exit code is 4 if the node is not running."},
    sortOptions = false)
final class CheckNode implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private NodeOptions options;

  @Option(names = "--up", description = "It answers, and is not fenced (default).")
  private boolean up;

  @Option(
      names = {"--primary", "--live"},
      description = "It has the baton.")
  private boolean active;

  @Option(names = "--backup", description = "Another node stands by and was seen to move lately.")
  private boolean backup;

  @Option(
      names = "--peers",
      paramLabel = "N",
      description = "N other nodes are at the same store, and were seen to move lately.")
  private @Nullable Integer peers;

  @Option(
      names = {"--diskUsage", "--memoryUsage"},
      arity = "0..1",
      hidden = true)
  private String[] usage = {};

  @Override
  public Integer call() throws Exception {
    if (usage.length > 0) {
      throw UserException.usage(
          "--diskUsage and --memoryUsage: a node does not tell them yet; ask the system");
    }
    if (peers != null && peers < 0) {
      throw UserException.usage("--peers is not below 0");
    }
    var status = options.node().ask(AdminClient::status);
    var checks = new Checks("NodeCheck");
    if (up || (!active && !backup && peers == null)) {
      checks.add(
          "Checking that the node is up",
          () -> status.role().equals("fenced") ? "it is fenced" : null);
    }
    if (active) {
      checks.add(
          "Checking that the node is active",
          () -> status.role().equals("active") ? null : "it is " + status.role());
    }
    if (backup) {
      checks.add(
          "Checking that the node has a backup",
          () ->
              fresh(status, "standby") > 0
                  ? null
                  : "no other node stands by; start one, or see its log");
    }
    if (peers != null) {
      int wanted = peers;
      checks.add(
          "Checking that the node has " + wanted + " peers",
          () -> fresh(status, "") == wanted ? null : "it has " + fresh(status, ""));
    }
    return checks.run(spec.commandLine().getOut()).code();
  }

  /// Other nodes that move, in a role or in any.
  private static long fresh(NodeStatus status, String role) {
    return status.peers().stream()
        .filter(PeerStatus::fresh)
        .filter(peer -> role.isEmpty() || peer.role().equals(role))
        .count();
  }
}
