package io.batonmq.server.node;

import io.batonmq.server.config.BrokerConfig;
import io.batonmq.server.config.ConfigReader;
import io.batonmq.server.config.ConfigResult;
import io.batonmq.server.platform.DiskStorage;
import io.batonmq.server.platform.RealClock;
import io.batonmq.session.QueueStat;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.awaitility.Awaitility;

/// A whole node of a configuration file on a real disk and a real port, in this process, and a client of it.
final class JmsNode implements AutoCloseable {
  private final int port;
  private final RunningNode node;
  private final Connection connection;

  private JmsNode(int port, RunningNode node, Connection connection) {
    this.port = port;
    this.node = node;
    this.connection = connection;
  }

  /// @param setting what stands in the `address-setting` for all addresses
  static JmsNode start(Path dir, String setting) throws Exception {
    int port = freePort();
    Path xml = dir.resolve("broker.xml");
    Files.writeString(
        xml,
        """
        <configuration><core>
          <name>lone</name>
          <security-enabled>false</security-enabled>
          <journal-directory>journal</journal-directory>
          <acceptors><acceptor name="amqp">tcp://localhost:%d?protocols=AMQP</acceptor></acceptors>
          <address-settings><address-setting match="#">
            <dead-letter-address>DLQ</dead-letter-address>
            <expiry-address>ExpiryQueue</expiry-address>
            <auto-delete-queues>false</auto-delete-queues>
            <auto-delete-addresses>false</auto-delete-addresses>
            %s
          </address-setting></address-settings>
        </core></configuration>
        """
            .formatted(port, setting));
    ConfigResult read = ConfigReader.read(xml, dir);
    BrokerConfig config =
        read.config().orElseThrow(() -> new AssertionError(read.problems().toString()));
    Files.createDirectories(config.directories().journal());
    RealClock clock = new RealClock();
    RunningNode node =
        new RunningNode(
            config,
            "test",
            DiskStorage.open(config.directories().journal()),
            clock,
            new ClientDoors(config, new OpenAuthenticator(), clock));
    node.start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptionsInstanceOf(JMSException.class)
        .until(() -> {
          connect(port).close();
          return true;
        });
    return new JmsNode(port, node, connect(port));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Connection connect(int port) throws JMSException {
    Connection connection = new JmsConnectionFactory("amqp://localhost:" + port).createConnection();
    connection.start();
    return connection;
  }

  /// Another client, with an id of its own. The caller closes it.
  Connection connect(String clientId) throws JMSException {
    Connection another = new JmsConnectionFactory("amqp://localhost:" + port).createConnection();
    try {
      another.setClientID(clientId);
      another.start();
      return another;
    } catch (JMSException e) {
      another.close();
      throw e;
    }
  }

  Session session() throws JMSException {
    return connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
  }

  Session session(int mode) throws JMSException {
    return connection.createSession(mode);
  }

  static MessageProducer producer(Session session, String queue) throws JMSException {
    return session.createProducer(session.createQueue(queue));
  }

  static MessageConsumer consumer(Session session, String queue) throws JMSException {
    return session.createConsumer(session.createQueue(queue));
  }

  /// A queue in numbers, as they are when all that was asked for before is done.
  QueueStat stat(String queue) {
    var answer = new CompletableFuture<List<QueueStat>>();
    node.serving().orElseThrow().ask(sessions -> answer.complete(sessions.queueStats()));
    return answer.orTimeout(20, TimeUnit.SECONDS).join().stream()
        .filter(stat -> stat.name().equals(queue))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no queue " + queue + " on port " + port));
  }

  @Override
  public void close() throws Exception {
    connection.close();
    node.baton().stop();
    node.ended().get(20, TimeUnit.SECONDS);
  }
}
