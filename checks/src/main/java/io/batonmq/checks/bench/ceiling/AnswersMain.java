package io.batonmq.checks.bench.ceiling;

import io.batonmq.seam.Clock;
import io.batonmq.server.net.Front;
import io.batonmq.server.net.FrontSettings;
import io.batonmq.server.net.Listener;
import io.batonmq.server.platform.RealClock;
import io.batonmq.session.Authenticator;
import io.batonmq.session.Principal;
import io.batonmq.session.ScramVerifier;
import io.batonmq.wire.amqp.AmqpLimits;
import io.batonmq.wire.amqp.AmqpProtocol;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Runs the ceiling until its process is ended.
public final class AnswersMain {
  private AnswersMain() {}

  /// Arguments: port; 0 lets the system choose. The port is printed.
  @SuppressWarnings("resource") // it serves as long as the process lives
  public static void main(String[] words) throws IOException {
    System.out.println("port " + serve(Integer.parseInt(words[0])).port());
  }

  /// @param port where it listens
  record Served(Front front, int port) implements AutoCloseable {
    @Override
    public void close() {
      front.close();
    }
  }

  static Served serve(int port) throws IOException {
    Clock clock = new RealClock();
    Front front = new Front(FrontSettings.standard(), new Answers(), clock);
    var amqp = new AmqpProtocol("ceiling", List::of, AmqpLimits.standard());
    return new Served(
        front,
        front.open(
            new Listener("ceiling", "127.0.0.1", port, List.of(amqp), new EveryoneComesIn())));
  }

  /// Any name with any password: logging in is no part of what is measured.
  private static final class EveryoneComesIn implements Authenticator {
    private static final Principal ANYONE = new Principal("anyone", Set.of());

    @Override
    public List<String> mechanisms() {
      return List.of("PLAIN", "ANONYMOUS");
    }

    @Override
    public void plain(String user, byte[] password, Consumer<Optional<Principal>> answer) {
      answer.accept(Optional.of(ANYONE));
    }

    @Override
    public ScramVerifier scramVerifier(String user) {
      throw new IllegalStateException("not among the mechanisms");
    }

    @Override
    public String nonce() {
      throw new IllegalStateException("not among the mechanisms");
    }

    @Override
    public Optional<Principal> anonymous() {
      return Optional.of(ANYONE);
    }
  }
}
