package io.batonmq.queue;

import io.batonmq.log.SnapshotPlace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The messages of one queue, as references of 24 bytes: where the body is, and how often it was tried.
///
/// A message is *available*, or *out* (a consumer has it), or gone. It keeps its place while it is out.
/// Higher priorities come first; within one, sequences ascend. No operation visits the whole queue:
/// finding is a binary search, counts are kept, and what looks at chunks looks at their heads only.
///
/// Owned by one thread. [#freeze] hands what there is now to another thread in time proportional to
/// the number of chunks; a chunk is copied when its owner changes it afterwards.
public final class MessageQueue {
  private final @Nullable Lane[] lanes = new Lane[Keys.PRIORITIES];
  private int available;
  private int out;
  private long bytes;

  /// Lower bound of the expiries of what is available.
  private long expiryMin = Long.MAX_VALUE;

  /// Of those who go through this queue past messages that they leave.
  private final List<Cursor> cursors = new ArrayList<>();

  /// Adds a message at the end of its lane.
  ///
  /// @throws IllegalStateException if a message of the same priority with the same or a higher sequence
  ///     was here before
  public void append(Reference reference) {
    lane(reference.priority()).append(reference);
    bytes += reference.size();
    if (reference.out()) {
      out++;
    } else {
      available++;
      lowerExpiry(reference.expiry());
    }
  }

  /// Messages that are here: available and out.
  public int messageCount() {
    return available + out;
  }

  public int availableCount() {
    return available;
  }

  public int outCount() {
    return out;
  }

  /// Sum of the sizes of all messages that are here.
  public long bytes() {
    return bytes;
  }

  /// The message to deliver next, or [Keys#NONE].
  public long firstAvailable() {
    return available == 0 ? Keys.NONE : search(Keys.PRIORITIES - 1, 0);
  }

  /// The available message that comes after another one, which need not be here any more; or
  /// [Keys#NONE].
  public long nextAvailable(long key) {
    return available == 0 ? Keys.NONE : search(Keys.priority(key), Keys.sequence(key) + 1);
  }

  /// What is known about a message, or null if it is not here.
  public @Nullable Reference find(long key) {
    Lane lane = lanes[Keys.priority(key)];
    return lane == null ? null : lane.find(Keys.sequence(key));
  }

  /// A message goes out to a consumer.
  public void deliver(long key) {
    existing(key).deliver(Keys.sequence(key));
    available--;
    out++;
  }

  /// A message comes back to its old place.
  ///
  /// @param counted whether that was an attempt which failed, or may have
  public void release(long key, boolean counted) {
    lowerExpiry(existing(key).release(Keys.sequence(key), counted));
    out--;
    available++;
    for (Cursor cursor : cursors) {
      cursor.lower(key);
    }
  }

  /// A message leaves the queue. Answers what it was.
  public Reference remove(long key) {
    Reference removed = existing(key).remove(Keys.sequence(key));
    bytes -= removed.size();
    if (removed.out()) {
      out--;
    } else {
      available--;
    }
    return removed;
  }

  /// Everything that is out comes back, counted, because the node that knew its fate is lost.
  public void releaseAll() {
    for (Lane lane : lanes) {
      if (lane != null && lane.out() > 0) {
        lane.releaseAll();
      }
    }
    available += out;
    out = 0;
    expiryMin = 0;
    cursors.forEach(Cursor::reset);
  }

  /// A place in this queue, at its front, that moves on by [Cursor#seen] only, and back by itself when a
  /// message before it is available again. To be given back by [#forget].
  public Cursor cursor() {
    Cursor cursor = new Cursor();
    cursors.add(cursor);
    return cursor;
  }

  /// A cursor is not used any more.
  public void forget(Cursor cursor) {
    cursors.remove(cursor);
  }

  /// How far somebody has looked through the queue: one place in each priority. So a message that comes
  /// later is always ahead of it, whatever its priority is, and does not send it back to what it has seen
  /// of lower priorities.
  public final class Cursor {
    /// By priority: the lowest sequence that was not looked at.
    private final long[] from = new long[Keys.PRIORITIES];

    private Cursor() {}

    /// The first available message that was not looked at, or [Keys#NONE].
    public long next() {
      for (int p = Keys.PRIORITIES - 1; p >= 0 && available > 0; p--) {
        Lane lane = lanes[p];
        long found = lane == null ? -1 : lane.nextAvailable(from[p]);
        if (found >= 0) {
          return Keys.of(found, p);
        }
      }
      return Keys.NONE;
    }

    /// A message was looked at, and with it all before it in its priority.
    public void seen(long key) {
      from[Keys.priority(key)] = Keys.sequence(key) + 1;
    }

