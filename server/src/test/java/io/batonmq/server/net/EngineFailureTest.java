package io.batonmq.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.broker.Refusal;
import io.batonmq.seam.Clock;
import io.batonmq.seam.Now;
import io.batonmq.session.Output;
import io.batonmq.session.WireEngine;
import io.batonmq.session.WireProtocol;
import io.batonmq.session.Wiring;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A connection whose engine fails is closed, whoever called it: its peer does not wait for ever.
@Timeout(30)
class EngineFailureTest {
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

  /// Where the engine finds no memory.
  private enum Failing {
    RECEIVE,
    EMIT,
    TICK
  }

  private final EchoBroker broker = new EchoBroker();
  private final Front front = new Front(FrontSettings.standard(), broker, CLOCK);

  @AfterEach
  void stops() {
    front.close();
    broker.close();
  }

  private record Protocol(Failing failing) implements WireProtocol {
    @Override
    public String name() {
      return "TEST";
    }

    @Override
    public Match match(ByteBuffer first) {
      return Match.YES;
    }

    @Override
    public WireEngine open(Wiring wiring, Now now) {
      return new Engine(failing, wiring);
    }
  }

  private static final class Engine implements WireEngine {
    private final Failing failing;
    private final Wiring wiring;
    private boolean received;

    Engine(Failing failing, Wiring wiring) {
      this.failing = failing;
      this.wiring = wiring;
    }

    private void failsIn(Failing step) {
      if (failing == step) {
        throw new OutOfMemoryError("of this test");
      }
    }

    @Override
    public void receive(ByteBuffer bytes, Now now) {
      bytes.position(bytes.limit());
      received = true;
      failsIn(Failing.RECEIVE);
      wiring.outlet().emit(new Output.Connected());
    }

    @Override
    public void emit(Output output, Now now) {
      failsIn(Failing.EMIT);
    }

    @Override
    public void writable(Now now) {}

    @Override
    public long tick(Now now) {
      if (failing != Failing.TICK) {
        return NEVER;
      }
      if (received) {
        received = false;
        return now.nanos() + TimeUnit.MILLISECONDS.toNanos(20);
      }
      failsIn(Failing.TICK);
      return NEVER;
    }

    @Override
    public void end(Refusal refusal, Now now) {}

    @Override
    public void lost(Now now) {}
  }

  private void isClosed(Failing failing) throws IOException {
    int port =
        front.open(
            new Listener(
                failing.name(),
                "localhost",
                0,
                List.of(new Protocol(failing)),
                new TestUsers(List.of("ANONYMOUS"))));
    try (var socket = new Socket("localhost", port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write("any bytes".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void whenBytesCome() throws IOException {
    isClosed(Failing.RECEIVE);
  }

  @Test
  void whenTheBrokerSpeaks() throws IOException {
    isClosed(Failing.EMIT);
  }

  @Test
  void whenItIsTime() throws IOException {
    isClosed(Failing.TICK);
  }
}
