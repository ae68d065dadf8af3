package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Certificates;
import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Ports;
import io.batonmq.checks.harness.Shell;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.activemq.ActiveMQSslConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Real clients at ports with TLS, and where they go when their broker dies.
class TlsTest {
  @RegisterExtension final Stage stage = new Stage();

  private Path keys;
  private Path trust;

  @BeforeEach
  void certificates() throws Exception {
    var folder = Files.createDirectories(stage.path("keys"));
    keys = Certificates.keys(folder, "server");
    trust = Certificates.trust(keys, "server");
  }

  /// Each node has a plain port and one with TLS; a client knows that of one node only, and finds the other.
  @Test
  void clientsThatCameWithTlsAreToldOfPortsWithTls() throws Exception {
    int primary = Ports.free();
    int backup = Ports.free();
    var plans = Pair.Plans.of(stage.path("store")).withoutFailback();
    var pair =
        stage
            .pair(
                new Pair.Plans(secured(plans.primary(), primary), secured(plans.backup(), backup)))
            .start();
    try (var amqp = qpid(primary);
        var openwire = stock(primary)) {
      exchange(amqp, "amqp", "before");
      exchange(openwire, "openwire", "before");
      pair.primary().kill();
      pair.backup().awaitActive();
      exchange(amqp, "amqp", "after");
      exchange(openwire, "openwire", "after");
    }
    assertThat(pair.backup().status().connectors())
        .containsExactly("127.0.0.1:" + pair.backup().port(), "ssl://127.0.0.1:" + backup);
    assertThat(pair.backup().printed()).doesNotContain(Certificates.PASSWORD);
  }

  private NodePlan secured(NodePlan plan, int port) {
    return plan.replaced(
        "<acceptors>",
        "<acceptors><acceptor name=\"secure\">tcp://127.0.0.1:%d?sslEnabled=true;keyStorePath=%s;keyStorePassword=%s</acceptor>"
            .formatted(port, keys, Certificates.PASSWORD));
  }

  @Test
  void theCommandLineComesInWithTls() {
    int port = Ports.free();
    var node = stage.broker(secured(NodePlan.single("node"), port)).start().awaitActive();
    var url = "amqps://127.0.0.1:" + port;
    var trusting =
        url
            + "?transport.trustStoreLocation=%s&transport.trustStorePassword=%s"
                .formatted(trust, Certificates.PASSWORD);
    var sent =
        produce(
            node.line(
                "producer",
                "--url",
                trusting,
                "--message-count",
                "3",
                "--user",
                NodePlan.USER,
                "--password",
                NodePlan.PASSWORD));
    assertThat(sent.code()).as(sent.out()).isZero();
    Until.holds(
        "they are there", () -> node.queue("TEST").map(it -> it.messageCount() == 3).orElse(false));

    var refused =
        produce(
            node.line(
                "producer",
                "--url",
                url,
                "--user",
                NodePlan.USER,
                "--password",
                NodePlan.PASSWORD));
    assertThat(refused.code()).isNotZero();
    assertThat(refused.out()).contains("transport.trustStoreLocation");
  }

  private static Shell.Result produce(java.util.List<String> line) {
    return Shell.attempt(line.toArray(String[]::new));
  }

  @Test
  void brokersOfOneClassicFileTakeOverWithTls() throws Exception {
    int port = Ports.free();
    var store = stage.path("sharedFileSystem");
    var brokers =
        stage.classic(
            2,
            port,
            store,
            """
            <broker xmlns="http://activemq.apache.org/schema/core" brokerName="shared">
              <persistenceAdapter><kahaDB directory="%s"/></persistenceAdapter>
              <sslContext><sslContext keyStore="file:%s" keyStorePassword="%s"/></sslContext>
              <transportConnectors>
                <transportConnector name="ssl" uri="nio+ssl://127.0.0.1:%d?transport.enabledProtocols=TLSv1.3"/>
              </transportConnectors>
            </broker>
            """
                .formatted(store, keys, Certificates.PASSWORD, port));
    brokers.get(0).start().awaitActive();
    brokers.get(1).start().awaitStandby();
    try (var stock = stock(port);
        var amqp = qpid(port)) {
      exchange(stock, "q", "before");
      brokers.get(0).kill();
      brokers.get(1).awaitActive();
      exchange(stock, "q", "after");
      exchange(amqp, "q", "by AMQP");
    }
    brokers.forEach(broker -> assertThat(broker.printed()).doesNotContain(Certificates.PASSWORD));
  }

  private Connection qpid(int port) throws JMSException {
    var url =
        "failover:(amqps://127.0.0.1:%d)?failover.maxReconnectDelay=500&failover.nested.transport.trustStoreLocation=%s&failover.nested.transport.trustStorePassword=%s"
            .formatted(port, trust, Certificates.PASSWORD);
    return started(
        new JmsConnectionFactory(url).createConnection(NodePlan.USER, NodePlan.PASSWORD));
  }

  private Connection stock(int port) throws Exception {
    var factory =
        new ActiveMQSslConnectionFactory(
            "failover:(ssl://127.0.0.1:%d)?maxReconnectDelay=500".formatted(port));
    factory.setTrustStore(trust.toString());
    factory.setTrustStorePassword(Certificates.PASSWORD);
    return started(factory.createConnection(NodePlan.USER, NodePlan.PASSWORD));
  }

  private static Connection started(Connection connection) throws JMSException {
    try {
      connection.start();
      return connection;
    } catch (JMSException e) {
      connection.close();
      throw e;
    }
  }

  private static void exchange(Connection connection, String queue, String text)
      throws JMSException {
    try (var session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
      var destination = session.createQueue(queue);
      session.createProducer(destination).send(session.createTextMessage(text));
      var got = session.createConsumer(destination).receive(Until.PATIENCE.toMillis());
      assertThat(got).as(text).isNotNull();
      assertThat(got.getBody(String.class)).isEqualTo(text);
    }
  }
}
