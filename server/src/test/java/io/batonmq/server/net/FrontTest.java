package io.batonmq.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.batonmq.broker.Refusal;
import io.batonmq.seam.Clock;
import io.batonmq.seam.Now;
import io.batonmq.session.Command;
import io.batonmq.session.Gateway;
import io.batonmq.wire.amqp.AmqpLimits;
import io.batonmq.wire.amqp.AmqpProtocol;
import io.netty.channel.epoll.Epoll;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Sockets: who is let in, who is sent away, and how fast everybody is gone.
@Timeout(30)
class FrontTest {
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

  private final EchoBroker broker = new EchoBroker();
  private final List<Front> fronts = new ArrayList<>();

  private Front front(FrontSettings settings, Gateway gateway) {
    Front front = new Front(settings, gateway, CLOCK);
    fronts.add(front);
    return front;
  }

  private static int open(Front front) throws IOException {
    return front.open(listener(0));
  }

  private static Listener listener(int port) {
    return new Listener(
        "test",
        "localhost",
        port,
        List.of(new AmqpProtocol("baton", List::of, AmqpLimits.standard())),
        new TestUsers(List.of("PLAIN", "ANONYMOUS")));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /// A client at a port that was prepared, once that listens.
  private static Socket arrived(int port) {
    return await()
        .ignoreExceptionsInstanceOf(ConnectException.class)
        .until(() -> new Socket("localhost", port), Socket::isConnected);
  }

  private static FrontSettings settings(int connections, int detectMillis) {
    return settings(2, connections, detectMillis);
  }

  private static FrontSettings settings(int threads, int connections, int detectMillis) {
    FrontSettings standard = FrontSettings.standard();
    return new FrontSettings(
        threads,
        connections,
        64,
        detectMillis,
        500,
        standard.unsentLow(),
        standard.unsentHigh(),
        1 << 20,
        1,
        16,
        16,
        5_000);
  }

  @AfterEach
  void stops() {
    fronts.forEach(Front::close);
    broker.close();
  }

  private static String answer(int port, String said) throws IOException {
    try (Socket socket = new Socket("localhost", port)) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
      return new String(readAll(socket.getInputStream()), StandardCharsets.US_ASCII);
    }
  }

  private static byte[] readAll(InputStream in) throws IOException {
    try {
      return in.readAllBytes();
    } catch (SocketException reset) {
      return new byte[0];
    }
  }

  @ParameterizedTest
  @CsvSource({
    "no-such-host.invalid, no host of this name is known",
    "192.0.2.1,            this machine has no such address"
  })
  void anAddressThatIsNotOursIsNotCalledInUse(String host, String said) {
    Front front = front(settings(10, 5_000), broker);
    assertThatThrownBy(() ->
            front.open(new Listener("test", host, 61616, List.of(), new TestUsers(List.of()))))
        .isInstanceOf(CannotListenException.class)
        .hasMessageContaining("cannot listen on " + host + ":61616: " + said)
        .hasMessageNotContaining("another broker");
  }

