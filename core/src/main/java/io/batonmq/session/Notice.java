package io.batonmq.session;

import io.batonmq.message.RoutingType;
import org.jspecify.annotations.Nullable;

/// Something came, or is gone.
///
/// @param routing whether it has to do with a queue or a topic; null for neither
/// @param name of that queue or topic; empty for neither
/// @param count how many of its kind this queue or topic has now
public record Notice(
    Kind kind,
    @Nullable RoutingType routing,
    String name,
    Subject subject,
    int count,
    boolean there) {

  /// What may be watched.
  public enum Kind {
    CONNECTIONS,
    /// Of one queue or topic; those that name one with each message are not told of.
    PRODUCERS,
    CONSUMERS,
    /// Queues and topics that last.
    DESTINATIONS,
    /// Those that end with their connection.
    TEMPORARIES
  }

  /// What it is about. No two that are there at the same time are equal.
  public sealed interface Subject {
    /// A peer.
    ///
    /// @param peer what it calls itself, by any name that it said
    record Peer(long connection, String peer, String clientId, String user, String remoteAddress)
        implements Subject {}

    /// A consuming link.
    ///
    /// @param name that its peer gave it; null if it gave none
    record Consumer(
        long connection,
        int link,
        String peer,
        String clientId,
        @Nullable String name,
        Source source)
        implements Subject {}

    /// A producing link.
    ///
    /// @param name as for a consumer
    record Producer(long connection, int link, String peer, @Nullable String name)
        implements Subject {}

    /// A queue or a topic.
    ///
    /// @param address of a queue; the name of a topic
    /// @param gathers whether it is a queue that gathers what is sent to a topic
    record Destination(String address, boolean gathers) implements Subject {}
  }
}
