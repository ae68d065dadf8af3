package io.batonmq.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.batonmq.seam.Clock;
import io.batonmq.server.config.Certificates;
import io.batonmq.server.config.Tls;
import io.batonmq.server.config.Tls.ClientAuth;
import io.batonmq.server.config.Tls.KeyFile;
import io.batonmq.wire.amqp.AmqpLimits;
import io.batonmq.wire.amqp.AmqpProtocol;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/// A port with TLS, met by the JDK's own sockets and by a real client.
@Timeout(60)
class TlsTest {
  private static final Clock CLOCK =
      new Clock() {
        @Override
        public long monotonicNanos() {
          return System.nanoTime();
        }

        @Override
        public long wallMillis() {
          return System.currentTimeMillis();
        }
      };

  private static final byte[] AMQP = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};

  /// What follows: SASL's init as anonymous, the header of AMQP, an open.
  private static final byte[] LOGIN =
      HexFormat.of()
          .parseHex(
              ("00000019 02010000 00 5341 c00c01a309414e4f4e594d4f5553 414d515000010000"
                      + " 00000019 02000000 00 5310 c00c01a109 72656865617273616c")
                  .replace(" ", ""));

  @TempDir static Path made;

  private static Path serverKeys;
  private static Path serverTrust;
  private static Path otherKeys;
  private static Path clientKeys;
  private static Path clientTrust;

  @TempDir Path folder;

  private final EchoBroker broker = new EchoBroker();
  private final List<Front> fronts = new ArrayList<>();
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> log =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          said.add(event.getFormattedMessage());
        }
      };

  @BeforeAll
  static void make() throws IOException {
    serverKeys = Certificates.keys(made, "server");
    serverTrust = Certificates.trust(serverKeys, "server");
    otherKeys = Certificates.keys(made, "other");
    clientKeys = Certificates.keys(made, "client");
    clientTrust = Certificates.trust(clientKeys, "client");
  }

  @BeforeEach
  void listen() {
    log.start();
    ((Logger) LoggerFactory.getLogger("io.batonmq.server.net")).addAppender(log);
  }

  @AfterEach
  void stops() {
    fronts.forEach(Front::close);
    broker.close();
    ((Logger) LoggerFactory.getLogger("io.batonmq.server.net")).detachAppender(log);
  }

  private static KeyFile file(Path path) {
    return new KeyFile(path, "PKCS12", Optional.of(Certificates.PASSWORD), Optional.empty());
  }

  private static Tls tls(Path keys) {
    return new Tls(file(keys), "", Optional.empty(), ClientAuth.NONE, Tls.PROTOCOLS, List.of());
  }

  private static Tls asking(ClientAuth clients) {
    return new Tls(
        file(serverKeys), "", Optional.of(file(clientTrust)), clients, Tls.PROTOCOLS, List.of());
  }

  private Front front(FrontSettings settings) {
    Front front = new Front(settings, broker, CLOCK);
    fronts.add(front);
    return front;
  }

  private static int open(Front front, Optional<Tls> tls) throws IOException {
    Optional<TlsPort> port =
        tls.isPresent() ? Optional.of(TlsPort.of("test", tls.get(), CLOCK)) : Optional.empty();
    return front.open(
        new Listener(
            "test",
            "localhost",
            0,
            List.of(new AmqpProtocol("baton", List::of, AmqpLimits.standard())),
            new TestUsers(List.of("PLAIN", "ANONYMOUS")),
            port,
            Optional.empty()));
  }

  private int open(Tls tls) throws IOException {
    return open(front(FrontSettings.standard()), Optional.of(tls));
  }

  private static FrontSettings settings(int unsentMax, int handshakes, int handshakeMillis) {
    FrontSettings usual = FrontSettings.standard();
    return new FrontSettings(
        1,
        usual.connections(),
        64,
        usual.detectMillis(),
        500,
        usual.unsentLow(),
        usual.unsentHigh(),
        unsentMax,
        1,
        16,
        handshakes,
        handshakeMillis);
  }

  private static SSLContext client(Path trust, Optional<Path> keys) throws Exception {
    var trusting = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusting.init(store(trust));
    var showing = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    showing.init(keys.isPresent() ? store(keys.get()) : null, Certificates.PASSWORD.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(showing.getKeyManagers(), trusting.getTrustManagers(), null);
    return context;
  }

  private static KeyStore store(Path path) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    try (var in = new FileInputStream(path.toFile())) {
      store.load(in, Certificates.PASSWORD.toCharArray());
    }
    return store;
  }

  private static SSLSocket socket(SSLContext context, int port) throws IOException {
    return (SSLSocket) context.getSocketFactory().createSocket("localhost", port);
  }

  private static String shown(SSLSocket socket) throws IOException {
    var certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    return certificate.getSubjectX500Principal().getName();
  }

  /// Whether the broker on the other side answers as AMQP brokers do.
  private static boolean answers(Socket socket) throws IOException {
    socket.getOutputStream().write(AMQP);
    return new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII)
        .equals("AMQP");
  }

  private void awaitSaid(String words) {
    await()
        .conditionEvaluationListener(condition -> {})
        .untilAsserted(() -> assertThat(said).anyMatch(line -> line.contains(words)));
  }

  @Test
  void aRealClientComesInAndItsMessagesComeBack() throws Exception {
    int port = open(tls(serverKeys));
    try (Connection connection = connect(port, serverTrust)) {
      assertThat(connection.getClientID()).isNotNull();
    }
    assertThatThrownBy(() -> connect(port, clientTrust)).isInstanceOf(JMSException.class);
    awaitSaid("TLS handshake failed");
    assertThat(said).noneMatch(line -> line.contains("bug"));
  }

  private static Connection connect(int port, Path trust) throws JMSException {
    var url =
        "amqps://localhost:%d?transport.trustStoreLocation=%s&transport.trustStorePassword=%s"
            .formatted(port, trust, Certificates.PASSWORD);
    Connection connection = new JmsConnectionFactory(url).createConnection("alice", "wonderland");
    try {
      connection.start();
      return connection;
    } catch (JMSException e) {
      connection.close();
      throw e;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void theTwoProtocolsOfTodayAreSpoken(String protocol) throws Exception {
    int port = open(tls(serverKeys));
    try (var socket = socket(client(serverTrust, Optional.empty()), port)) {
      socket.setEnabledProtocols(new String[] {protocol});
      assertThat(answers(socket)).isTrue();
      assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
    }
  }

  @Test
  void whatIsNotEnabledIsNotSpoken() throws Exception {
    var suite = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    int port =
        open(
            new Tls(
                file(serverKeys),
                "",
                Optional.empty(),
                ClientAuth.NONE,
                List.of("TLSv1.2"),
                List.of(suite)));
    var context = client(serverTrust, Optional.empty());
    try (var socket = socket(context, port)) {
      assertThat(answers(socket)).isTrue();
      assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
      assertThat(socket.getSession().getCipherSuite()).isEqualTo(suite);
    }
    try (var socket = socket(context, port)) {
      socket.setEnabledProtocols(new String[] {"TLSv1.3"});
      assertThatThrownBy(() -> answers(socket)).isInstanceOf(SSLException.class);
    }
  }

  @Test
  void aClientShowsACertificateWhereItHasTo() throws Exception {
    int port = open(asking(ClientAuth.NEEDED));
    try (var socket = socket(client(serverTrust, Optional.of(clientKeys)), port)) {
      assertThat(answers(socket)).isTrue();
    }
    for (var keys : List.of(Optional.<Path>empty(), Optional.of(otherKeys))) {
      try (var socket = socket(client(serverTrust, keys), port)) {
        assertThatThrownBy(() -> answers(socket)).isInstanceOf(IOException.class);
      }
    }
    awaitSaid("TLS handshake failed");
  }

  @Test
  void aClientThatIsAskedForACertificateMayHaveNone() throws Exception {
    int port = open(asking(ClientAuth.WANTED));
    for (var keys : List.of(Optional.<Path>empty(), Optional.of(clientKeys))) {
      try (var socket = socket(client(serverTrust, keys), port)) {
        assertThat(answers(socket)).isTrue();
      }
    }
  }

  @Test
  void aRenewedCertificateIsShownWithoutARestart() throws Exception {
    Path keys = Files.copy(serverKeys, folder.resolve("keys.p12"));
    int port = open(tls(keys));
    try (var before = socket(client(serverTrust, Optional.empty()), port)) {
      assertThat(answers(before)).isTrue();
      // As tools do it who know that files are read: whole, or not at all.
      Path next = Certificates.keys(folder, "renewed");
      var trust = Certificates.trust(next, "renewed");
      Files.move(next, keys, StandardCopyOption.REPLACE_EXISTING);
      var renewed = client(trust, Optional.empty());
      await()
          .ignoreExceptions()
          .until(() -> {
            try (var socket = socket(renewed, port)) {
              return shown(socket).equals("CN=renewed") && answers(socket);
            }
          });
      assertThat(before.getInputStream().readNBytes(4)).as("who was in goes on").hasSize(4);

      Files.writeString(keys, "nothing that could be shown");
      await()
          .ignoreExceptions()
          .until(() -> {
            try (var socket = socket(renewed, port)) {
              return answers(socket)
                  && said.stream().anyMatch(line -> line.contains("cannot be used"));
            }
          });
    }
  }

  @Test
  void whoSaysNothingHasToGo() throws Exception {
    Front front = front(settings(1 << 20, 4, 200));
    int port = open(front, Optional.of(tls(serverKeys)));
    try (var socket = new Socket("localhost", port)) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      awaitSaid("no TLS handshake in time");
      await().until(() -> front.handshakes() == 0);
    }
  }

  @Test
  void ofTooManyHandshakesTheOldestGoes() throws Exception {
    Front front = front(settings(1 << 20, 2, 30_000));
    int port = open(front, Optional.of(tls(serverKeys)));
    try (var first = new Socket("localhost", port)) {
      await().until(() -> front.handshakes() == 1);
      try (var second = new Socket("localhost", port)) {
        await().until(() -> front.handshakes() == 2);
        try (var third = socket(client(serverTrust, Optional.empty()), port)) {
          assertThat(answers(third)).isTrue();
          assertThat(first.getInputStream().read()).isEqualTo(-1);
          awaitSaid("2 TLS handshakes are under way");
          assertThat(second.isConnected()).isTrue();
          await().until(() -> front.handshakes() == 1);
        }
      }
    }
  }

  @Test
  void whoSpeaksPlainlyToAPortWithTlsIsCutOffAndNotQuoted() throws Exception {
    int port = open(tls(serverKeys));
    try (var socket = new Socket("localhost", port)) {
      socket
          .getOutputStream()
          .write("GET /?password=hunter2 HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readNBytes(64)).hasSizeLessThan(64);
    }
    awaitSaid("the peer does not speak TLS, and this port does");
    assertThat(said).noneMatch(line -> line.contains("hunter2") || line.contains("68756e746572"));
  }

  @Test
  void whoSpeaksTlsToAPlainPortIsToldByTheLog() throws Exception {
    int port = open(front(FrontSettings.standard()), Optional.empty());
    try (var socket = socket(client(serverTrust, Optional.empty()), port)) {
      assertThatThrownBy(() -> answers(socket)).isInstanceOf(IOException.class);
    }
    awaitSaid("the peer speaks TLS, and this port is plain");
  }

  /// With TLS 1.3 a peer may ask for new keys at any time, and is answered.
  @Test
  void whoAsksForNewKeysAndTakesNoneIsCutOff() throws Exception {
    int port = open(front(settings(1 << 12, 4, 5_000)), Optional.of(tls(serverKeys)));
    try (var raw = new Socket()) {
      raw.setReceiveBufferSize(1 << 10);
      raw.connect(new java.net.InetSocketAddress("localhost", port));
      var context = client(serverTrust, Optional.empty());
      try (var socket =
          (SSLSocket) context.getSocketFactory().createSocket(raw, "localhost", port, true)) {
        socket.setEnabledProtocols(new String[] {"TLSv1.3"});
        assertThat(answers(socket)).isTrue();
        socket.getOutputStream().write(LOGIN);
        assertThatThrownBy(
                () -> {
                  for (int i = 0; i < 1_000_000; i++) {
                    socket.startHandshake();
                  }
                })
            .isInstanceOf(IOException.class);
      }
    }
    awaitSaid("does not take what it asks for");
  }

  /// With TLS 1.2 it may begin anew, which costs it little and us much.
  @Test
  void nobodyMakesUsShakeHandsAgain() throws Exception {
    int port = open(tls(serverKeys));
    try (var socket = socket(client(serverTrust, Optional.empty()), port)) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      assertThat(answers(socket)).isTrue();
      assertThatThrownBy(
              () -> {
                // Not the one before again, which costs nobody anything.
                socket.getSession().invalidate();
                socket.startHandshake();
                // What is left of the answer to the header, and then the next one.
                socket.getInputStream().readNBytes(1 << 10);
              })
          .isInstanceOf(IOException.class);
    }
  }
}
