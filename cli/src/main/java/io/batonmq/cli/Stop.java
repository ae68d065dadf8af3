package io.batonmq.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Stops a node and waits until its process is gone.
@Command(
    name = "stop",
    description = "Stops the broker of an instance, and waits until it has stopped.")
final class Stop implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private NodeOptions options;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait (default: ${DEFAULT-VALUE}).")
  private int wait;

  @Override
  public Integer call() throws Exception {
    var out = spec.commandLine().getOut();
    var limit = Waiting.limit(wait);
    var node = options.node().patient(limit);
    long start = System.nanoTime();
    try {
      node.ask(admin -> {
        admin.stop();
        return true;
      });
    } catch (Node.Silent e) {
      throw new UserException(Exit.TOO_LATE, String.valueOf(e.getMessage()));
    }
    if (!Waiting.until(node::gone, limit.minusNanos(System.nanoTime() - start))) {
      throw new UserException(
          Exit.TOO_LATE, node.where() + " was asked to stop and runs still, " + wait + " s later");
    }
    out.printf("%s stopped after %s%n", node.where(), Spans.text(System.nanoTime() - start));
    return Exit.OK.code();
  }
}
