package io.batonmq.checks.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Ports;
import io.batonmq.checks.harness.Shell;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TransactionRolledBackException;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.ActiveMQConnectionMetaData;
import org.apache.activemq.ActiveMQXAConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Records what the stock clients of both lines and our broker say to each other. `-Dbaton.record=DIR` records every
/// version and encoding into a folder, for `wire-openwire/src/test/resources/recorded`; without it one of each line is
/// recorded, to see that it can be done.
class RecordingTest {
  private static final String DIRECTORY = System.getProperty("baton.record", "");
  private static final Path JAVAX = Path.of("..", "checks-javax", "target");

  /// What ids of this client begin with, in place of the name of a machine.
  private static final String HOST = "recorded";

  @RegisterExtension final Stage stage = new Stage();

  private record Branch(int number) implements Xid {
    @Override
    public int getFormatId() {
      return 7;
    }

    @Override
    public byte[] getGlobalTransactionId() {
      return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    @Override
    public byte[] getBranchQualifier() {
      return new byte[] {1};
    }
  }

  @Test
  void recordsWhatTheClientsAndTheBrokerSay() throws Exception {
    System.setProperty("activemq.idgenerator.hostname", HOST);
    boolean all = !DIRECTORY.isEmpty();
    var to = Files.createDirectories(all ? Path.of(DIRECTORY) : stage.path("recorded"));
    for (int version : all ? new int[] {9, 10, 11, 12} : new int[] {12}) {
      for (boolean tight : all ? new boolean[] {true, false} : new boolean[] {true}) {
        record(to, version, tight);
      }
    }
  }

  private void record(Path to, int version, boolean tight) throws Exception {
    var name = "-v" + version + (tight ? "-tight" : "-loose") + ".gz";
    var broker = broker(name);
    var file = to.resolve(ActiveMQConnectionMetaData.PROVIDER_VERSION + name);
    try (var proxy = new RecordingProxy(broker.port(), file)) {
      applications(url(proxy, version, tight));
      failover(proxy, url(proxy, version, tight));
    }
    assertThat(file).isNotEmptyFile();
    var javax = to.resolve(versionOfJavax() + name);
    try (var proxy = new RecordingProxy(broker.port(), javax)) {
      javax(proxy, url(proxy, version, tight));
    }
    assertThat(javax).isNotEmptyFile();
    assertThat(broker.stop()).isZero();
  }

  /// One with an empty store.
  private Broker broker(String name) {
    int port = Ports.free();
    var store = stage.path("store" + name);
    return stage
        .classic(
            1,
            port,
            store,
            """
            <broker xmlns="http://activemq.apache.org/schema/core" brokerName="broker">
              <persistenceAdapter><kahaDB directory="%s"/></persistenceAdapter>
              <transportConnectors>
                <transportConnector name="openwire" uri="tcp://127.0.0.1:%d"/>
              </transportConnectors>
            </broker>
            """
                .formatted(store, port))
        .getLast()
        .start()
        .awaitActive();
  }

  private static String url(RecordingProxy proxy, int version, boolean tight) {
    return "failover:(tcp://127.0.0.1:%d?wireFormat.version=%d&wireFormat.tightEncodingEnabled=%b)"
        .formatted(proxy.port(), version, tight);
  }

  // ---- the line of jakarta.jms

