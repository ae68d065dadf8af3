package io.batonmq.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Ends a node as a crash would, for those who practise.
@Command(
    name = "kill",
    description = {
      "Ends the process of a broker as kill -9 would, to see who takes over.",
      "Only where it was started with run --allow-kill."
    })
final class Kill implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Spec private CommandSpec spec;
  @Mixin private NodeOptions options;

  @Override
  public Integer call() throws Exception {
    var node = options.node();
    node.ask(admin -> {
      admin.kill();
      return true;
    });
    if (!Waiting.until(node::gone, PATIENCE)) {
      throw new UserException(Exit.TOO_LATE, node.where() + " was asked to die and lives");
    }
    spec.commandLine().getOut().println(node.where() + " was killed");
    return Exit.OK.code();
  }
}
