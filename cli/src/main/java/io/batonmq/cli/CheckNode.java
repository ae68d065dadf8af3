package io.batonmq.cli;

import io.batonmq.server.admin.AdminClient;
import io.batonmq.server.admin.NodeStatus;
import io.batonmq.server.admin.NodeUsage;
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
      names = "--diskUsage",
      paramLabel = "PERCENT",
      description =
          "The volume of the log is not fuller; -1 is max-disk-usage of the node (90 unless it is"
              + " set).")
  private @Nullable Integer diskUsage;

  @Option(
      names = "--memoryUsage",
      paramLabel = "PERCENT",
      description = {
        "The heap was not fuller after its last collection; -1 is 100.",
        "Messages wait in the log, so this says how near the process is to running out, not how"
            + " many there are."
      })
  private @Nullable Integer memoryUsage;

  @Option(names = "--json", description = "What was found, as JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    requirePercent("--diskUsage", diskUsage);
    requirePercent("--memoryUsage", memoryUsage);
    if (peers != null && peers < 0) {
      throw UserException.usage("--peers is not below 0");
    }
    var node = options.node();
    var status = node.ask(AdminClient::status);
    var checks = new Checks("NodeCheck");
    if (up || !asksAnythingElse()) {
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
    if (diskUsage != null || memoryUsage != null) {
      usage(checks, node.ask(AdminClient::usage));
    }
    return checks.run(spec.commandLine().getOut(), json).code();
  }

  private boolean asksAnythingElse() {
    return active || backup || peers != null || diskUsage != null || memoryUsage != null;
  }

  private static void requirePercent(String option, @Nullable Integer percent) {
    if (percent != null && (percent < -1 || percent > 100)) {
      throw UserException.usage(option + " is a percentage, or -1");
    }
  }

  private void usage(Checks checks, NodeUsage usage) {
    if (diskUsage != null) {
      long limit = diskUsage >= 0 ? diskUsage : usage.diskMax() >= 0 ? usage.diskMax() : 100;
      checks.add(
          "Checking that the disk of the log is at most " + limit + " % full",
          () -> above(usage.disk(), limit));
    }
    if (memoryUsage != null) {
      long limit = memoryUsage >= 0 ? memoryUsage : 100;
      checks.add(
          "Checking that the memory of the node is at most " + limit + " % full",
          () -> above(usage.memory(), limit));
    }
  }

  private static @Nullable String above(long percent, long limit) {
    if (percent < 0) {
      return "the node cannot tell";
    }
    return percent <= limit ? null : "it is at " + percent + " %";
  }

  /// Other nodes that move, in a role or in any.
  private static long fresh(NodeStatus status, String role) {
    return status.peers().stream()
        .filter(PeerStatus::fresh)
        .filter(peer -> role.isEmpty() || peer.role().equals(role))
        .count();
  }
}
