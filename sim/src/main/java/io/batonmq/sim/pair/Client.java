package io.batonmq.sim.pair;

import io.batonmq.message.Tail;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import io.batonmq.session.Principal;
import io.batonmq.sim.Chance;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A client that knows all nodes and connects to one that serves, again and again, as a Qpid JMS client
/// with a `failover:` address does.
abstract class Client {
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final long IDLE_NANOS_MAX = 2_000_000_000L;
  private static final long BACKOFF_NANOS_MAX = 300_000_000L;

  final Simulation sim;
  final String name;
  final Chance chance;
  private @Nullable Wire wire;
  private int next;
  private long sinceNanos;
  private boolean connected;

  /// Never says that it has given its credit back.
  private final boolean stubborn;

  Client(Simulation sim, String name) {
    this.sim = sim;
    this.name = name;
    this.chance = sim.chance().fork();
    this.next = chance.below(8);
    this.stubborn = chance.oneIn(8);
  }

  /// The connection stands: open what is needed.
  abstract void opened();

  /// Everything on the connection is gone.
  abstract void dropped();

  abstract void hearMore(Output output);

  /// The credit that is left is taken back.
  void withdraw() {}

  /// Whether it waits for nothing.
  abstract boolean content();

  /// The queue that it consumes from.
  String source() {
    return "";
  }

  void start() {
    after(chance.magnitude(BACKOFF_NANOS_MAX), this::dial);
    after(LOOK.toNanos(), this::look);
  }

  final void after(long nanos, Runnable what) {
    sim.after(Duration.ofNanos(nanos), what);
  }

  final void send(Command command) {
    if (wire != null) {
      wire.send(command);
    }
  }

  final @Nullable Wire wire() {
    return wire;
  }

  final long connection() {
    return wire == null ? -1 : wire.id();
  }

  final boolean connected() {
    return connected;
  }

  private void dial() {
    List<SimNode> nodes = sim.nodes();
    SimNode node = nodes.get(next++ % nodes.size());
    Life life = node.life().filter(Life::open).orElse(null);
    if (life == null) {
      after(1_000_000 + chance.magnitude(BACKOFF_NANOS_MAX), this::dial);
      return;
    }
    Wire made = new Wire(sim, this, life, sim.nextConnection());
    wire = made;
    sinceNanos = sim.nanos();
    made.send(
        new Command.Connect(
            made.id(), new Principal(name, Set.of()), name, false, name + "@sim", made));
  }

  final void hear(Wire from, Output output) {
    if (from != wire) {
      return;
    }
    switch (output) {
      case Output.Connected _ -> {
        connected = true;
        sim.stats().connections++;
        opened();
      }
      case Output.ConnectionClosed _ -> from.cut(false);
      case Output.Withdraw(int link) -> {
        withdraw();
        if (!stubborn) {
          send(new Command.Withdrawn(from.id(), link));
        }
      }
      default -> hearMore(output);
    }
  }

  /// Sends what comes before a message.
  ///
  /// @param address for a link that was opened without one, else null
  final void sendFragments(int link, @Nullable String address, Sent sent) {
    for (int i = 0; i < sent.fragments(); i++) {
      send(new Command.SendFragment(connection(), link, address, sent.fragment(i)));
    }
  }

  /// Asks for what follows a message.
  final void fetch(Output.Delivered given) {
    Tail tail = given.message().tail();
    Wire to = wire;
    if (tail != null && to != null) {
      int count = sim.ledger().sent(given).fragments();
      for (int i = 0; i < count; i++) {
        send(new Command.Fetch(connection(), given.link(), given.delivery(), tail, i));
      }
    }
  }

  final void lost(Wire from) {
    if (from == wire) {
      wire = null;
      connected = false;
      dropped();
      after(1_000_000 + chance.magnitude(BACKOFF_NANOS_MAX), this::dial);
    }
  }

  /// Gives a connection up, for no reason that the broker could know.
  final void hangUp() {
    if (wire != null) {
      wire.cut(false);
    }
  }

  /// A node whose heartbeats are missing is left, and so is one that does not answer the first word.
  private void look() {
    Wire now = wire;
    if (now != null) {
      long heard = Math.max(sinceNanos, connected ? now.life().pulseNanos() : sinceNanos);
      if (sim.nanos() - heard > IDLE_NANOS_MAX) {
        now.cut(true);
        lost(now);
      }
    }
    after(LOOK.toNanos(), this::look);
  }
}
