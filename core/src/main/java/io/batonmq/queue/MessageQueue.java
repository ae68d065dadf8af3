package io.batonmq.queue;

import io.batonmq.log.SnapshotPlace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The messages of one queue, as references of 24 bytes: where the body is, and how often it was tried.
///
/// A message is *available*, or *out* (a consumer has it), or *waits* for its time (nobody sees it), or is
/// gone. It keeps its place while it is out and while it waits. Higher priorities come first; within one,
/// sequences ascend. No operation visits the whole queue: finding is a binary search, counts are kept, and
/// what looks at chunks looks at their heads only. What waits stands in a [Timetable] too, for 16 bytes more.
///
/// Owned by one thread. [#freeze] hands what there is now to another thread in time proportional to
/// the number of chunks; a chunk is copied when its owner changes it afterwards.
public final class MessageQueue {
  /// The latest time that a message can wait for: some year after 4000.
  public static final long MILLIS_MAX = Timetable.MILLIS_MAX;

  private final @Nullable Lane[] lanes = new Lane[Keys.PRIORITIES];
  private final Timetable timetable = new Timetable();

  /// Of messages that wait and come again, how, in the order of their keys.
  private final TreeMap<Long, Recurrence> recurrences = new TreeMap<>();

  private int available;
  private int out;
  private long bytes;

  /// Lower bound of the expiries of what is available.
  private long expiryMin = Long.MAX_VALUE;

  /// Of those who go through this queue past messages that they leave.
  private final List<Cursor> cursors = new ArrayList<>();

  private LongConsumer watcher = _ -> {};

  /// Adds a message at the end of its lane.
  ///
  /// @throws IllegalStateException if a message of the same priority with the same or a higher sequence
  ///     was here before
  public void append(Reference reference) {
    append(reference, 0);
  }

  /// The same for a message that nobody sees before a time.
  ///
  /// @param fromMillis wall time; 0 for at once
  public void append(Reference reference, long fromMillis) {
    lane(reference.priority()).append(reference, fromMillis > 0);
    bytes += reference.size();
    if (fromMillis > 0) {
      await(reference, fromMillis);
    } else if (reference.out()) {
      out++;
    } else {
      available++;
      lowerExpiry(reference.expiry());
    }
  }

  /// Takes over all messages of another queue, none of which is out, behind its own. The other is not to be
  /// used any more. In time proportional to its chunks, and to those of its messages that wait.
  ///
  /// @param more what is added to their sequences
  /// @throws IllegalStateException if a message of the same priority with the same or a higher sequence
  ///     was here before
  public void join(MessageQueue other, long more) {
    for (int priority = 0; priority < Keys.PRIORITIES; priority++) {
      Lane lane = other.lanes[priority];
      if (lane != null) {
        lane(priority).join(lane, more);
      }
    }
    timetable.join(other.timetable, more);
    available += other.available;
    bytes += other.bytes;
    expiryMin = Math.min(expiryMin, other.expiryMin);
  }

  /// Whatever ends first, the waiting or its life: then there is something to decide about it.
  private void await(Reference reference, long fromMillis) {
    long millis = Math.min(fromMillis, Timetable.MILLIS_MAX);
    if (reference.expiry() != 0) {
      millis = Math.min(millis, reference.expiry() * Reference.EXPIRY_UNIT_MILLIS);
    }
    timetable.add(millis, reference.key(), reference.durable());
  }

  /// Messages that are here: available, out and waiting.
  public int messageCount() {
    return available + out + timetable.size();
  }

  public int availableCount() {
    return available;
  }

  public int outCount() {
    return out;
  }

  /// Messages that wait for their time.
  public int waitingCount() {
    return timetable.size();
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
    lowerCursors(key);
    watcher.accept(key);
  }

  /// An attempt failed, and the next one is not made before a time: until then the message waits at its
  /// place.
  public void defer(long key, long untilMillis) {
    Reference deferred = existing(key).defer(Keys.sequence(key));
    out--;
    await(deferred, untilMillis);
    watcher.accept(key);
  }

  /// The time of a message that waits has come: it is available at its place.
  public void admit(long key) {
    unlist(key);
    lowerExpiry(existing(key).admit(Keys.sequence(key)));
    available++;
    lowerCursors(key);
  }

  /// A message that waits comes again. That is forgotten when it does not wait any more.
  public void recurs(long key, Recurrence recurrence) {
    recurrences.put(key, recurrence);
  }

  /// What comes again of what waits.
  public NavigableMap<Long, Recurrence> recurrences() {
    return Collections.unmodifiableNavigableMap(recurrences);
  }

  /// The earliest time at which something is to be decided about a message that waits: that it is admitted,
  /// or that it has expired. [Long#MAX_VALUE] if none waits.
  public long waitingMillisMin() {
    return timetable.first();
  }

  /// Collects messages whose waiting or whose life is over, at most `max`, the earliest first.
  public void timely(long nowMillis, int max, KeyList into) {
    int limit = into.size() + max;
    timetable.after(
        -1,
        -1,
        (millis, key) -> {
          if (millis > nowMillis || into.size() >= limit) {
            return false;
          }
          into.add(key);
          return true;
        });
  }

