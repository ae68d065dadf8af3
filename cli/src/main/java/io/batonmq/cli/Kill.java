package io.batonmq.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Ends a node as a crash would, for those who practise.
@Command(
    name = "kill",
    description = {
      "Ends the process of a broker as kill -9 would, to see who takes over.",
      "Only where it was started with run --allow-kill."
    })
final class Kill implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private NodeOptions options;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "How long to wait (default: ${DEFAULT-VALUE}).")
  private int wait;

  @Override
  public Integer call() throws Exception {
    var limit = Waiting.limit(wait);
    var node = options.node().patient(limit);
    try {
      node.ask(admin -> {
        admin.kill();
        return true;
      });
    } catch (Node.Silent e) {
      throw new UserException(Exit.TOO_LATE, String.valueOf(e.getMessage()));
    }
    if (!Waiting.until(node::gone, limit)) {
      throw new UserException(Exit.TOO_LATE, node.where() + " was asked to die and lives");
    }
    spec.commandLine().getOut().println(node.where() + " was killed");
    return Exit.OK.code();
  }
}