  private static void applications(String url) throws Exception {
    try (var connection = new ActiveMQConnectionFactory(url).createConnection()) {
      connection.setClientID("application");
      connection.start();
      bodies(connection);
      transactions(connection);
      topics(connection);
      requests(connection);
    }
    try (var connection =
        new ActiveMQConnectionFactory(url + "?jms.prefetchPolicy.all=0&jms.useCompression=true")
            .createConnection()) {
      connection.start();
      pulls(connection);
    }
    try (var connection =
        new ActiveMQConnectionFactory(url + "?jms.useAsyncSend=true&jms.producerWindowSize=4096")
            .createConnection()) {
      connection.start();
      var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
      var both = session.createQueue("recorded.a,recorded.b");
      var producer = session.createProducer(both);
      for (int i = 0; i < 20; i++) {
        producer.send(session.createTextMessage("asynchronous " + i));
      }
      var consumer = session.createConsumer(both);
      for (int i = 0; i < 40; i++) {
        next(consumer);
      }
    }
    try (var connection = new ActiveMQXAConnectionFactory(url).createXAConnection()) {
      connection.start();
      var session = connection.createXASession();
      var resource = session.getXAResource();
      var queue = session.createQueue("recorded.xa");
      for (int number = 1; number <= 2; number++) {
        var branch = new Branch(number);
        resource.start(branch, XAResource.TMNOFLAGS);
        session.createProducer(queue).send(session.createTextMessage("in a branch"));
        resource.end(branch, XAResource.TMSUCCESS);
        resource.prepare(branch);
      }
      assertThat(resource.recover(XAResource.TMSTARTRSCAN)).hasSize(2);
      resource.commit(new Branch(1), false);
      resource.rollback(new Branch(2));
    }
  }

  private static void bodies(Connection connection) throws JMSException {
    var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    var queue = session.createQueue("recorded.bodies");
    var producer = session.createProducer(queue);
    var text = session.createTextMessage("text \u00e4\u20ac\ud83d\ude00");
    text.setStringProperty("string", "s");
    text.setIntProperty("int", 1);
    text.setLongProperty("long", Long.MAX_VALUE);
    text.setBooleanProperty("flag", true);
    text.setDoubleProperty("double", 0.5);
    text.setFloatProperty("float", 0.25f);
    text.setByteProperty("byte", (byte) 3);
    text.setShortProperty("short", (short) 4);
    text.setStringProperty("JMSXGroupID", "group");
    text.setJMSCorrelationID("correlation");
    text.setJMSType("type");
    text.setJMSReplyTo(session.createTopic("recorded.reply"));
    producer.send(text);
    var bytes = session.createBytesMessage();
    bytes.writeBytes(new byte[300_000]);
    producer.send(bytes);
    var map = session.createMapMessage();
    map.setString("a", "b");
    map.setObject("list", List.of(1, 2L, "three"));
    producer.send(map);
    var stream = session.createStreamMessage();
    stream.writeString("first");
    stream.writeLong(2);
    producer.send(stream);
    producer.send(session.createObjectMessage("serialized"));
    producer.send(session.createMessage());
    try (var browser = session.createBrowser(queue)) {
      assertThat(Collections.list(browser.getEnumeration())).hasSize(6);
    }
    var own = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
    var consumer = own.createConsumer(queue, "JMSType = 'type' OR JMSType IS NULL");
    Message last = null;
    for (int i = 0; i < 6; i++) {
      last = next(consumer);
    }
    last.acknowledge();
    own.close();
    assertThatThrownBy(() -> session.createConsumer(queue, "a =")).isInstanceOf(JMSException.class);
  }

  private static void transactions(Connection connection) throws JMSException {
    var session = connection.createSession(Session.SESSION_TRANSACTED);
    var queue = session.createQueue("recorded.transactions");
    var producer = session.createProducer(queue);
    producer.send(session.createTextMessage("rolled back"));
    session.rollback();
    producer.send(session.createTextMessage("committed"));
    session.commit();
    var consumer = session.createConsumer(queue);
    next(consumer);
    session.rollback();
    assertThat(next(consumer).getJMSRedelivered()).isTrue();
    session.commit();
    session.close();
  }

  private static void topics(Connection connection) throws JMSException {
    var session = connection.createSession(Session.DUPS_OK_ACKNOWLEDGE);
    var topic = session.createTopic("recorded.topic");
    var all = session.createConsumer(session.createTopic("recorded.>"));
    var durable = session.createDurableSubscriber(topic, "durable", "n < 3", true);
    var producer = session.createProducer(topic);
    for (int n = 1; n <= 4; n++) {
      var message = session.createTextMessage("news");
      message.setIntProperty("n", n);
      producer.send(message);
      next(all);
    }
    durable.close();
    session.unsubscribe("durable");
    session.close();
  }