    private void lower(long key) {
      int priority = Keys.priority(key);
      from[priority] = Math.min(from[priority], Keys.sequence(key));
    }

    private void reset() {
      Arrays.fill(from, 0);
    }
  }

  /// Nothing that is available expires before this time. May be earlier than true, never later.
  public long expiryMillisMin() {
    return expiryMin == Long.MAX_VALUE ? Long.MAX_VALUE : expiryMin * Reference.EXPIRY_UNIT_MILLIS;
  }

  /// Collects messages that are available and whose time is over, at most `max`.
  public void due(long nowMillis, int max, KeyList into) {
    if (nowMillis < expiryMillisMin()) {
      return;
    }
    long expiry = nowMillis / Reference.EXPIRY_UNIT_MILLIS;
    int limit = into.size() + max;
    for (Lane lane : lanes) {
      if (lane != null) {
        lane.due(expiry, limit, into);
      }
    }
    if (into.size() < limit) {
      expiryMin = Long.MAX_VALUE;
      for (Lane lane : lanes) {
        if (lane != null) {
          expiryMin = Math.min(expiryMin, lane.expiryMin());
        }
      }
    }
  }

  /// Visits every message that is here. For deletion and for tests: it takes as long as the queue is.
  public void forEach(Consumer<Reference> visitor) {
    for (int priority = Keys.PRIORITIES - 1; priority >= 0; priority--) {
      Lane lane = lanes[priority];
      if (lane != null) {
        lane.forEach(visitor);
      }
    }
  }

  /// The queue as it is now, for another thread.
  public Frozen freeze() {
    List<FrozenLane> frozen = new ArrayList<>();
    for (int priority = Keys.PRIORITIES - 1; priority >= 0; priority--) {
      Lane lane = lanes[priority];
      if (lane != null) {
        frozen.add(new FrozenLane(priority, lane.freeze()));
      }
    }
    return new Frozen(List.copyOf(frozen));
  }

  /// A queue as it was at one moment.
  public static final class Frozen {
    private final List<FrozenLane> lanes;

    private Frozen(List<FrozenLane> lanes) {
      this.lanes = lanes;
    }

    /// Visits every message that was there, highest priority first, sequences ascending.
    public void forEach(Consumer<Reference> visitor) {
      for (FrozenLane lane : lanes) {
        Lane.visit(lane.chunks, 0, lane.chunks.length, lane.priority, visitor);
      }
    }

    /// The same in pieces of up to 512 messages, in the same order.
    public List<Piece> pieces() {
      List<Piece> pieces = new ArrayList<>();
      for (FrozenLane lane : lanes) {
        for (Chunk chunk : lane.chunks) {
          pieces.add(new Piece(chunk, lane.priority));
        }
      }
      return pieces;
    }
  }

  /// A few messages of a frozen queue. A later frozen state has the same piece if none of them has changed
  /// since, and another if one has. What is remembered of it is for the lane that writes snapshots.
  public static final class Piece {
    private final Chunk chunk;
    private final int priority;

    private Piece(Chunk chunk, int priority) {
      this.chunk = chunk;
      this.priority = priority;
    }

    public void forEach(Consumer<Reference> visitor) {
      Lane.visit(new Chunk[] {chunk}, 0, 1, priority, visitor);
    }

    /// Where it was written, as [#placed] was told of this piece of any frozen state; null if it was not.
    public @Nullable SnapshotPlace place() {
      return chunk.place();
    }

    public void placed(SnapshotPlace place) {
      chunk.placed(place);
    }
  }

  private record FrozenLane(int priority, Chunk[] chunks) {}

  private long search(int priority, long sequence) {
    long from = sequence;
    for (int p = priority; p >= 0; p--) {
      Lane lane = lanes[p];
      if (lane != null) {
        long found = lane.nextAvailable(from);
        if (found >= 0) {
          return Keys.of(found, p);
        }
      }
      from = 0;
    }
    return Keys.NONE;
  }

  private Lane lane(int priority) {
    Lane lane = lanes[priority];
    if (lane == null) {
      lane = new Lane(priority);
      lanes[priority] = lane;
    }
    return lane;
  }

  private Lane existing(long key) {
    Lane lane = Keys.priority(key) < Keys.PRIORITIES ? lanes[Keys.priority(key)] : null;
    if (lane == null) {
      throw new IllegalStateException("no message with sequence " + Keys.sequence(key));
    }
    return lane;
  }

  private void lowerExpiry(long expiry) {
    if (expiry != 0 && expiry < expiryMin) {
      expiryMin = expiry;
    }
  }
}
