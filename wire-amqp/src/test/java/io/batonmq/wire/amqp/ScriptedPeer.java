package io.batonmq.wire.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.seam.Now;
import io.batonmq.session.Authenticator;
import io.batonmq.session.Command;
import io.batonmq.session.Gateway;
import io.batonmq.session.Line;
import io.batonmq.session.Output;
import io.batonmq.session.Principal;
import io.batonmq.session.ScramVerifier;
import io.batonmq.session.WireEngine;
import io.batonmq.session.Wiring;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.qpid.protonj2.test.driver.ProtonTestConnector;

/// A peer that follows a script and checks each frame that it is sent, against the engine under test. What
/// the engine tells the broker is kept; the test answers in the broker's name.
final class ScriptedPeer implements Gateway, Line {
  final ProtonTestConnector peer = new ProtonTestConnector(this::sent);
  final List<Command> commands = new ArrayList<>();
  final ByteArrayOutputStream recorded = new ByteArrayOutputStream();
  final WireEngine engine;
  boolean lineWritable = true;
  boolean room = true;
  String closed;
  private final Deque<byte[]> toEngine = new ArrayDeque<>();
  private final Deque<byte[]> toPeer = new ArrayDeque<>();
  private boolean running;
  private long millis = 1_000_000;

  ScriptedPeer(AmqpLimits limits, List<String> mechanisms) {
    this(limits, mechanisms, false);
  }

  ScriptedPeer(AmqpLimits limits, List<String> mechanisms, boolean saysUser) {
    engine =
        new AmqpProtocol(
                "baton",
                () -> List.of(new AmqpProtocol.FailoverServer("other", 61616, "amqp")),
                limits,
                saysUser,
                Map.of())
            .open(new Wiring(7, "test", this, _ -> {}, this, new OneUser(mechanisms)), now());
  }

  ScriptedPeer() {
    this(AmqpLimits.standard(), List.of("PLAIN"));
  }

  Now now() {
    return new Now(TimeUnit.MILLISECONDS.toNanos(millis), 5_000_000_000L + millis);
  }

  /// Lets time pass, then calls the engine as the shell would.
  void passes(long more) {
    millis += more;
    engine.tick(now());
    run();
  }

  /// The broker says something.
  void broker(Output... outputs) {
    for (Output output : outputs) {
      engine.emit(output, now());
    }
    run();
  }

  void becomesWritable() {
    lineWritable = true;
    engine.writable(now());
    run();
  }

  /// Raw bytes from the peer.
  void bytes(byte[] bytes) {
    sent(ByteBuffer.wrap(bytes));
  }

  /// Checks that the script was followed to its end.
  void done() {
    peer.waitForScriptToComplete(1, TimeUnit.SECONDS);
  }

  /// The only command of that kind since the last look at it.
  <T extends Command> T command(Class<T> type) {
    List<T> found = all(type);
    assertThat(found).as("commands " + commands).hasSize(1);
    return found.getFirst();
  }

  /// Takes the commands of that kind.
  <T extends Command> List<T> all(Class<T> type) {
    List<T> found = commands.stream().filter(type::isInstance).map(type::cast).toList();
    commands.removeAll(found);
    return found;
  }

  // The two ends of the line.

  private void sent(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    recorded.writeBytes(bytes);
    toEngine.add(bytes);
    run();
  }

  private void run() {
    if (running) {
      return;
    }
    running = true;
    try {
      while (!toEngine.isEmpty() || !toPeer.isEmpty()) {
        byte[] in = toEngine.poll();
        if (in != null) {
          engine.receive(ByteBuffer.wrap(in), now());
        }
        byte[] out = toPeer.poll();
        if (out != null) {
          peer.accept(ByteBuffer.wrap(out));
        }
      }
    } finally {
      running = false;
    }
  }

  @Override
  public void write(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    toPeer.add(copy);
  }

  @Override
  public void reading(boolean on) {}

  @Override
  public boolean writable() {
    return lineWritable;
  }

  @Override
  public void close(String reason) {
    closed = reason;
  }

  @Override
  public boolean submit(Command command) {
    commands.add(command);
    return room;
  }

  @Override
  public void submitted(Now now) {}

  @Override
  public void whenReady(Runnable ready) {}

  // Scripts that most tests begin with.

  /// Authenticates and opens, up to the broker's consent.
  ScriptedPeer connected() {
    peer.expectSASLHeader();
    peer.expectSaslMechanisms();
    peer.remoteSASLHeader().now();
    peer.expectSaslOutcome().withCode((byte) 0);
    peer.remoteSaslInit()
        .withMechanism("PLAIN")
        .withInitialResponse("\0alice\0wonderland".getBytes(StandardCharsets.UTF_8))
        .now();
    peer.expectAMQPHeader();
    peer.remoteAMQPHeader().now();
    peer.remoteOpen().withContainerId("client").now();
    assertThat(command(Command.Connect.class).principal().name()).isEqualTo("alice");
    peer.expectOpen();
    broker(new Output.Connected());
    done();
    return this;
  }

  ScriptedPeer session() {
    peer.expectBegin();
    peer.remoteBegin()
        .withNextOutgoingId(0)
        .withIncomingWindow(1000)
        .withOutgoingWindow(1000)
        .now();
    done();
    return this;
  }

  /// A link on which the peer sends, with that much credit.
  int producing(String address, int credit) {
    peer.remoteAttach()
        .ofSender()
        .withName("to-" + address)
        .withHandle(0)
        .withInitialDeliveryCount(0)
        .withSource()
        .withAddress("here")
        .and()
        .withTarget()
        .withAddress(address)
        .and()
        .now();
    int link = command(Command.OpenProducer.class).link();
    peer.expectAttach().ofReceiver();
    peer.expectFlow().withLinkCredit(credit);
    broker(new Output.ProducerOpened(link, credit));
    done();
    return link;
  }

  /// A link on which the peer receives.
  int consuming(String address) {
    peer.remoteAttach()
        .ofReceiver()
        .withName("from-" + address)
        .withHandle(1)
        .withSource()
        .withAddress(address)
        .and()
        .withTarget()
        .withAddress("here")
        .and()
        .now();
    int link = command(Command.OpenConsumer.class).link();
    peer.expectAttach().ofSender();
    broker(new Output.ConsumerOpened(link, address));
    done();
    return link;
  }

  /// `alice` with the password `wonderland`.
  record OneUser(List<String> mechanisms) implements Authenticator {
    @Override
    public void plain(String user, byte[] password, Consumer<Optional<Principal>> answer) {
      boolean right =
          user.equals("alice") && new String(password, StandardCharsets.UTF_8).equals("wonderland");
      answer.accept(right ? Optional.of(new Principal("alice", Set.of())) : Optional.empty());
    }

    @Override
    public ScramVerifier scramVerifier(String user) {
      return new ScramVerifier(new byte[16], 4096, new byte[32], new byte[32], null);
    }

    @Override
    public String nonce() {
      return "0123456789abcdefghijklmn";
    }

    @Override
    public Optional<Principal> anonymous() {
      return mechanisms.contains("ANONYMOUS")
          ? Optional.of(new Principal("anonymous", Set.of()))
          : Optional.empty();
    }
  }
}
