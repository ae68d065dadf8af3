package io.batonmq.cli;

import io.batonmq.server.node.ServerMain;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Runs the node of an instance in this process, until it is stopped.
@Command(
    name = "run",
    description = "Runs the broker of an instance in the foreground; Ctrl-C stops it.",
    footer = {"", "Exit codes are documented in docs/exit-codes.md."})
final class Run implements Callable<Integer> {
  @Option(
      names = "--instance",
      paramLabel = "DIR",
      description = "The instance; DIR/bin/baton run needs no such option.")
  private @Nullable Path dir;

  @Option(names = "--allow-kill", description = "Let baton kill end the process, for practice.")
  private boolean allowKill;

  @Override
  public Integer call() throws Exception {
    var instance = Instances.need(dir, "run");
    RunLogs.begin(instance.log());
    return ServerMain.run(instance.dir(), Version.number(), allowKill);
  }
}
