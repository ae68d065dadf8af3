package io.batonmq.wire.amqp;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.function.BiConsumer;
import org.apache.qpid.protonj2.types.transport.Disposition;
import org.apache.qpid.protonj2.types.transport.Performative;
import org.apache.qpid.protonj2.types.transport.Role;
import org.apache.qpid.protonj2.types.transport.Transfer;
import org.jspecify.annotations.Nullable;

/// A session of the peer, with its links by handle.
///
/// protonj2 remembers each unsettled delivery in the session too, and forgets it there only by a
/// Disposition from the peer. What is left unsettled when a link goes would stay until the session does,
/// which for some clients is weeks; so such a Disposition is made up here.
final class EngineSession {
  private final Conversation conversation;
  private final int channel;
  private final BiConsumer<Performative, Integer> inject;
  private final Map<Long, AmqpLink> links = new LinkedHashMap<>();

  /// Incoming deliveries that began unsettled and have more frames to come, by handle.
  private final Map<Long, Long> begun = new HashMap<>();

  private long incomingDeliveryId;
  private long outgoingDeliveryIds;
  private boolean live = true;

  EngineSession(Conversation conversation, int channel, BiConsumer<Performative, Integer> inject) {
    this.conversation = conversation;
    this.channel = channel;
    this.inject = inject;
  }

  /// The peer ended it.
  void end() {
    live = false;
    List.copyOf(links.values()).forEach(AmqpLink::ended);
    links.clear();
  }

  void attached(long handle, AmqpLink link) {
    links.put(handle, link);
  }

  @Nullable AmqpLink link(long handle) {
    return links.get(handle);
  }

  @Nullable AmqpLink detached(long handle) {
    Long unfinished = begun.remove(handle);
    if (unfinished != null) {
      forgetIncoming(unfinished);
    }
    return links.remove(handle);
  }

  /// Whether any link has deliveries that wait for room.
  boolean waits() {
    for (AmqpLink link : links.values()) {
      if (link instanceof OutgoingLink outgoing && outgoing.waits()) {
        return true;
      }
    }
    return false;
  }

  /// A transfer is about to be read.
  void transfer(Transfer transfer) {
    Long unfinished = begun.get(transfer.getHandle());
    incomingDeliveryId = unfinished == null ? transfer.getDeliveryId() : unfinished;
    if (unfinished == null && transfer.getMore() && !transfer.getSettled()) {
      begun.put(transfer.getHandle(), incomingDeliveryId);
    }
  }

  /// A transfer was read.
  void transferred(Transfer transfer) {
    if (transfer.getAborted() || !transfer.getMore()) {
      Long finished = begun.remove(transfer.getHandle());
      if (finished != null && (transfer.getAborted() || transfer.getSettled())) {
        forgetIncoming(finished);
      }
    }
  }

  /// Id of the delivery that the transfer at hand belongs to.
  long incomingDeliveryId() {
    return incomingDeliveryId;
  }

  /// The id that the engine gives to the next outgoing delivery: they are counted from 0.
  long nextOutgoingDeliveryId() {
    return outgoingDeliveryIds++ & 0xffff_ffffL;
  }

  void forgetIncoming(long id) {
    forget(Role.SENDER, id, id);
  }

  void forgetOutgoing(NavigableSet<Long> ids) {
    long first = -1;
    long last = -1;
    for (long id : ids) {
      if (first >= 0 && id == last + 1) {
        last = id;
        continue;
      }
      if (first >= 0) {
        forget(Role.RECEIVER, first, last);
      }
      first = id;
      last = id;
    }
    if (first >= 0) {
      forget(Role.RECEIVER, first, last);
    }
  }

  private void forget(Role role, long first, long last) {
    conversation.afterFrame(() -> {
      if (live) {
        Disposition disposition = new Disposition();
        disposition.setRole(role);
        disposition.setFirst(first);
        disposition.setLast(last);
        disposition.setSettled(true);
        inject.accept(disposition, channel);
      }
    });
  }
}
