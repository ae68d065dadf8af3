package io.batonmq.server.node;

import io.batonmq.node.Serving;
import io.batonmq.seam.Clock;
import io.batonmq.seam.Now;
import io.batonmq.server.config.Acceptor;
import io.batonmq.server.config.BrokerConfig;
import io.batonmq.server.config.Protocol;
import io.batonmq.server.net.Front;
import io.batonmq.server.net.FrontSettings;
import io.batonmq.server.net.Listener;
import io.batonmq.server.net.PairDoor;
import io.batonmq.server.net.Rehearsal;
import io.batonmq.server.net.TlsPort;
import io.batonmq.session.Authenticator;
import io.batonmq.session.Command;
import io.batonmq.session.Gateway;
import io.batonmq.session.WireProtocol;
import io.batonmq.wire.amqp.AmqpLimits;
import io.batonmq.wire.amqp.AmqpProtocol;
import io.batonmq.wire.openwire.BodyRoom;
import io.batonmq.wire.openwire.OpenWireLimits;
import io.batonmq.wire.openwire.OpenWireProtocol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The acceptors of a node, open while it is active.
final class ClientDoors {
  private static final Logger LOG = LoggerFactory.getLogger(ClientDoors.class);

  /// Of an AMQP client: a login as anonymous, then open, begin and attach of a sender.
  private static final List<byte[]> FIRST_STEPS =
      Stream.of(
              "414d515003010000",
              "000000190201000000 5341 c00c01a309414e4f4e594d4f5553",
              "414d515000010000",
              "000000190200000000 5310 c00c01a109 72656865617273616c",
              "000000140200000000 5311 c00704404352 7f527f",
              "000000250200000000 5312 c0180aa10172434240400053284500 5329c00401a10172404043")
          .map(hex -> HexFormat.of().parseHex(hex.replace(" ", "")))
          .toList();

  private static final long PORT_NANOS_MAX = 3_000_000_000L;
  private static final long PORT_NAP_NANOS = 20_000_000L;

  private final BrokerConfig config;
  private final Authenticator authenticator;
  private final Clock clock;
  private final Switch gateway = new Switch();
  private final Map<String, TlsPort> tls = new HashMap<>();
  private volatile Optional<PairDoor> pair = Optional.empty();
  private volatile Front front;

  /// An eighth of the heap for what comes, and one for what goes: a body is there about three times while it passes.
  private final BodyRoom coming = new BodyRoom(Runtime.getRuntime().maxMemory() / 8);

  private final BodyRoom going = new BodyRoom(Runtime.getRuntime().maxMemory() / 8);

  /// Makes everything but the ports: event loops take half a second to make in a process that never had
  /// any, which nobody should wait for at a take-over.
  ///
  /// @throws IOException if a file of keys or certificates cannot be used
  ClientDoors(BrokerConfig config, Authenticator authenticator, Clock clock) throws IOException {
    this.config = config;
    this.authenticator = authenticator;
    this.clock = clock;
    for (Acceptor acceptor : config.acceptors()) {
      if (acceptor.tls().isPresent()) {
        tls.put(acceptor.name(), TlsPort.of(acceptor.name(), acceptor.tls().get(), clock));
      }
    }
    this.front = front();
    Thread.ofPlatform().daemon().name("rehearsal").start(this::rehearse);
  }

  private void rehearse() {
    long began = clock.monotonicNanos();
    Rehearsal.play(
        new AmqpProtocol(config.name(), List::of, AmqpLimits.standard()), FIRST_STEPS, clock);
    LOG.debug(
        "rehearsed the first connection took_ms={}", (clock.monotonicNanos() - began) / 1_000_000);
  }

  private Front front() {
    return new Front(FrontSettings.standard(), gateway, clock);
  }

  /// Lets the standbys of a replicated pair in by the same ports.
  void letIn(PairDoor door) {
    pair = Optional.of(door);
  }

  /// Listens on every acceptor, and lets nobody in: while the log is claimed and its last records are read,
  /// clients wait at the door instead of turning away and coming back late.
  ///
  /// @param others addresses of other nodes, asked for at each connection
  synchronized void prepare(Supplier<List<String>> others) {
    listeners(others).forEach(front::prepare);
  }

  /// Sends away who waits since [#prepare].
  synchronized void giveUp() {
    front.closeNow();
  }

