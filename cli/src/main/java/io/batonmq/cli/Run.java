package io.batonmq.cli;

import io.batonmq.server.instance.Instance;
import io.batonmq.server.instance.InstanceLock;
import io.batonmq.server.instance.Seat;
import io.batonmq.server.node.ServerMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "Runs this file, in either dialect, instead of that of the instance. Without an instance it"
            + " stands for itself: paths start in the folder above etc or conf, and what is of the"
            + " process (log, lock) is in nodes/1, nodes/2, … there."
      })
  private @Nullable Path config;

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
    var file = config;
    var named = Instances.find(dir).or(() -> above(file));
    if (file != null && named.isEmpty()) {
      return alone(file);
    }
    var instance = named.isPresent() ? named.get() : Instances.need(dir, "run");
    try (var _ = lock(instance)) {
      RunLogs.begin(instance.log());
      var plan =
          file == null
              ? ServerMain.Plan.of(instance, allowKill)
              : new ServerMain.Plan(instance, file, instance.dir(), allowKill);
      return ServerMain.run(plan, Version.number());
    }
  }

  /// The instance that the file itself is in.
  private static Optional<Instance> above(@Nullable Path file) {
    return Optional.ofNullable(file)
        .map(Instances::home)
        .map(Instance::new)
        .filter(instance -> Files.exists(instance.profile()));
  }

  private int alone(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new UserException(Exit.CONFIGURATION, file + " is not there, or no file");
    }
    var base = Instances.home(file);
    try (var seat = Seat.take(base)) {
      RunLogs.begin(seat.instance().log());
      var plan = new ServerMain.Plan(seat.instance(), file, base, allowKill);
      return ServerMain.run(plan, Version.number());
    } catch (IOException e) {
      throw new UserException(
          Exit.CONFIGURATION, "cannot start beside " + file + ": " + Failures.sentence(e));
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
