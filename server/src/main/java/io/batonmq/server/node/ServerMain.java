package io.batonmq.server.node;

import io.batonmq.ha.ExitCode;
import io.batonmq.seam.Clock;
import io.batonmq.server.admin.AdminServer;
import io.batonmq.server.admin.RunFile;
import io.batonmq.server.config.BrokerConfig;
import io.batonmq.server.config.ConfigReader;
import io.batonmq.server.config.ConfigResult;
import io.batonmq.server.config.HaPolicy;
import io.batonmq.server.config.Problem;
import io.batonmq.server.instance.DiskWords;
import io.batonmq.server.instance.Instance;
import io.batonmq.server.platform.DiskStorage;
import io.batonmq.server.platform.Mounts;
import io.batonmq.server.platform.RealClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs a node in this process, from an instance's directory to an exit code.
public final class ServerMain {
  private static final Logger LOG = LoggerFactory.getLogger(ServerMain.class);

  /// The configuration is not usable.
  public static final int EXIT_CONFIGURATION = 3;

  /// An acceptor's port is not to be had.
  public static final int EXIT_CANNOT_LISTEN = 15;

  /// Another broker has the store, and this one was told not to wait or to empty it.
  public static final int EXIT_STORE_IN_USE = 19;

  private static final long STOP_SECONDS_MAX = 15;

  private ServerMain() {}

  /// What is to be run.
  ///
  /// @param instance whose users, log and admin listener it has
  /// @param config the file, in either dialect
  /// @param base where relative paths in it start
  /// @param allowKill whether an operator may end the process without a word
  public record Plan(Instance instance, Path config, Path base, boolean allowKill) {
    /// The configuration of an instance.
    public static Plan of(Instance instance, boolean allowKill) {
      return new Plan(instance, instance.config(), instance.dir(), allowKill);
    }
  }

  /// Runs until the node ends, and answers the process's exit code.
  public static int run(Plan plan, String version) {
    Optional<BrokerConfig> config = configuration(plan);
    if (config.isEmpty()) {
      return EXIT_CONFIGURATION;
    }
    try {
      return run(plan, config.get(), version);
    } catch (IOException e) {
      LOG.error("cannot start: {}", DiskWords.of(e));
      return EXIT_CONFIGURATION;
    }
  }

  private static Optional<BrokerConfig> configuration(Plan plan) {
    ConfigResult read = ConfigReader.read(plan.config(), plan.base());
    for (Problem problem : read.problems()) {
      switch (problem.severity()) {
        case ERROR -> LOG.error("{}", problem);
        case WARNING -> LOG.warn("{}", problem);
        case INFO -> LOG.info("{}", problem);
      }
    }
    return read.config();
  }

  private static int run(Plan plan, BrokerConfig config, String version) throws IOException {
    Clock clock = new RealClock();
    Path store = config.directories().journal();
    DiskWords.makeFolder(store);
    Guests guests = Guests.of(config, plan.instance());
    LOG.info("Baton {} node={} store={}", version, config.name(), store);
    DiskStorage storage = DiskStorage.open(store);
    storage.mount().map(mount -> MountWarnings.of(mount, Mounts.recoversLostLocks())).stream()
        .flatMap(List::stream)
        .forEach(LOG::warn);
    if (!new PortsFirst(config, Translation.ha(config, version), storage).passed()) {
      return EXIT_CANNOT_LISTEN;
    }
    AtomicReference<@Nullable RunningNode> running = new AtomicReference<>();
    // From here on a signal is a wish to end cleanly; the JVM waits for the hook.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(running.get()), "shutdown"));
    boolean wipe = config.storeUse().wipe();
    while (true) {
      int code = once(plan, config, version, new Term(clock, storage, guests, wipe), running);
      if (!config.storeUse().rejoin()
          || (code != ExitCode.LOCK_LOST.code() && code != ExitCode.SUPERSEDED.code())) {
        return code;
      }
      LOG.info("standing by again in the same process, as restartAllowed says; last_code={}", code);
      // What others have written since is theirs.
      wipe = false;
      storage = DiskStorage.open(store);
    }
  }

  private record Term(Clock clock, DiskStorage storage, Guests guests, boolean wipe) {}

  /// From a node's start to its end.
  private static int once(
      Plan plan,
      BrokerConfig config,
      String version,
      Term term,
      AtomicReference<@Nullable RunningNode> running)
      throws IOException {
    Clock clock = term.clock;
    Guests guests = term.guests;
    RunningNode node;
    AdminServer admin;
    try (StoreGate gate = StoreGate.pass(term.storage, clock)) {
      if (term.wipe && !gate.wipe(config.name())) {
        return EXIT_STORE_IN_USE;
      }
      ClientDoors doors = new ClientDoors(config, guests.authenticator(config), clock);
      Optional<Pairing> pairing =
          config.ha() instanceof HaPolicy.Replicated policy
              ? Optional.of(
                  new Pairing(
                      config, policy, term.storage, DiskStorage.open(plan.instance().dir()), clock))
              : Optional.empty();
      node = new RunningNode(config, version, term.storage, clock, doors, pairing);
      NodeView view = new NodeView(config, node, version, clock, plan.allowKill());
      admin =
          AdminServer.start(
              guests.endpoint().host(),
              guests.endpoint().port(),
              new AdminUsers(guests.users(), guests.endpoint().role()),
              view,
              RunFile.in(plan.instance().dir()));
      running.set(node);
      node.start();
      gate.hold(node.shown());
    }
    int code = node.ended().join();
    if (code == ExitCode.STORE_HUNG.code()) {
      // What a clean end would write or unlink could be on the same disk.
      Runtime.getRuntime().halt(code);
    }
    admin.close();
    node.dispose();
    return code;
  }

  private static void shutDown(@Nullable RunningNode node) {
    if (node != null && !node.ended().isDone()) {
      // The process is ending by a signal: its code is the node's.
      Runtime.getRuntime().halt(stop(node));
    }
  }

  /// Has a node end cleanly and waits for it; a node that takes too long takes the process with it.
  ///
  /// @return the process's exit code
  static int stop(RunningNode node) {
    LOG.info("stopping");
    node.baton().stop();
    try {
      int code = node.ended().get(STOP_SECONDS_MAX, TimeUnit.SECONDS);
      LOG.info("stopped exit_code={}", code);
      return code;
    } catch (TimeoutException e) {
      LOG.error("not stopped within {} s; the process ends all the same", STOP_SECONDS_MAX);
    } catch (Exception e) {
      LOG.error("stopping failed", e);
    }
    Runtime.getRuntime().halt(1);
    return 1;
  }
}
