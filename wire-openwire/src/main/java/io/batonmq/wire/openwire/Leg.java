package io.batonmq.wire.openwire;

import io.batonmq.message.Tail;
import io.batonmq.queue.Disposition;
import io.batonmq.session.Command;
import io.batonmq.session.Output;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One destination of a consumer: a link of the broker, and what came by it and waits for the line.
final class Leg {
  private static final int TYPICAL_BYTES = 1_024;

  final int link;
  final Struct destination;

  /// Deliveries, and what says that there are no more, in order.
  final Deque<Output> waiting = new ArrayDeque<>();

  /// The rest of the delivery at hand, as far as it has come; null if it is here whole.
  @Nullable Bytes body;

  private int pieces;

  /// Memory that it has.
  private long room;

  /// Whether there is none for the delivery that waits.
  boolean starved;

  boolean opened;

  /// Whether the peer has no answer before it is open, or refused.
  boolean awaited = true;

  /// Whether it is one of many queues that match a pattern.
  final boolean matched;

  /// Deliveries that came, that were written, and that the peer has done with.
  long delivered;

  long written;
  long done;

  /// Deliveries that the peer has seen and not done with, so that it may have as many more.
  long extension;

  /// Deliveries that the broker may make in all.
  long limit;

  /// Whether the broker is to say when there is nothing more.
  boolean draining;

  /// Of a queue that is looked at: its end was reached.
  boolean over;

  /// What was acknowledged in branches that are prepared and not ended, by the numbers of the deliveries.
  final Map<Long, Unacknowledged.Entry> prepared = new HashMap<>();

  private int typicalBytes = TYPICAL_BYTES;

  Leg(int link, Struct destination, boolean matched) {
    this.link = link;
    this.destination = destination;
    this.matched = matched;
  }

  void delivered(Output.Delivered delivery) {
    delivered++;
    Tail tail = delivery.message().tail();
    long bytes = delivery.message().size() + (tail == null ? 0 : tail.bytes());
    typicalBytes += (int) ((Math.min(bytes, 1 << 30) - typicalBytes) / 8);
    waiting.add(delivery);
  }

  /// What the peer has again, because the branch is rolled back in which it took it; null if that is not known here.
  Unacknowledged.@Nullable Entry restored(Output.Restored back) {
    delivered++;
    written++;
    Unacknowledged.Entry before = prepared.remove(back.before());
    return before == null
        ? null
        : new Unacknowledged.Entry(this, back.delivery(), before.messageId);
  }

  /// Lets the broker deliver as far as a limit.
  void credit(Peer peer, long newLimit, boolean drain) {
    limit = newLimit;
    draining = drain;
    peer.submit(new Command.Credit(peer.connection(), link, newLimit, drain));
  }

  /// Asks for the next piece of what follows a delivery.
  private void fetch(Peer peer, Output.Delivered delivery, Tail tail) {
    peer.submit(new Command.Fetch(peer.connection(), link, delivery.delivery(), tail, pieces));
  }

  /// Begins with what follows a delivery, unless there is no memory for it now: then it waits again.
  void begin(Peer peer, Output.Delivered delivery, Tail tail) {
    waiting.addFirst(delivery);
    starved = !peer.going().take(tail.bytes());
    if (!starved) {
      room = tail.bytes();
      body = new Bytes(1 << 10);
      pieces = 0;
      fetch(peer, delivery, tail);
    }
  }

  /// A piece of what follows a delivery came. Answers all of it once it is there, null before.
  byte @Nullable [] piece(Peer peer, Output.Delivered delivery, Output.Fragment fragment) {
    Bytes so = body;
    Tail tail = delivery.message().tail();
    if (so == null || tail == null || fragment.index() != pieces) {
      return null;
    }
    byte[] bytes = fragment.bytes();
    if (bytes == null) {
      // It was looked at only, and somebody took it.
      written++;
      done++;
    } else {
      so.raw(bytes);
      pieces++;
      if (so.length() < tail.bytes()) {
        fetch(peer, delivery, tail);
        return null;
      }
    }
    body = null;
    waiting.remove();
    return bytes == null ? null : so.array();
  }

  /// The body at hand was written, or is not wanted any more.
  void giveBack(Peer peer) {
    peer.going().giveBack(room);
    room = 0;
  }

  /// Says what became of a delivery.
  ///
  /// @param transaction 0 for none
  void settle(Peer peer, long delivery, Disposition disposition, long transaction) {
    peer.submit(
        new Command.Settle(
            peer.connection(),
            link,
            delivery,
            delivery,
            disposition,
            transaction,
            transaction != 0));
  }

  void leave(Peer peer) {
    giveBack(peer);
    peer.submit(new Command.CloseLink(peer.connection(), link, false));
    peer.forget(link);
  }

  /// Deliveries that may be under way to the line.
  int window(OpenWireLimits limits) {
    return Math.max(1, Math.min(limits.window(), limits.windowBytes() / Math.max(1, typicalBytes)));
  }
}
