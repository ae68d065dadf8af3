package io.batonmq.sim.pair;

import io.batonmq.ha.Role;
import io.batonmq.session.Command;
import io.batonmq.session.Outlet;
import io.batonmq.session.Output;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One connection of a client to one life of a node. What is under way arrives late, in order, or, once it
/// is cut, not at all.
final class Wire implements Outlet {
  private static final long DELAY_NANOS_MAX = 20_000_000;

  /// How long what a node had read from a connection may still arrive after that was cut.
  private static final long READ_NANOS = 2_000_000;

  private final Simulation sim;
  private final Client client;
  private final Life life;
  private final Role.Active active;
  private final long id;
  private boolean cut;
  private long cutNanos;
  private boolean over;
  private long inNanos;
  private long outNanos;

  /// What the client calls its things on this connection, for the ledger.
  final Map<Long, Sent> sends = new LinkedHashMap<>();

  final Map<Long, Copy.Delivery> deliveries = new LinkedHashMap<>();
  final Map<Long, Command.Settle> settles = new LinkedHashMap<>();
  final Map<Long, Tx> begun = new LinkedHashMap<>();
  final Map<Long, Ending> ends = new LinkedHashMap<>();

  /// How a client wants a transaction to end.
  ///
  /// @param step of a branch that a manager ends; null for a local one
  record Ending(Tx tx, boolean commit, Command.@Nullable Step step) {}

  Wire(Simulation sim, Client client, Life life, long id) {
    this.sim = sim;
    this.client = client;
    this.life = life;
    this.active = life.serving().orElseThrow().active();
    this.id = id;
    life.connected(this);
  }

  long id() {
    return id;
  }

  Life life() {
    return life;
  }

  Client client() {
    return client;
  }

  boolean isCut() {
    return cut;
  }

  /// The epoch that speaks.
  long epoch() {
    return active.epoch();
  }

  /// What that epoch has committed.
  long committed() {
    return active.appender().committed();
  }

  void send(Command command) {
    if (!cut) {
      inNanos = Math.max(sim.nanos() + delay(), inNanos);
      sim.at(
          inNanos,
          () -> {
            if (!cut || hadBeenRead()) {
              life.submit(command);
            }
          });
    }
  }

  private boolean hadBeenRead() {
    return !over && sim.nanos() - cutNanos <= READ_NANOS;
  }

  private long delay() {
    return sim.chance().magnitude(DELAY_NANOS_MAX);
  }

  /// What the broker says counts from here on, whether the client hears it or not.
  @Override
  public void emit(Output output) {
    sim.ledger().said(this, output);
    if (!cut) {
      outNanos = Math.max(sim.nanos() + delay(), outNanos);
      sim.at(
          outNanos,
          () -> {
            if (!cut) {
              client.hear(this, output);
            }
          });
    }
    sim.scheduler().point();
  }

  /// What is under way arrives no more, except for what the node has read already; both ends learn of it
  /// a little later.
  ///
  /// @param silently the client is not told, and must find out by itself
  void cut(boolean silently) {
    if (!cut) {
      cut = true;
      cutNanos = sim.nanos();
      life.disconnected(this);
      sim.after(Duration.ofNanos(delay()), this::end);
      if (!silently) {
        sim.after(Duration.ofNanos(delay()), () -> client.lost(this));
      }
    }
  }

  private void end() {
    over = true;
    life.submit(new Command.Disconnect(id, false));
  }
}