  private static void requests(Connection connection) throws JMSException {
    var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    var queue = session.createQueue("recorded.requests");
    var replies = session.createTemporaryQueue();
    var asker = session.createConsumer(replies);
    var request = session.createTextMessage("question");
    request.setJMSReplyTo(replies);
    request.setLongProperty("AMQ_SCHEDULED_DELAY", 10);
    session.createProducer(queue).send(request);
    var got = next(session.createConsumer(queue));
    session.createProducer(null).send(got.getJMSReplyTo(), session.createTextMessage("answer"));
    next(asker);
    asker.close();
    replies.delete();
  }

  private static void pulls(Connection connection) throws JMSException {
    var session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    var queue = session.createQueue("recorded.pulled");
    var consumer = session.createConsumer(queue);
    assertThat(consumer.receiveNoWait()).isNull();
    assertThat(consumer.receive(10)).isNull();
    var producer = session.createProducer(queue);
    producer.send(session.createTextMessage("compressed ".repeat(100)));
    producer.send(session.createTextMessage("another"));
    next(consumer);
    assertThat(consumer.receiveNoWait()).isNotNull();
  }

  /// What the client says again when its connection is lost, in the middle of a branch and of a transaction.
  private static void failover(RecordingProxy proxy, String url) throws Exception {
    try (var connection = new ActiveMQXAConnectionFactory(url).createXAConnection();
        var other = new ActiveMQConnectionFactory(url).createConnection()) {
      connection.start();
      other.start();
      var session = connection.createXASession();
      var resource = session.getXAResource();
      var branch = new Branch(3);
      resource.start(branch, XAResource.TMNOFLAGS);
      session
          .createProducer(session.createQueue("recorded.xa"))
          .send(session.createTextMessage("said again"));
      resource.end(branch, XAResource.TMSUCCESS);
      var transacted = other.createSession(Session.SESSION_TRANSACTED);
      transacted.createTemporaryQueue();
      transacted.createConsumer(transacted.createQueue("recorded.nothing"));
      transacted
          .createProducer(transacted.createQueue("recorded.doubt"))
          .send(transacted.createTextMessage("in doubt"));
      proxy.hold();
      var prepared = CompletableFuture.supplyAsync(() -> vote(resource, branch));
      var committed = CompletableFuture.supplyAsync(() -> commits(transacted));
      Until.holds("both wait for an answer", () -> proxy.held() >= 2);
      proxy.cut();
      assertThat(prepared.get(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isEqualTo(XAResource.XA_OK);
      assertThat(committed.get(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isFalse();
      resource.commit(branch, false);
    }
  }

  private static int vote(XAResource resource, Xid branch) {
    try {
      return resource.prepare(branch);
    } catch (javax.transaction.xa.XAException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean commits(Session session) {
    try {
      session.commit();
      return true;
    } catch (TransactionRolledBackException e) {
      return false;
    } catch (JMSException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Message next(MessageConsumer consumer) throws JMSException {
    var message = consumer.receive(Until.PATIENCE.toMillis());
    assertThat(message).as("a message").isNotNull();
    return message;
  }

  // ---- the line of javax.jms

  private void javax(RecordingProxy proxy, String url) throws Exception {
    var command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dactivemq.idgenerator.hostname=" + HOST,
            "-cp",
            JAVAX.resolve("classes") + File.pathSeparator + JAVAX.resolve("lib") + "/*",
            "io.batonmq.checks.javax.Application",
            url,
            "user",
            "password");
    var errors = stage.path("application.err");
    var application = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    Shell.endWithThisProcess(application);
    var said = application.inputReader();
    assertThat(said.readLine()).as(errors + " says more").isEqualTo("ready");
    proxy.cut();
    application.outputWriter().append('\n').flush();
    assertThat(said.lines().toList()).contains("queue", "durable subscription");
    assertThat(application.waitFor(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private static String versionOfJavax() throws Exception {
    try (var jars = Files.newDirectoryStream(JAVAX.resolve("lib"), "activemq-client-*.jar")) {
      return jars.iterator().next().getFileName().toString().replaceAll("[^\\d.]|\\.jar", "");
    }
  }
}
