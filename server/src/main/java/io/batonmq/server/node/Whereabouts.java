package io.batonmq.server.node;

import io.batonmq.server.config.Acceptor;
import io.batonmq.server.config.BrokerConfig;
import io.batonmq.server.platform.Network;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Where the process of a node is, as it tells the others at its store: `NETWORK PID PORT,PORT`.
///
/// @param network see [Network#identity]; empty where that is not known
/// @param ports that it listens on while it is active
record Whereabouts(String network, long pid, List<Integer> ports) {
  static Whereabouts own(BrokerConfig config) {
    return new Whereabouts(
        Network.identity(),
        ProcessHandle.current().pid(),
        config.acceptors().stream().map(Acceptor::port).toList());
  }

  /// Nothing where it is not written so, as by a node of another version.
  static Optional<Whereabouts> parse(String text) {
    String[] parts = text.split(" ", -1);
    if (parts.length != 3 || parts[0].isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Whereabouts(
              parts[0],
              Long.parseLong(parts[1]),
              List.of(parts[2].split(",", -1)).stream().map(Integer::parseInt).toList()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /// Whether that process, while it lives, can be what has a port here.
  boolean mayHave(int port, Whereabouts here) {
    return network.equals(here.network) && pid != here.pid && ports.contains(port);
  }

  @Override
  public String toString() {
    return network
        + " "
        + pid
        + " "
        + ports.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
