package io.batonmq.node;

import io.batonmq.log.DamagedException;
import io.batonmq.log.SnapshotContent;
import io.batonmq.log.SnapshotRef;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.LogWriter;
import io.batonmq.log.file.Reclaimer;
import io.batonmq.log.file.RecordReader;
import io.batonmq.log.file.Rewriter;
import io.batonmq.log.file.SegmentFile;
import io.batonmq.log.file.SnapshotWriter;
import io.batonmq.seam.Now;
import io.batonmq.seam.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
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
  private static final long STALE_NANOS_MAX = 90_000_000_000L;
  private static final long LOAD_AGAIN_NANOS = 500_000_000L;
  private static final long NEVER = Long.MAX_VALUE;

  /// A node that was cut off has ended by then, and what it wrote is where it can be seen. Before the
  /// receipt is closed.
  private static final long ZOMBIE_NANOS = 55_000_000_000L;

  private final FileLog log;
  private final Supplier<String> unique;
  private final ConcurrentLinkedQueue<Long> loads = new ConcurrentLinkedQueue<>();
  private final AtomicReference<@Nullable SnapshotContent> snapshot = new AtomicReference<>();
  private final AtomicReference<@Nullable Live> live = new AtomicReference<>();
  private final ConcurrentLinkedQueue<Named> named = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Unlink> unlinks = new ArrayDeque<>();
  private final LogWriter writer;
  private final Reclaimer reclaimer;
  private final Rewriter rewriter;
  private final SnapshotWriter snapshots;
  private final LongSupplier slowestFollower;
  private volatile Consumer<Serving.Answer> answers = _ -> {};
  private @Nullable RecordReader reader;
  private SnapshotRef anchor;

  /// What could be dropped if a segment referred to the newest snapshot.
  private @Nullable Live unanchored;

  private long nextLoadNanos;
  private long unreadableSinceNanos = NEVER;
  private long zombieNanos = NEVER;
  private boolean zombieSeen;

  /// @param position above it nothing is known
  private record Live(long position, long[] extents, int shift) {}

  /// @param by what is published before, if anything is replaced
  private record Named(
      Rewriter.Result.@Nullable Replaced by, List<SegmentFile> files, long position) {}

  private record Unlink(List<SegmentFile> files, long position, long deadlineNanos) {}

  /// @param slowestFollower position that every follower that is present has reached
  Keeper(FileLog log, LogWriter writer, Supplier<String> unique, LongSupplier slowestFollower) {
    this.log = log;
    this.writer = writer;
    this.unique = unique;
    this.slowestFollower = slowestFollower;
    this.reclaimer = log.reclaimer(writer.tenure());
    this.rewriter = log.rewriter(writer.tenure());
    this.snapshots = log.snapshotWriter();
    this.anchor = writer.anchored();
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

  void reclaim(long position, long[] liveExtents, int extentShift) {
    live.set(new Live(position, liveExtents, extentShift));
  }

  /// Unlinks files that a committed record names, once the followers that are present have read that
  /// record, or after a while: one that comes too late reads the newest snapshot.
  void unlink(List<SegmentFile> files, long committedAt) {
    named.add(new Named(null, files, committedAt));
  }

  /// Publishes a file that a committed record names, and then unlinks those that it replaces, as
  /// [#unlink].
  void replace(Rewriter.Result.Replaced replaced, long committedAt) {
    named.add(new Named(replaced, replaced.files(), committedAt));
  }

  /// What the node before wrote after it was taken over from; -1 until it was looked at.
  long zombieBytes() {
    return log.zombieBytes();
  }

  boolean doWork(Now now) {
    boolean mayLoad = unreadableSinceNanos == NEVER || now.nanos() - nextLoadNanos >= 0;
    Long position = mayLoad ? nextLoad() : null;
    if (position != null) {
      return load(position, now);
    }
    SnapshotContent content = snapshot.getAndSet(null);
    if (content != null) {
      write(content);
      return true;
    }
    Live extents = live.getAndSet(null);
    if (extents != null) {
      drop(extents);
      rewriter.committed(extents.position());
      return true;
    }
    return dropUnanchored()
        || publish(now)
        || unlink(now)
        || rewriter.doWork(this::answer)
        || lookForZombie(now)
        || clearSnapshots();
  }

  private void drop(Live extents) {
    unanchored = null;
    long anchored = writer.anchored().position();
    List<SegmentFile> dropped = droppable(extents, Math.min(anchored, extents.position()));
    if (!dropped.isEmpty()) {
      answers.accept(new Serving.Answer.Droppable(dropped));
    } else if (anchored < extents.position()
        && !writer.roomForMessages()
        && !droppable(extents, extents.position()).isEmpty()) {
      // No segment follows the present one as long as nobody may send, and nobody may send before
      // something is dropped.
      unanchored = extents;
      writer.anchor();
    }
  }

  private List<SegmentFile> droppable(Live extents, long below) {
    return reclaimer.droppable(below, extents.extents(), extents.shift());
  }

  private boolean dropUnanchored() {
    Live waiting = unanchored;
    if (waiting == null || writer.anchored().position() < waiting.position()) {
      return false;
    }
    drop(waiting);
    return true;
  }

  private void answer(Rewriter.Result result) {
    answers.accept(
        switch (result) {
          case Rewriter.Result.Dead(List<SegmentFile> files) -> new Serving.Answer.Droppable(files);
          case Rewriter.Result.Replaced replaced -> new Serving.Answer.Rewritten(replaced);
        });
  }

  private boolean publish(Now now) {
    Named next = named.poll();
    if (next == null) {
      return false;
    }
    if (next.by() != null) {
      rewriter.publish(next.by());
    }
    unlinks.add(new Unlink(next.files(), next.position(), now.nanos() + FOLLOWERS_NANOS_MAX));
    return true;
  }

  private boolean unlink(Now now) {
    Unlink due = unlinks.peek();
    if (due == null
        || (slowestFollower.getAsLong() < due.position()
            && now.nanos() - due.deadlineNanos() < 0)) {
      return false;
    }
    unlinks.remove();
    if (reader != null) {
      reader.forget();
    }
    // Perhaps the last time that it can be seen.
    log.lookForZombie();
    reclaimer.unlink(due.files());
    return true;
  }

  private boolean lookForZombie(Now now) {
    if (zombieNanos == NEVER) {
      zombieNanos = now.nanos() + ZOMBIE_NANOS;
    }
    if (zombieSeen || now.nanos() - zombieNanos < 0) {
      return false;
    }
    zombieSeen = true;
    log.lookForZombie();
    return true;
  }

  /// Removes what no snapshot needs from the one before the present anchor on: a standby may just be
  /// reading that one.
  private boolean clearSnapshots() {
    SnapshotRef now = writer.anchored();
    if (now.equals(anchor)) {
      return false;
    }
    log.snapshots().removeBefore(anchor);
    anchor = now;
    return true;
  }

  /// Reads a body. One that is not found may be in a segment that another node made and this one does not
  /// see yet: then it is looked for again, for as long as a network file system may be wrong about names.
  private boolean load(long position, Now now) {
    try {
      answers.accept(new Serving.Answer.Loaded(position, read(position)));
      unreadableSinceNanos = NEVER;
      return true;
    } catch (DamagedException e) {
      if (unreadableSinceNanos == NEVER) {
        unreadableSinceNanos = now.nanos();
      }
      if (now.nanos() - unreadableSinceNanos > STALE_NANOS_MAX) {
        throw e;
      }
      loads.add(position);
      nextLoadNanos = now.nanos() + LOAD_AGAIN_NANOS;
      return false;
    }
  }

  private void write(SnapshotContent content) {
    try {
      SnapshotWriter.Written written = snapshots.write(content, unique.get());
      rewriter.consider(content, writer.anchored().position());
      answers.accept(new Serving.Answer.Written(written.ref(), written.bytes()));
    } catch (StorageException e) {
      if (e.kind() != StorageException.Kind.NO_SPACE) {
        throw e;
      }
      answers.accept(new Serving.Answer.NotWritten());
    }
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
