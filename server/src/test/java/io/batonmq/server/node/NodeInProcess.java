package io.batonmq.server.node;

import io.batonmq.node.Serving;
import io.batonmq.server.config.BrokerConfig;
import io.batonmq.server.config.ConfigReader;
import io.batonmq.server.instance.Instance;
import io.batonmq.server.platform.DiskStorage;
import io.batonmq.server.platform.RealClock;
import io.batonmq.session.AddressStat;
import io.batonmq.session.Authenticator;
import io.batonmq.session.QueueStat;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.awaitility.Awaitility;

/// A whole node in this process, as a `broker.xml` makes it, for clients as they are. It lets everybody in
/// and has no admin listener. The next one over the same folder takes over from it.
final class NodeInProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final int port;
  private final RunningNode node;

  /// @param core elements of `core` beside what every node needs, such as `<addresses>`
  NodeInProcess(Path folder, String core) throws IOException {
    this(
        folder,
        freePort(),
        """
        <configuration><core>
          <name>tested</name>
          <security-enabled>false</security-enabled>
          <acceptors><acceptor name="all">tcp://127.0.0.1:%d</acceptor></acceptors>
          %s
        </core></configuration>
        """,
        core);
  }

  /// The same of a file in the dialect of Classic, which lets in whom it says.
  ///
  /// @param broker elements of `broker` beside what every node needs
  static NodeInProcess classic(Path folder, String broker) throws IOException {
    return new NodeInProcess(
        folder,
        freePort(),
        """
        <broker brokerName="tested">
          <transportConnectors><transportConnector uri="tcp://127.0.0.1:%d"/></transportConnectors>
          %s
        </broker>
        """,
        broker);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private NodeInProcess(Path folder, int port, String frame, String content) throws IOException {
    this.port = port;
    Path file = folder.resolve("broker.xml");
    Files.writeString(file, frame.formatted(port, content));
    var read = ConfigReader.read(file, folder);
    BrokerConfig config =
        read.config().orElseThrow(() -> new AssertionError(read.problems().toString()));
    var clock = new RealClock();
    Files.createDirectories(config.directories().journal());
    node =
        new RunningNode(
            config,
            "test",
            DiskStorage.open(config.directories().journal()),
            clock,
            new ClientDoors(config, authenticator(config, folder), clock));
    node.start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .until(() -> node.serving().isPresent() && !node.receipts().isEmpty());
  }

  private static Authenticator authenticator(BrokerConfig config, Path folder) throws IOException {
    return config.securityEnabled()
        ? Guests.of(config, new Instance(folder)).authenticator(config)
        : new OpenAuthenticator();
  }

  NodeInProcess(Path folder) throws IOException {
    this(folder, "");
  }

  /// A started connection.
  ///
  /// @param clientId empty for one that the client makes up
  /// @param options of the client, such as `jms.prefetchPolicy.all=0`; may be empty
  Connection connect(String clientId, String options) throws JMSException {
    var factory = new JmsConnectionFactory("amqp://127.0.0.1:" + port + "?" + options);
    var connection = factory.createConnection("someone", "secret");
    try {
      if (!clientId.isEmpty()) {
        connection.setClientID(clientId);
      }
      connection.start();
      return connection;
    } catch (JMSException e) {
      connection.close();
      throw e;
    }
  }

  Connection connect() throws JMSException {
    return connect("", "");
  }

  /// The broker that serves now.
  Serving serving() {
    return node.serving().orElseThrow();
  }

  /// A started connection of somebody in particular.
  Connection login(String user, String password) throws JMSException {
    var factory = new JmsConnectionFactory("amqp://127.0.0.1:" + port);
    var connection = factory.createConnection(user, password);
    try {
      connection.start();
      return connection;
    } catch (JMSException e) {
      connection.close();
      throw e;
    }
  }

  Optional<QueueStat> queue(String name) throws Exception {
    return queues().stream().filter(queue -> queue.name().equals(name)).findFirst();
  }

  List<QueueStat> queues() throws Exception {
    var answer = new CompletableFuture<List<QueueStat>>();
    node.serving().orElseThrow().ask(sessions -> answer.complete(sessions.queueStats()));
    return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  List<AddressStat> addresses() throws Exception {
    var answer = new CompletableFuture<List<AddressStat>>();
    node.serving().orElseThrow().ask(sessions -> answer.complete(sessions.addressStats()));
    return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    node.baton().stop();
    node.ended().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
