package io.batonmq.server.node;

import io.batonmq.ha.ExitCode;
import io.batonmq.seam.Clock;
import io.batonmq.server.admin.AdminServer;
import io.batonmq.server.admin.RunFile;
import io.batonmq.server.config.BrokerConfig;
import io.batonmq.server.config.ConfigReader;
import io.batonmq.server.config.ConfigResult;
import io.batonmq.server.config.Problem;
import io.batonmq.server.instance.AdminEndpoint;
import io.batonmq.server.instance.DiskWords;
import io.batonmq.server.instance.Instance;
import io.batonmq.server.platform.DiskStorage;
import io.batonmq.server.platform.RealClock;
import io.batonmq.server.security.LoginPolicy;
import io.batonmq.server.security.Users;
import io.batonmq.session.Authenticator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs a node in this process, from an instance's directory to an exit code.
public final class ServerMain {
  private static final Logger LOG = LoggerFactory.getLogger(ServerMain.class);

  /// The configuration is not usable.
  public static final int EXIT_CONFIGURATION = 3;

  /// An acceptor's port is not to be had.
  public static final int EXIT_CANNOT_LISTEN = 15;

  private static final long STOP_SECONDS_MAX = 15;

  private ServerMain() {}

  /// Runs until the node ends, and answers the process's exit code.
  ///
  /// @param allowKill whether an operator may end the process without a word
  public static int run(Path directory, String version, boolean allowKill) {
    Instance instance = new Instance(directory);
    Optional<BrokerConfig> config = configuration(instance);
    if (config.isEmpty()) {
      return EXIT_CONFIGURATION;
    }
    try {
      return run(instance, config.get(), version, allowKill);
    } catch (IOException e) {
      LOG.error("cannot start: {}", DiskWords.of(e));
      return EXIT_CONFIGURATION;
    }
  }

  private static Optional<BrokerConfig> configuration(Instance instance) {
    ConfigResult read = ConfigReader.read(instance.brokerXml(), instance.dir());
    for (Problem problem : read.problems()) {
      switch (problem.severity()) {
        case ERROR -> LOG.error("{}", problem);
        case WARNING -> LOG.warn("{}", problem);
        case INFO -> LOG.info("{}", problem);
      }
    }
    return read.config();
  }

  private static int run(Instance instance, BrokerConfig config, String version, boolean allowKill)
      throws IOException {
    Clock clock = new RealClock();
    Path store = config.directories().journal();
    DiskWords.makeFolder(store);
    Users users = Users.open(instance.users(), instance.roles());
    LoginPolicy policy = LoginPolicy.read(instance.login());
    AdminEndpoint endpoint = AdminEndpoint.read(instance.admin());
    LOG.info("Baton {} node={} store={}", version, config.name(), store);
    DiskStorage storage = DiskStorage.open(store);
    if (!new PortsFirst(config, Translation.ha(config, version), storage).passed()) {
      return EXIT_CANNOT_LISTEN;
    }
    ClientDoors doors = new ClientDoors(config, authenticator(config, users, policy), clock);
    RunningNode node = new RunningNode(config, version, storage, clock, doors);
    NodeView view = new NodeView(config, node, version, clock, allowKill);
    AdminServer admin =
        AdminServer.start(
            endpoint.host(),
            endpoint.port(),
            new AdminUsers(users, endpoint.role()),
            view,
            RunFile.in(instance.dir()));
    // From here on a signal is a wish to end cleanly; the JVM waits for the hook.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(node), "shutdown"));
    node.start();
    int code = node.ended().join();
    if (code == ExitCode.STORE_HUNG.code()) {
      // What a clean end would write or unlink could be on the same disk.
      Runtime.getRuntime().halt(code);
    }
    admin.close();
    return code;
  }

  private static Authenticator authenticator(BrokerConfig config, Users users, LoginPolicy policy) {
    if (config.securityEnabled()) {
      return new UsersAuthenticator(users, policy);
    }
    LOG.warn(
        "security-enabled is false: whoever reaches an acceptor may do everything, by any name; the"
            + " admin listener still asks for a user");
    return new OpenAuthenticator();
  }

  private static void shutDown(RunningNode node) {
    if (!node.ended().isDone()) {
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
