package io.batonmq.server.node;

import io.batonmq.ha.HaSettings;
import io.batonmq.ha.Presence;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.server.config.BrokerConfig;
import io.batonmq.server.config.HaPolicy;
import io.batonmq.server.net.CannotListenException;
import io.batonmq.server.net.PortTrial;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tries the ports before a node shows itself. A primary that shows itself is given the baton by a healthy
/// backup; if it could not listen, it would end with the baton, and so at every start.
///
/// Not every port that is in use is a reason to end: where two nodes of one machine listen on the same
/// port, only the active has it.
final class PortsFirst {
  private static final Logger LOG = LoggerFactory.getLogger(PortsFirst.class);

  private final BrokerConfig config;
  private final HaSettings ha;
  private final Storage storage;

  PortsFirst(BrokerConfig config, HaSettings ha, Storage storage) {
    this.config = config;
    this.ha = ha;
    this.storage = storage;
  }

  /// Whether the node may start; if not, the log says why.
  boolean passed() throws IOException {
    List<CannotListenException> failures = PortTrial.of(config.acceptors());
    List<Presence.Peer> peers = failures.isEmpty() ? List.of() : peers();
    boolean passed = true;
    for (CannotListenException failure : failures) {
      if (failure.inUse()
          && (standsBy() || peers.stream().anyMatch(p -> mayHave(p, failure.port())))) {
        LOG.warn("{} Tried again when this node is to serve.", failure.getMessage());
      } else {
        LOG.error("{}; exit_code={}", failure.getMessage(), ServerMain.EXIT_CANNOT_LISTEN);
        passed = false;
      }
    }
    return passed;
  }

  /// A backup takes nothing from a node that serves: the port may be free by the time it is needed.
  private boolean standsBy() {
    return !(config.ha() instanceof HaPolicy.Single) && ha.role() == HaSettings.Configured.BACKUP;
  }

  /// Without those who hold no lock, such as this node before it was killed.
  private List<Presence.Peer> peers() {
    try {
      return Presence.holders(storage);
    } catch (StorageException e) {
      return List.of();
    }
  }

  /// Whether the other node may be the one that listens there: it says so of the port that clients are
  /// told, and nothing of the others.
  private boolean mayHave(Presence.Peer peer, int port) {
    boolean told = Places.of(config).stream().anyMatch(own -> Places.port(own) == port);
    return !peer.role().equals("standby")
        && peer.connectors().stream()
            .filter(place -> PortTrial.isHere(Places.host(place)))
            .anyMatch(place -> !told || Places.port(place) == port);
  }
}
