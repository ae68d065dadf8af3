package io.batonmq.checks.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Ledger;
import io.batonmq.checks.harness.Load;
import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.log.file.LogVerify;
import io.batonmq.server.platform.DiskStorage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Whoever can reach the port can send anything. The broker stays up in a small heap, and a producer and
/// a consumer are served all the while.
class StrangerTest {
  /// `-Dbaton.mutants=100000` is the long form: `scripts/long-checks`.
  private static final int MUTANTS = Integer.getInteger("baton.mutants", 2_000);

  private static final long SEED = Long.getLong("baton.seed", 20_261_122L);
  private static final int ATTACKERS = 4;
  private static final int READ_MILLIS_MAX = 20_000;
  private static final byte[] AMQP = {'A', 'M', 'Q', 'P', 0, 1, 0, 0};
  private static final byte[] SASL = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};

  @RegisterExtension final Stage stage = new Stage();

  private final Ledger ledger = new Ledger();
  private Broker broker;
  private Load load;

  @BeforeEach
  void aBrokerAtWork() {
    broker = stage.broker(NodePlan.single("node").withHeap("96m")).start().awaitActive();
    load = stage.keep(new Load(broker.url(), ledger)).producer("q").consumer("q");
    served();
  }

  private void served() {
    long before = ledger.deliveredCount();
    Until.holds(
        () -> "others are served; " + ledger.account(),
        Until.PATIENCE,
        () -> ledger.deliveredCount() - before > 20);
  }

  @AfterEach
  void nothingHappenedToAnybodyElse() throws Exception {
    served();
    load.stopProducers();
    load.drain(broker, "q");
    load.close();
    assertThat(ledger.account().clean()).as(ledger.account().toString()).isTrue();
    assertThat(broker.printed()).doesNotContain("bug ", "Exception", "OutOfMemory");
    assertThat(broker.stop()).isZero();
    assertThat(LogVerify.verify(DiskStorage.open(broker.store())).damages()).isEmpty();
  }

  @Test
  void noise() throws Exception {
    attack(
        MUTANTS / 4,
        random -> {
          var bytes = new byte[1 + random.nextInt(4_000)];
          random.nextBytes(bytes);
          if (random.nextBoolean()) {
            System.arraycopy(
                random.nextBoolean() ? AMQP : SASL, 0, bytes, 0, Math.min(8, bytes.length));
          }
          return bytes;
        });
  }

  @Test
  void whatAClientSaysWithAFewBytesChanged() throws Exception {
    var said = Conversation.record(broker);
    assertThat(said.length).isGreaterThan(1_000);
    attack(MUTANTS, random -> mutant(said, random));
  }

  private static byte[] mutant(byte[] said, Random random) {
    var bytes = said.clone();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      int at = 8 + random.nextInt(bytes.length - 8);
      bytes[at] =
          switch (random.nextInt(4)) {
            case 0 -> (byte) (bytes[at] ^ 1 << random.nextInt(8));
            case 1 -> (byte) random.nextInt();
            case 2 -> (byte) 0xff;
            default -> 0;
          };
    }
    if (random.nextInt(4) == 0) {
      // A piece of it twice, or left out.
      int from = random.nextInt(bytes.length);
      int to = from + random.nextInt(bytes.length - from);
      var out = ByteBuffer.allocate(2 * bytes.length).put(bytes, 0, from);
      if (random.nextBoolean()) {
        out.put(bytes, from, to - from).put(bytes, from, to - from);
      }
      out.put(bytes, to, bytes.length - to);
      return Arrays.copyOf(out.array(), out.position());
    }
    return bytes;
  }

  private interface Weapon {
    byte[] bytes(Random random);
  }

  private void attack(int times, Weapon weapon) throws Exception {
    try (var attackers = Executors.newFixedThreadPool(ATTACKERS)) {
      var attacks = new ArrayList<java.util.concurrent.Future<?>>();
      for (int i = 0; i < times; i++) {
        long seed = SEED + i;
        attacks.add(
            attackers.submit(() -> {
              send(weapon.bytes(new Random(seed)), seed);
              return seed;
            }));
      }
      for (var attack : attacks) {
        attack.get();
      }
    }
  }

  /// Sends everything and reads until the broker has had enough; it may hang up before.
  private void send(byte[] bytes, long seed) {
    try (var socket = connect()) {
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
      socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("the broker holds on to a dead connection; seed " + seed, e);
    } catch (IOException e) {
      // hung up in the middle, which is an answer
    }
  }

  private Socket connect() throws IOException {
    var socket = new Socket();
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), broker.port()), READ_MILLIS_MAX);
    socket.setSoTimeout(READ_MILLIS_MAX);
    return socket;
  }

  @Test
  void framesLargerThanAllowedAreRefusedBeforeTheyAreRead() throws Exception {
    for (int size : new int[] {Integer.MAX_VALUE, -1, 5_000_000, 4, 0}) {
      for (var header : List.of(SASL, AMQP)) {
        var bytes = ByteBuffer.allocate(16).put(header).putInt(size).put((byte) 2).put((byte) 1);
        try (var socket = connect()) {
          socket.getOutputStream().write(bytes.array());
          hungUpOn(socket);
        }
      }
    }
  }

  @Test
  void whoComesAndDoesNotLogInHasToGo() throws Exception {
    var silent = new ArrayList<Socket>();
    for (int i = 0; i < 200; i++) {
      var socket = connect();
      silent.add(socket);
      var begun = Arrays.copyOf(SASL, i % 9);
      socket.getOutputStream().write(begun);
    }
    served();
    for (var socket : silent) {
      try (socket) {
        hungUpOn(socket);
      }
    }
  }

  private static void hungUpOn(Socket socket) throws IOException {
    try {
      socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("the broker holds on to a connection that says nothing", e);
    } catch (java.net.SocketException e) {
      // reset: hung up as well
    }
  }
}