  /// Lets clients in at every acceptor.
  ///
  /// @param others addresses of other nodes, asked for at each connection
  /// @throws CannotListenException if one cannot be opened; then none is open
  synchronized void open(Serving serving, Supplier<List<String>> others) {
    gateway.to = serving;
    try {
      for (Listener listener : listeners(others)) {
        open(listener);
      }
    } catch (IOException e) {
      close();
      throw new CannotListenException(String.valueOf(e.getMessage()), e);
    }
  }

  /// A process of this machine that was killed may have its port for a moment longer than its lock.
  private void open(Listener listener) throws IOException {
    long deadline = clock.monotonicNanos() + PORT_NANOS_MAX;
    while (true) {
      try {
        front.open(listener);
        return;
      } catch (io.batonmq.server.net.CannotListenException e) {
        if (!e.inUse() || clock.monotonicNanos() - deadline >= 0) {
          throw e;
        }
        LockSupport.parkNanos(PORT_NAP_NANOS);
      }
    }
  }

  private List<Listener> listeners(Supplier<List<String>> others) {
    return config.acceptors().stream()
        .map(acceptor ->
            new Listener(
                acceptor.name(),
                acceptor.host(),
                acceptor.port(),
                acceptor.protocols().stream()
                    .sorted()
                    .map(protocol -> protocol(protocol, acceptor.tls().isPresent(), others))
                    .toList(),
                authenticator,
                Optional.ofNullable(tls.get(acceptor.name())),
                pair))
        .toList();
  }

  private WireProtocol protocol(Protocol protocol, boolean within, Supplier<List<String>> others) {
    return switch (protocol) {
      case AMQP ->
          new AmqpProtocol(
              config.name(),
              () ->
                  addresses(within, others.get()).stream()
                      .map(address -> server(address, within ? "amqps" : "amqp"))
                      .toList(),
              AmqpLimits.standard(),
              config.populateValidatedUser(),
              Translation.READERS);
      case OPENWIRE ->
          new OpenWireProtocol(
              config.name(),
              "ID:baton-" + UUID.randomUUID(),
              () ->
                  addresses(within, others.get()).stream()
                      .map(address -> (within ? "ssl://" : "tcp://") + address)
                      .toList(),
              config.wildcards(),
              Translation.READERS,
              OpenWireLimits.standard(),
              config.populateValidatedUser(),
              coming,
              going);
      default -> throw new IllegalStateException(protocol + " is not spoken");
    };
  }

  /// Closes everything at once.
  synchronized void close() {
    gateway.to = null;
    front.close();
    front = front();
  }

  /// Cuts everything off although event loops may hang, and whoever holds this object's lock with them.
  void cut() {
    front.cut();
  }

  /// The broker that connections speak to, which changes with each term of office.
  private static final class Switch implements Gateway {
    private volatile @Nullable Serving to;

    @Override
    public boolean submit(Command command) {
      Serving serving = to;
      return serving == null || serving.submit(command);
    }

    @Override
    public void submitted(Now now) {
      Serving serving = to;
      if (serving != null) {
        serving.submitted(now);
      }
    }

    @Override
    public void whenReady(Runnable ready) {
      Serving serving = to;
      if (serving == null) {
        ready.run();
      } else {
        serving.whenReady(ready);
      }
    }
  }

  /// Where a client finds the pair: this node first, then what the file names, then whom this node has met.
  /// Nothing where that is only this node: clients replace what they were given by what they are told, and
  /// would find nobody when this node is gone.
  ///
  /// @param within whether TLS is spoken
  private List<String> addresses(boolean within, List<String> others) {
    List<String> own = Places.of(config);
    List<String> known = new ArrayList<>(own);
    config.cluster().peers().stream().map(Places::of).forEach(known::add);
    known.addAll(others);
    Set<String> addresses = new LinkedHashSet<>();
    known.stream()
        .filter(place -> Places.isTls(place) == within)
        .map(Places::address)
        .forEach(addresses::add);
    long ownOnes = own.stream().filter(place -> Places.isTls(place) == within).count();
    return addresses.size() == ownOnes ? List.of() : List.copyOf(addresses);
  }

  private static AmqpProtocol.FailoverServer server(String address, String scheme) {
    return new AmqpProtocol.FailoverServer(Places.host(address), Places.port(address), scheme);
  }

  /// A port that is not to be had.
  static final class CannotListenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CannotListenException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
