package io.batonmq.wire.openwire;

import io.batonmq.message.Tail;
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

  int pieces;
  boolean opened;

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

  Leg(int link, Struct destination) {
    this.link = link;
    this.destination = destination;
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

  /// Deliveries that may be under way to the line.
  int window(OpenWireLimits limits) {
    return Math.max(1, Math.min(limits.window(), limits.windowBytes() / Math.max(1, typicalBytes)));
  }
}
