package io.batonmq.node;

import io.batonmq.log.SnapshotContent;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.LogWriter;
import io.batonmq.log.file.Reclaimer;
import io.batonmq.log.file.RecordReader;
import io.batonmq.seam.Now;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What an active node does beside the road of a message: reads bodies that are not in memory, writes
/// snapshots. Asked by the broker's lane, works on its own.
final class Keeper {
  private static final long FOLLOWERS_NANOS_MAX = 30_000_000_000L;

  private final FileLog log;
  private final Supplier<String> unique;
  private final ConcurrentLinkedQueue<Long> loads = new ConcurrentLinkedQueue<>();
  private final AtomicReference<@Nullable SnapshotContent> snapshot = new AtomicReference<>();
  private final AtomicReference<@Nullable Live> live = new AtomicReference<>();
  private final ConcurrentLinkedQueue<Unlink> unlinks = new ConcurrentLinkedQueue<>();
  private final LogWriter writer;
  private final Reclaimer reclaimer;
  private final LongSupplier slowestFollower;
  private volatile Consumer<Serving.Answer> answers = _ -> {};
  private @Nullable RecordReader reader;

  private record Live(long[] extents, int shift) {}

  private record Unlink(List<Reclaimer.Dropped> dropped, long position, long deadlineNanos) {}

  /// @param slowestFollower position that every follower that is present has reached
  Keeper(FileLog log, LogWriter writer, Supplier<String> unique, LongSupplier slowestFollower) {
    this.log = log;
    this.writer = writer;
    this.unique = unique;
    this.slowestFollower = slowestFollower;
    this.reclaimer = log.reclaimer(writer.tenure());
  }

  void answersTo(Consumer<Serving.Answer> answers) {
    this.answers = answers;
  }

  void load(long position) {
    loads.add(position);
  }

  void snapshot(SnapshotContent content) {
    snapshot.set(content);
  }

  void reclaim(long[] liveExtents, int extentShift) {
    live.set(new Live(liveExtents, extentShift));
  }

  /// Unlinks segments that a committed record names, once the followers that are present have read that
  /// record, or after a while: one that comes too late reads the newest snapshot.
  void unlink(List<Reclaimer.Dropped> dropped, long committedAt, Now now) {
    unlinks.add(new Unlink(dropped, committedAt, now.nanos() + FOLLOWERS_NANOS_MAX));
  }

  boolean doWork(Now now) {
    Long position = nextLoad();
    if (position != null) {
      answers.accept(new Serving.Answer.Loaded(position, read(position)));
      return true;
    }
    SnapshotContent content = snapshot.getAndSet(null);
    if (content != null) {
      answers.accept(new Serving.Answer.Written(log.snapshots().write(content, unique.get())));
      return true;
    }
    Live extents = live.getAndSet(null);
    if (extents != null) {
      List<Reclaimer.Dropped> dropped =
          reclaimer.droppable(writer.anchored(), extents.extents(), extents.shift());
      if (!dropped.isEmpty()) {
        answers.accept(new Serving.Answer.Droppable(dropped));
      }
      return true;
    }
    Unlink due = unlinks.peek();
    if (due != null
        && (slowestFollower.getAsLong() >= due.position()
            || now.nanos() - due.deadlineNanos() >= 0)) {
      unlinks.remove();
      if (reader != null) {
        reader.forget();
      }
      reclaimer.unlink(due.dropped());
      log.snapshots().removeBefore(writer.anchored());
      return true;
    }
    return false;
  }

  /// Whether there are bodies to be read, perhaps only when more is committed.
  boolean loading() {
    return !loads.isEmpty();
  }

  /// A body may be asked for that was thrown out of memory before it was written: it is read when its
  /// record is committed, and others go first.
  private @Nullable Long nextLoad() {
    long committed = writer.committed();
    Iterator<Long> asked = loads.iterator();
    while (asked.hasNext()) {
      Long position = asked.next();
      if (position < committed) {
        asked.remove();
        return position;
      }
    }
    return null;
  }

  private ByteBuffer read(long position) {
    RecordReader open = reader;
    if (open == null) {
      open = log.reader();
      reader = open;
    }
    return open.read(position);
  }
}