  /// What is looked at of a message that waits.
  public interface WaitingVisitor {
    /// @param millis when something is to be decided about it
    /// @return whether to go on
    boolean visit(long millis, long key);
  }

  /// Visits the messages that wait, in the order of their times and keys, from behind one of them on; -1 and -1
  /// for all.
  public void waiting(long afterMillis, long afterKey, WaitingVisitor visitor) {
    timetable.after(afterMillis, afterKey, visitor);
  }

  /// A message that waits leaves the queue. Answers what it was.
  ///
  /// @param millis the time that it was visited with
  public Reference cancel(long key, long millis) {
    if (!timetable.remove(millis, key)) {
      throw new IllegalStateException(
          "no message with sequence " + Keys.sequence(key) + " waits for " + millis);
    }
    recurrences.remove(key);
    Reference removed = existing(key).remove(Keys.sequence(key));
    bytes -= removed.size();
    return removed;
  }

  /// What was appended as available waits, as a snapshot says.
  ///
  /// @param millis as [#waiting] told it
  /// @throws IllegalStateException if the message is not here, or is out
  public void restoreWaiting(long key, long millis) {
    existing(key).hold(Keys.sequence(key));
    available--;
    timetable.add(millis, key, true);
  }

  private void unlist(long key) {
    recurrences.remove(key);
    if (!timetable.removeFirst(key)) {
      throw new IllegalStateException("nothing waits with sequence " + Keys.sequence(key));
    }
  }

  /// A message leaves the queue. Answers what it was. One that waits is expected to be among the first whose
  /// time has come; for others see [#cancel].
  public Reference remove(long key) {
    Lane lane = existing(key);
    boolean waits = lane.state(Keys.sequence(key)) == Chunk.WAITING;
    if (waits) {
      unlist(key);
    }
    Reference removed = lane.remove(Keys.sequence(key));
    bytes -= removed.size();
    if (removed.out()) {
      out--;
      watcher.accept(key);
    } else if (!waits) {
      available--;
    }
    return removed;
  }

  /// What is out comes back, counted, because the node that knew its fate is lost.
  ///
  /// @param held keys of what stays out: its fate is not that node's to know
  public void releaseAll(LongPredicate held) {
    int before = out;
    out = 0;
    for (Lane lane : lanes) {
      if (lane != null && lane.out() > 0) {
        lane.releaseAll(held);
        out += lane.out();
      }
    }
    available += before - out;
    expiryMin = 0;
    cursors.forEach(cursor -> cursor.back(0));
  }

  /// A place in this queue, at its front, that moves on by [Cursor#seen] only, and back by itself when a
  /// message before it is available again. To be given back by [#forget].
  public Cursor cursor() {
    Cursor cursor = new Cursor(this);
    cursors.add(cursor);
    return cursor;
  }

  /// Somebody is told of each message that is not out any more, when that is so: taken, moved, or back at its
  /// place. One at a time; [#releaseAll] tells nobody.
  public void watch(LongConsumer newWatcher) {
    watcher = newWatcher;
  }

  /// The first available sequence of a priority at or behind one; -1 if there is none.
  long next(int priority, long from) {
    Lane lane = lanes[priority];
    return lane == null ? -1 : lane.nextAvailable(from);
  }

  /// A cursor is not used any more.
  public void forget(Cursor cursor) {
    cursors.remove(cursor);
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
    return new Frozen(List.copyOf(frozen), timetable.freeze());
  }

  /// A queue as it was at one moment.
  public static final class Frozen {
    private final List<FrozenLane> lanes;
    private final Timetable.Page[] times;

    private Frozen(List<FrozenLane> lanes, Timetable.Page[] times) {
      this.lanes = lanes;
      this.times = times;
    }

    /// When those that wait are due, in pieces of up to 512; the order is that of the times.
    public List<Times> times() {
      return Stream.of(times).map(Times::new).toList();
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

  /// When a few messages of a frozen queue are due: like [Piece], for their times.
  public static final class Times {
    private final Timetable.Page page;

    private Times(Timetable.Page page) {
      this.page = page;
    }

    /// Visits those of durable messages.
    public void forEachDurable(TimeVisitor visitor) {
      for (int i = 0; i < page.size(); i++) {
        if (page.durable(i)) {
          visitor.visit(page.millis(i), page.key(i));
        }
      }
    }

    /// As [Piece#place].
    public @Nullable SnapshotPlace place() {
      return page.place();
    }

    public void placed(SnapshotPlace place) {
      page.placed(place);
    }
  }

  /// When something is to be decided about a message.
  public interface TimeVisitor {
    void visit(long millis, long key);
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

  /// A message is available again, or at last, where some may have looked already.
  private void lowerCursors(long key) {
    for (Cursor cursor : cursors) {
      cursor.lower(key);
    }
  }

  private void lowerExpiry(long expiry) {
    if (expiry != 0 && expiry < expiryMin) {
      expiryMin = expiry;
    }
  }
}