  @Test
  void aBrowserIsToldThatThisIsNoWebServer() throws Exception {
    int port = open(front(settings(10, 5_000), broker));
    assertThat(answer(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 400 Bad Request\r\n")
        .contains("The console has a port of its own");
  }

  @Test
  void aForeignProtocolIsSentAway() throws Exception {
    int port = open(front(settings(10, 5_000), broker));
    assertThat(answer(port, "\u0016\u0003\u0001 and so on")).isEmpty();
  }

  @Test
  void whoSaysNothingIsSentAwayInTime() throws Exception {
    Front front = front(settings(10, 200), broker);
    int port = open(front);
    assertThat(answer(port, "AMQ")).isEmpty();
    await().until(() -> front.connections() == 0);
  }

  @Test
  void thereIsALimitOfConnections() throws Exception {
    Front front = front(settings(2, 5_000), broker);
    int port = open(front);
    try (Socket _ = new Socket("localhost", port);
        Socket _ = new Socket("localhost", port)) {
      await().until(() -> front.connections() == 2);
      assertThat(answer(port, "")).isEmpty();
    }
    await().until(() -> front.connections() == 0);
    assertThat(answer(port, "AMQP\0\t\0\0")).startsWith("AMQP");
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    Front front = front(settings(2, 5_000), broker);
    int port = open(front);
    assertThatThrownBy(() ->
            front.open(
                new Listener("again", "localhost", port, List.of(), new TestUsers(List.of()))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("localhost:" + port);
  }

  @Test
  void whoComesBeforeTheDoorsAreOpenWaitsAndIsServedThen() throws Exception {
    Front front = front(settings(10, 5_000), broker);
    int port = freePort();
    front.prepare(listener(port));
    try (Socket early = arrived(port)) {
      early.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      early.setSoTimeout(300);
      assertThatThrownBy(() -> early.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(front.connections()).isZero();

      assertThat(front.open(listener(port))).isEqualTo(port);

      early.setSoTimeout(5_000);
      assertThat(new String(readAll(early.getInputStream()), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 400");
    }
  }

  @Test
  void whoWaitsIsSentAwayWhenTheDoorsAreNotOpenedAfterAll() throws Exception {
    Front front = front(settings(10, 5_000), broker);
    int port = freePort();
    front.prepare(listener(port));
    try (Socket early = arrived(port)) {
      early.setSoTimeout(5_000);
      front.closeNow();
      assertThat(readAll(early.getInputStream())).isEmpty();
    }
    assertThatThrownBy(() -> new Socket("localhost", port).close())
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void aPortThatWasTakenWhenItWasPreparedIsTriedAgain() throws Exception {
    Front front = front(settings(10, 5_000), broker);
    int port;
    try (ServerSocket other = new ServerSocket()) {
      other.bind(new InetSocketAddress("localhost", 0));
      port = other.getLocalPort();
      front.prepare(listener(port));
      assertThatThrownBy(() -> front.open(listener(port)))
          .isInstanceOf(CannotListenException.class)
          .hasMessageContaining("cannot listen on localhost:" + port);
      front.prepare(listener(port));
    }
    assertThat(front.open(listener(port))).isEqualTo(port);
    assertThat(answer(port, "GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400");
  }

  @Test
  void closingAtOnceTakesMilliseconds() throws Exception {
    Front front = front(FrontSettings.standard(), broker);
    int port = open(front);
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Connection connection =
          new JmsConnectionFactory("amqp://localhost:" + port).createConnection();
      connection.start();
      connections.add(connection);
    }
    AtomicInteger failed = new AtomicInteger();
    for (Connection connection : connections) {
      connection.setExceptionListener(_ -> failed.incrementAndGet());
    }
    long before = System.nanoTime();
    front.closeNow();
    long took = Duration.ofNanos(System.nanoTime() - before).toMillis();
    assertThat(front.connections()).isZero();
    // Milliseconds; the rest is for a machine that does other things too.
    assertThat(took).isLessThan(500);
    assertThatThrownBy(() -> new Socket("localhost", port).close()).isInstanceOf(IOException.class);
    await().until(() -> failed.get() == 20);
  }

  @Test
  void whoHangsWithItsEventLoopsIsCutOffAllTheSame() throws Exception {
    assumeTrue(Epoll.isAvailable(), "only epoll's sockets can be shut down from another thread");
    var hanging = new CountDownLatch(1);
    var answers = new CountDownLatch(1);
    Gateway disk =
        new Gateway() {
          @Override
          public boolean submit(Command command) {
            hanging.countDown();
            try {
              return answers.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }

          @Override
          public void submitted(Now now) {}

          @Override
          public void whenReady(Runnable ready) {}
        };
    Front front = front(settings(1, 10, 60_000), disk);
    int port = open(front);
    try (Socket quiet = new Socket("localhost", port)) {
      quiet.setSoTimeout(10_000);
      await().until(() -> front.connections() == 1);
      var client =
          CompletableFuture.supplyAsync(() -> {
            try (Connection connection =
                new JmsConnectionFactory("amqp://localhost:" + port).createConnection()) {
              connection.start();
              return "connected";
            } catch (JMSException e) {
              return "cut off";
            }
          });
      assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
      front.cut();
      assertThat(quiet.getInputStream().read()).isEqualTo(-1);
      assertThat(client.get(10, TimeUnit.SECONDS)).isEqualTo("cut off");
      assertThatThrownBy(() -> new Socket("localhost", port).close())
          .isInstanceOf(IOException.class);
    } finally {
      answers.countDown();
    }
  }

  @Test
  void aClientWithFailoverMovesToTheOtherNode() throws Exception {
    Front one = front(FrontSettings.standard(), broker);
    Front two = front(FrontSettings.standard(), broker);
    int first = open(one);
    int second = open(two);
    try (Connection connection =
        new JmsConnectionFactory(
                "failover:(amqp://localhost:%d,amqp://localhost:%d)?failover.reconnectDelay=5"
                    .formatted(first, second))
            .createConnection()) {
      connection.start();
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      MessageProducer producer = session.createProducer(session.createQueue("moved"));
      producer.send(session.createTextMessage("before"));
      one.close(
          new Refusal(Refusal.Reason.HANDING_OVER, "the other node takes over"),
          Duration.ofSeconds(5));
      producer.send(session.createTextMessage("after"));
      var consumer = session.createConsumer(session.createQueue("moved"));
      assertThat(consumer.receive(5_000).getBody(String.class)).isEqualTo("before");
      assertThat(consumer.receive(5_000).getBody(String.class)).isEqualTo("after");
    }
    List<String> producers;
    synchronized (broker.seen) {
      producers =
          broker.seen.stream()
              .filter(Command.OpenProducer.class::isInstance)
              .map(command -> ((Command.OpenProducer) command).producer())
              .toList();
    }
    // The same producer came back: that is how its resends are recognised.
    assertThat(producers).hasSize(2).doesNotContainNull();
    assertThat(producers.getFirst()).isEqualTo(producers.getLast());
  }

  @Test
  void aFullInboxStopsTheReading() throws Exception {
    AtomicReference<Runnable> ready = new AtomicReference<>();
    AtomicInteger sends = new AtomicInteger();
    Gateway slow =
        new Gateway() {
          @Override
          public boolean submit(Command command) {
            broker.submit(command);
            return !(command instanceof Command.Send) || sends.incrementAndGet() < 5;
          }

          @Override
          public void submitted(Now now) {}

          @Override
          public void whenReady(Runnable runnable) {
            ready.set(runnable);
          }
        };
    int port = open(front(settings(10, 5_000), slow));
    try (Connection connection =
        new JmsConnectionFactory("amqp://localhost:" + port + "?jms.forceAsyncSend=true")
            .createConnection()) {
      connection.start();
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      MessageProducer producer = session.createProducer(session.createQueue("q"));
      byte[] body = new byte[300_000];
      for (int i = 0; i < 20; i++) {
        var message = session.createBytesMessage();
        message.writeBytes(body);
        producer.send(message);
      }
      await().until(() -> ready.get() != null);
      // What had been read by then may still arrive, but not all of six megabytes.
      assertThat(sends.get()).isLessThan(15);
      sends.set(Integer.MIN_VALUE / 2);
      ready.get().run();
      await().until(() -> sends.get() >= Integer.MIN_VALUE / 2 + 10);
    }
  }

  /// Begins and ends sessions for ever and never reads an answer.
  @Test
  void aPeerThatAsksAndDoesNotListenIsNotReadAnyMore() throws Exception {
    int port = open(front(settings(10, 5_000), broker));
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4_096);
      socket.connect(new InetSocketAddress("localhost", port));
      socket.setSoTimeout(5_000);
      var out = socket.getOutputStream();
      // Open by a peer without a name, then begin and end.
      out.write(HexFormat.of().parseHex("414d515000010000"));
      out.write(frame("005310c00401a10178"));
      assertThat(socket.getInputStream().readNBytes(64)).startsWith("AMQP".getBytes());
      byte[] begin = frame("005311c0050440434343");
      byte[] end = frame("00531745");
      byte[] both = new byte[begin.length + end.length];
      System.arraycopy(begin, 0, both, 0, begin.length);
      System.arraycopy(end, 0, both, begin.length, end.length);
      ByteArrayOutputStream many = new ByteArrayOutputStream();
      for (int i = 0; i < 1_000; i++) {
        many.write(both);
      }
      AtomicInteger written = new AtomicInteger();
      Thread flood =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < 10_000; i++) {
                    out.write(many.toByteArray());
                    written.incrementAndGet();
                  }
                } catch (IOException closed) {
                  written.set(-1);
                }
              });
      await().during(Duration.ofMillis(500)).atMost(Duration.ofSeconds(20)).until(stays(written));
      assertThat(written.get()).isBetween(1, 9_999);
      socket.close();
      flood.join();
    }
  }

  private static Callable<Boolean> stays(AtomicInteger value) {
    AtomicInteger last = new AtomicInteger(-2);
    return () -> last.getAndSet(value.get()) == value.get();
  }

  private static byte[] frame(String body) {
    byte[] bytes = HexFormat.of().parseHex(body);
    return ByteBuffer.allocate(8 + bytes.length)
        .putInt(8 + bytes.length)
        .putInt(0x0200_0000)
        .put(bytes)
        .array();
  }
}
