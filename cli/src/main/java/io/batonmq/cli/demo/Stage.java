package io.batonmq.cli.demo;

import io.batonmq.cli.Exit;
import io.batonmq.cli.FreePorts;
import io.batonmq.cli.UserException;
import io.batonmq.server.instance.CreateOptions;
import io.batonmq.server.instance.CreateOptions.Access;
import io.batonmq.server.instance.CreateOptions.Ports;
import io.batonmq.server.instance.CreateOutcome;
import io.batonmq.server.instance.Instance;
import io.batonmq.server.instance.InstanceCreator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Where the demo takes place: a folder of its own with both instances and the store that they share, on
/// ports that were free. Whoever made the folder removes it.
final class Stage {
  static final String USER = "demo";

  private final Path folder;
  private final String password;
  private final Broker master;
  private final Broker slave;

  private Stage(String password, Broker master, Broker slave, Path folder) {
    this.folder = folder;
    this.password = password;
    this.master = master;
    this.slave = slave;
  }

  /// Builds it in a folder, which it does not remove if it fails.
  static Stage build(Path folder) throws IOException {
    byte[] secret = new byte[12];
    new SecureRandom().nextBytes(secret);
    var password = HexFormat.of().formatHex(secret);
    var ports = FreePorts.find(4);
    var master = create(folder, "master", ports.get(0), ports.get(2), password);
    var slave = create(folder, "slave", ports.get(1), ports.get(3), password);
    for (var broker : List.of(master, slave)) {
      var file = broker.instance().brokerXml();
      var xml =
          LabXml.edited(
              Files.readString(file), broker.name(), master.port(), slave.port(), password);
      Files.writeString(file, xml);
    }
    return new Stage(password, master, slave, folder);
  }

  private static Broker create(Path folder, String name, int port, int httpPort, String password)
      throws IOException {
    var options =
        new CreateOptions(
            Optional.of(name),
            new Access(Optional.of(USER), Optional.of(password), Access.ROLE, false),
            new Ports("localhost", port, 0, false, "localhost", httpPort),
            CreateOptions.DATA,
            true,
            "256M",
            Optional.empty(),
            Optional.empty(),
            false);
    var home = Path.of(System.getProperty("baton.home", ""));
    return switch (InstanceCreator.create(options, folder.resolve(name), home)) {
      case CreateOutcome.Created(Instance instance) -> new Broker(name, instance, port);
      case CreateOutcome.InUse(var reason) -> throw new UserException(Exit.FAILED, reason);
      case CreateOutcome.Refused(var reason) -> throw new UserException(Exit.FAILED, reason);
      case CreateOutcome.Missing(var questions) ->
          throw new IllegalStateException("missing " + questions);
    };
  }

  Path store() {
    return folder.resolve("sharedstore").resolve("data").resolve("journal");
  }

  Broker master() {
    return master;
  }

  Broker slave() {
    return slave;
  }

  String password() {
    return password;
  }

  /// As an application writes it. The delay is short, so that what is measured is the broker.
  String url() {
    return "failover:(amqp://localhost:%d,amqp://localhost:%d)?failover.maxReconnectDelay=50"
        .formatted(master.port(), slave.port());
  }

  /// Ends both processes. May be called twice, and by another thread.
  void end() {
    master.end();
    slave.end();
  }
}
