package io.batonmq.cli;

import io.batonmq.server.admin.AdminClient;
import io.batonmq.server.admin.Json;
import io.batonmq.server.admin.NodeStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Has the active node hand over in order.
@Command(
    name = "switchover",
    description = "Has this node hand the baton to another, and waits until that has it.")
final class Switchover implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private NodeOptions options;

  @Parameters(
      arity = "0..1",
      paramLabel = "NODE",
      description = "The name of the node that shall have it (default: the one that is furthest).")
  private @Nullable String peer;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "How long to wait (default: ${DEFAULT-VALUE}).")
  private int wait;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    var out = spec.commandLine().getOut();
    var limit = Waiting.limit(wait);
    var node = options.node().patient(limit);
    long start = System.nanoTime();
    var to = switchover(node, limit);
    long nanos = System.nanoTime() - start;
    if (json) {
      out.println(Json.fields().with("active", to).with("millis", nanos / 1_000_000).pretty());
    } else {
      out.printf("%s has the baton after %s%n", to, Spans.text(nanos));
    }
    return Exit.OK.code();
  }

  private String switchover(Node node, Duration limit) throws IOException, InterruptedException {
    try {
      long epoch = node.ask(AdminClient::status).epoch();
      var to = node.ask(admin -> admin.switchover(Optional.ofNullable(peer)));
      if (Waiting.until(() -> has(node, to, epoch), limit)) {
        return to;
      }
      throw new UserException(
          Exit.TOO_LATE, "asked, and " + to + " does not have the baton " + wait + " s later");
    } catch (Node.Silent e) {
      throw new UserException(Exit.TOO_LATE, String.valueOf(e.getMessage()));
    }
  }

  private static boolean has(Node node, String to, long before) throws IOException {
    NodeStatus now = node.ask(AdminClient::status);
    return now.epoch() > before && now.active().equals(to);
  }
}
