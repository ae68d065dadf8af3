package io.batonmq.broker;

import io.batonmq.message.Message;
import io.batonmq.message.Tail;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Messages in memory. Those that the log has are kept while there is room, the oldest going first;
/// those that it does not have are held under negative positions until nobody refers to them.
final class Bodies {
  /// What a message costs beside its bytes.
  private static final int OVERHEAD = 200;

  private final long cacheBytesMax;
  private final long heldBytesMax;
  private final LongConsumer tailDropped;
  private final LinkedHashMap<Long, Message> cached = new LinkedHashMap<>();
  private final Map<Long, Held> held = new HashMap<>();

  /// Tails of those that are held.
  private final Set<Long> heldTails = new HashSet<>();

  private long cachedBytes;
  private long heldBytes;
  private long lastHeld;

  private static final class Held {
    final Message message;
    int references;

    Held(Message message) {
      this.message = message;
    }
  }

  /// @param tailDropped is told of tails that nobody refers to any more whose messages were held
  Bodies(long cacheBytesMax, long heldBytesMax, LongConsumer tailDropped) {
    this.cacheBytesMax = cacheBytesMax;
    this.heldBytesMax = heldBytesMax;
    this.tailDropped = tailDropped;
  }

  @Nullable Message get(long position) {
    if (position < 0) {
      Held body = held.get(position);
      return body == null ? null : body.message;
    }
    return cached.get(position);
  }

  /// Keeps a body that the log has, for as long as there is room: even if there is none, until the next
  /// is kept, so that whoever asked for it can be served.
  void keep(long position, Message message) {
    if (cached.putIfAbsent(position, message) != null) {
      return;
    }
    cachedBytes += cost(message);
    Iterator<Map.Entry<Long, Message>> oldest = cached.entrySet().iterator();
    while (cachedBytes > cacheBytesMax && cached.size() > 1) {
      cachedBytes -= cost(oldest.next().getValue());
      oldest.remove();
    }
  }

  /// Whether another body may be held.
  boolean roomToHold(Message message) {
    return heldBytes + cost(message) <= heldBytesMax;
  }

  /// Holds a body that the log does not have, for a number of references. Answers its position.
  long hold(Message message, int references) {
    Held body = new Held(message);
    body.references = references;
    long position = --lastHeld;
    held.put(position, body);
    heldBytes += cost(message);
    Tail tail = message.tail();
    if (tail != null) {
      heldTails.add(tail.id());
    }
    return position;
  }

  void refer(long position) {
    Held body = held.get(position);
    if (body == null) {
      throw new IllegalStateException("no body at " + position);
    }
    body.references++;
  }

  void release(long position) {
    Held body = held.get(position);
    if (body == null) {
      throw new IllegalStateException("no body at " + position);
    }
    if (--body.references == 0) {
      held.remove(position);
      heldBytes -= cost(body.message);
      Tail tail = body.message.tail();
      if (tail != null && heldTails.remove(tail.id())) {
        tailDropped.accept(tail.id());
      }
    }
  }

  boolean holdsTail(long id) {
    return heldTails.contains(id);
  }

  /// How much may be asked for ahead of what is waited for, so that it is still there when its turn comes.
  long readAheadBytes() {
    return cacheBytesMax / 4;
  }

  /// How large a record may be that is loaded into the room that is left beside others.
  long loadBytesMax() {
    return cacheBytesMax - OVERHEAD;
  }

  long cachedBytes() {
    return cachedBytes;
  }

  long heldBytes() {
    return heldBytes;
  }

  static int cost(Message message) {
    return message.size() + OVERHEAD;
  }
}
