package io.batonmq.server.node;

import io.batonmq.ha.Presence;
import io.batonmq.seam.Clock;
import io.batonmq.server.config.Acceptor;
import io.batonmq.server.net.CannotListenException;
import io.batonmq.server.net.PortTrial;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits for ports that the predecessor has: it stands still, so that another node of the same machine took over,
/// and a process that stands still keeps its ports. The new node must not end over that: every other one of this
/// machine would, one after the other, and nobody would be left when the port is free.
///
/// That it is the predecessor is known by its presence at the store: a process of this network, told to listen on
/// that port, whose lock is held, so that it is there. Whatever else has a port is a stranger, and none of our
/// business.
final class PortVigil {
  private static final Logger LOG = LoggerFactory.getLogger(PortVigil.class);
  private static final long TRY_NANOS = 100_000_000L;
  private static final long WARN_NANOS = 10_000_000_000L;

  /// The last of a process that is gone may outlive its lock.
  private static final long GONE_NANOS_MAX = 3_000_000_000L;

  /// What came of a look.
  enum Outcome {
    /// Not yet, or nothing is waited for.
    WAITS,
    /// The ports are free.
    FREE,
    /// A stranger has one.
    TAKEN
  }

  private final List<Acceptor> acceptors;
  private final Whereabouts here;
  private final Supplier<List<Presence.Peer>> peers;
  private final Clock clock;
  private volatile String reason = "";

  // The baton's lane.
  private boolean waits;
  private long tryNanos;
  private long warnNanos;
  private long heldNanos;

  PortVigil(
      List<Acceptor> acceptors,
      Whereabouts here,
      Supplier<List<Presence.Peer>> peers,
      Clock clock) {
    this.acceptors = acceptors;
    this.here = here;
    this.peers = peers;
    this.clock = clock;
  }

  /// A port is not to be had; answers whether it is worth waiting for.
  boolean begin() {
    Optional<String> holder = holder(failures());
    holder.ifPresent(words -> {
      waits = true;
      heldNanos = clock.monotonicNanos();
      tryNanos = heldNanos + TRY_NANOS;
      warn(words);
    });
    return waits;
  }

  /// Nothing is waited for any more.
  void end() {
    waits = false;
    reason = "";
  }

  /// Why no client can come in at the moment; empty if they can, or if it is for others to say.
  String reason() {
    return reason;
  }

  Outcome look() {
    long now = clock.monotonicNanos();
    if (!waits || now - tryNanos < 0) {
      return Outcome.WAITS;
    }
    tryNanos = now + TRY_NANOS;
    List<CannotListenException> failures = failures();
    if (failures.isEmpty()) {
      end();
      return Outcome.FREE;
    }
    Optional<String> holder = holder(failures);
    if (holder.isPresent()) {
      heldNanos = now;
      if (now - warnNanos >= 0) {
        warn(holder.get());
      }
    } else if (now - heldNanos >= GONE_NANOS_MAX) {
      end();
      return Outcome.TAKEN;
    }
    return Outcome.WAITS;
  }

  private void warn(String words) {
    warnNanos = clock.monotonicNanos() + WARN_NANOS;
    reason = words;
    LOG.warn("no client can come in: {}", words);
  }

  private List<CannotListenException> failures() {
    try {
      return PortTrial.of(acceptors);
    } catch (IOException e) {
      LOG.debug("closing a port that was tried failed", e);
      return List.of();
    }
  }

  /// What to do, where each port that is not to be had is one that a predecessor has.
  private Optional<String> holder(List<CannotListenException> failures) {
    String words = "";
    for (CannotListenException failure : failures) {
      Optional<Whereabouts> holder =
          failure.inUse() ? holder(failure.port()) : Optional.<Whereabouts>empty();
      if (holder.isEmpty()) {
        return Optional.empty();
      }
      words =
          "port %d is held by process %d, which had the baton before and stands still: end it (kill -9 %d), or let it go on; the port is tried again until it is free"
              .formatted(failure.port(), holder.get().pid(), holder.get().pid());
    }
    return words.isEmpty() ? Optional.empty() : Optional.of(words);
  }

  private Optional<Whereabouts> holder(int port) {
    return peers.get().stream()
        .filter(peer -> !peer.role().equals("standby"))
        .map(peer -> Whereabouts.parse(peer.process()))
        .flatMap(Optional::stream)
        .filter(there -> there.mayHave(port, here))
        .findFirst();
  }
}
