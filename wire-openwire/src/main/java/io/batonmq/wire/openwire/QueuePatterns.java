package io.batonmq.wire.openwire;

import io.batonmq.message.RoutingType;
import io.batonmq.message.Wildcards;
import io.batonmq.session.Command;
import io.batonmq.session.Notice;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The patterns of a consumer that takes from all queues that match: it is told of those that there are before the
/// links of the patterns are open, and then of those that come.
final class QueuePatterns {
  private final Peer peer;
  private final Set<Integer> links = new LinkedHashSet<>();

  QueuePatterns(Peer peer) {
    this.peer = peer;
  }

  /// Asks for the queues that match a name. Whoever takes from all of them needs the right to each, now and later.
  void open(Peer.End consumer, Struct pattern) {
    int link = peer.link(consumer);
    links.add(link);
    String address = Destinations.pattern(Destinations.name(pattern), peer.protocol().wildcards());
    peer.submit(
        new Command.Watch(
            peer.connection(),
            link,
            Notice.Kind.DESTINATIONS,
            RoutingType.ANYCAST,
            address,
            address));
  }

  boolean has(int link) {
    return links.contains(link);
  }

  void refused(int link) {
    links.remove(link);
    peer.forget(link);
  }

  /// Wants to know of no more queues that match one of them.
  void close(int link) {
    peer.submit(new Command.CloseLink(peer.connection(), link, false));
    refused(link);
  }

  /// The queue that came; null if none did that OpenWire consumers may have.
  @Nullable Struct queue(Notice notice) {
    Wildcards wildcards = peer.protocol().wildcards();
    return notice.there() && AdvisoryTopic.shows(notice) && !wildcards.pattern(notice.name())
        ? AdvisoryTopic.destination(notice, wildcards)
        : null;
  }

  void close() {
    List.copyOf(links).forEach(this::close);
  }
}
