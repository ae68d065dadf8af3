package io.batonmq.ha;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// To whom an active node hands over, and when: because it was asked to, because a primary has come back,
/// because it stops.
final class Succession {
  private static final long SWITCHOVER_NANOS_MAX = 30_000_000_000L;

  /// A standby that is further behind would let everybody wait while it reads.
  static final long CAUGHT_UP_BYTES = 8 << 20;

  private final HaSettings settings;
  private final String me;

  private volatile @Nullable String request;
  private @Nullable Long requestedNanos;
  private String handedOverBy = "";

  /// @param me presence of this process
  Succession(HaSettings settings, String me) {
    this.settings = settings;
    this.me = me;
  }

  /// Asks for a hand-over to a presence, or to any if it is empty. Anyone may ask.
  void request(String presence) {
    request = presence;
  }

  /// The node serves; `by` is the presence that handed over to it, empty if nobody did.
  void begin(String by) {
    handedOverBy = by;
  }

  /// The peer to hand over to, if there is reason to.
  Optional<Presence.Peer> successor(List<Presence.Peer> peers, long committed) {
    String wanted = request;
    for (Presence.Peer peer : peers) {
      boolean asked = wanted != null && (wanted.isEmpty() || Presence.same(wanted, peer.id()));
      if (ready(peer, committed) && (asked || failsBackTo(peer))) {
        forget();
        return Optional.of(peer);
      }
    }
    return Optional.empty();
  }

  /// Forgets a request for which nobody was ready in time; answers whether it just did.
  boolean lapse(long nowNanos) {
    if (request == null) {
      return false;
    }
    if (requestedNanos == null) {
      requestedNanos = nowNanos;
    }
    boolean over = nowNanos - requestedNanos >= SWITCHOVER_NANOS_MAX;
    if (over) {
      forget();
    }
    return over;
  }

  private void forget() {
    request = null;
    requestedNanos = null;
  }

  private static boolean ready(Presence.Peer peer, long committed) {
    return peer.fresh()
        && peer.role().equals("standby")
        && committed - peer.applied() <= CAUGHT_UP_BYTES;
  }

  /// A primary that handed over to this node, as it was asked to, is not given the baton back before it
  /// has been started again.
  private boolean failsBackTo(Presence.Peer peer) {
    return settings.role() == HaSettings.Configured.BACKUP
        && settings.allowFailback()
        && peer.configured() == HaSettings.Configured.PRIMARY
        && !Presence.same(peer.id(), handedOverBy);
  }

  /// What is left for the others when the node stops.
  Note stopNote(List<Presence.Peer> peers) {
    if (!settings.failoverOnShutdown()) {
      return new Note.Stopped();
    }
    return peers.stream()
        .filter(peer -> peer.fresh() && peer.role().equals("standby"))
        .findFirst()
        .map(this::next)
        .orElseGet(Note.Free::new);
  }

  Note next(Presence.Peer peer) {
    return new Note.Next(peer.id(), me);
  }
}
