package io.batonmq.cli;

import io.batonmq.server.instance.Instance;
import io.batonmq.server.instance.InstanceLock;
import io.batonmq.server.node.ServerMain;
import java.io.IOException;
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

  @Option(
      names = {"--properties"},
      arity = "0..1",
      description = "settings are in etc/broker.xml; broker properties are not read",
      hidden = true)
  @SuppressWarnings("UnusedVariable") // never asked: Refusals looks at the option
  private String[] properties = {};

  @Override
  public Integer call() throws Exception {
    var instance = Instances.need(dir, "run");
    try (var _ = lock(instance)) {
      RunLogs.begin(instance.log());
      return ServerMain.run(instance.dir(), Version.number(), allowKill);
    }
  }

  /// Before the log, which another process may be writing.
  private static InstanceLock lock(Instance instance) throws IOException {
    try {
      return InstanceLock.take(instance)
          .orElseThrow(() ->
              new UserException(
                  Exit.RUNNING_ALREADY,
                  instance.dir()
                      + " is running already, process "
                      + InstanceLock.holder(instance)));
    } catch (IOException e) {
      throw new UserException(
          Exit.CONFIGURATION,
          "cannot start: the lock of the instance is not to be had: " + Failures.sentence(e));
    }
  }
}
