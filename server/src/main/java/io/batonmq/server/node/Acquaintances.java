package io.batonmq.server.node;

import io.batonmq.ha.Presence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// The addresses of the nodes that this one has ever seen at its store. A node that was killed is not
/// present and may be back in a minute: a client that is told only who is there now would not find it.
final class Acquaintances {
  private static final int NODES_MAX = 16;

  private final SequencedMap<String, List<String>> addresses = new LinkedHashMap<>();
  private List<Presence.Peer> met = List.of();

  /// Takes note of who is present; called often, mostly with the list of the last time.
  synchronized void meet(List<Presence.Peer> present) {
    if (present.equals(met)) {
      return;
    }
    met = present;
    for (Presence.Peer peer : present) {
      if (!peer.connectors().isEmpty()) {
        addresses.putLast(peer.node(), peer.connectors());
      }
    }
    while (addresses.size() > NODES_MAX) {
      addresses.pollFirstEntry();
    }
  }

  /// All of them, whoever was seen last at the end.
  synchronized List<String> addresses() {
    return addresses.sequencedEntrySet().stream()
        .map(Map.Entry::getValue)
        .flatMap(List::stream)
        .distinct()
        .toList();
  }
}
