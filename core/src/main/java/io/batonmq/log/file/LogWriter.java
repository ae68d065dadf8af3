package io.batonmq.log.file;

import io.batonmq.log.Appender;
import io.batonmq.log.FencedException;
import io.batonmq.log.LogSettings;
import io.batonmq.log.RecordFormat;
import io.batonmq.log.SnapshotRef;
import io.batonmq.seam.Now;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The appender of one tenure and the lane behind it.
///
/// Two parties: the *owner* (of the queues) calls the methods of [Appender] and [#idle]; the *lane*
/// calls [#doWork]. Between them stand two batches at most, one handed over and one being written; a
/// third gathers. What is committed, and whether this tenure is over, may be read by anyone.
///
/// The lane's rule, which carries the safety of the whole: write, sync, read the fence freshly, and only
/// if nobody raised it raise the committed position. The same lane beats the heart, so that a heart that
/// beats says that confirming is still possible, and one that has stopped says that it is not.
public final class LogWriter implements Appender, AutoCloseable {
  private static final String SUPERSEDED = "another node took over after epoch ";
  private static final String MORE = ": nothing more is confirmed here";

  private final Storage storage;
  private final Tenure tenure;
  private final LogSettings settings;
  private final SegmentWriter segments;
  private final Spares spares;
  private final Leftovers leftovers;
  private final StoredFile heart;
  private final int batchBytesMax;

  // Owner's.
  private Batch gathering = new Batch();
  private long end;
  private long segmentBase;
  private long segmentLimit;
  private long markedEnd = -1;
  private long quietSinceNanos;
  private long quietEnd = -1;

  // Handed over.
  private final AtomicReference<@Nullable Batch> handed = new AtomicReference<>();
  private final ConcurrentLinkedQueue<Batch> free = new ConcurrentLinkedQueue<>();
  private final AtomicReference<@Nullable End> ended = new AtomicReference<>();
  private volatile long committed;
  private volatile SnapshotRef snapshot;
  private volatile SnapshotRef anchored;

  /// Whether the next record is to begin a segment.
  private volatile boolean anew;

  private volatile Runnable wakeOwner = () -> {};
  private volatile Runnable wakeLane = () -> {};
  private volatile boolean held;

  /// Where the log's lane is: out of the files, in them, in them and to close them, or never again.
  private enum Lane {
    IDLE,
    BUSY,
    LEAVING,
    CLOSED
  }

  private final AtomicReference<Lane> lane = new AtomicReference<>(Lane.IDLE);

  // Lane's: of the one thread that is in doWork.
  private long chain;
  private long beats;
  private volatile long nextBeatNanos;
  private boolean beatDue = true;
  private long batches;

  /// Why this tenure can confirm no more.
  public sealed interface End {
    String reason();

    /// A later claimant took over.
    record Superseded(String reason) implements End {}

    /// A write or sync failed; what is on disk is uncertain.
    record Failed(String reason, StorageException cause) implements End {}

    /// It was given up by its own node.
    record Released(String reason) implements End {}
  }

  /// @param tail with which this tenure begins, and which is committed
  LogWriter(
      Storage storage,
      Tenure tenure,
      LogSettings settings,
      SegmentWriter segments,
      Spares spares,
      Follower.Tail tail) {
    this.storage = storage;
    this.tenure = tenure;
    this.settings = settings;
    this.segments = segments;
    this.spares = spares;
    this.leftovers = new Leftovers(storage, tenure);
    // Not more than the spares can take when the disk turns out to be full.
    this.batchBytesMax = Math.min(settings.batchBytesMax(), settings.segmentBytes() / 2);
    this.end = tail.end();
    this.committed = tail.end();
    this.segmentBase = segments.base();
    this.segmentLimit = segments.limit();
    this.chain = tail.endChain();
    this.snapshot = tail.snapshot();
    this.anchored = tail.snapshot();
    this.heart = Heart.open(storage, tenure);
    gathering.begin(end);
  }

  /// Tells whom to wake: the owner when something was committed, when it may [#flush] what was held back,
  /// or when the tenure ended; the lane when there is something to write; housekeeping when a spare
  /// segment is missing.
  public void wakes(Runnable owner, Runnable lane, Runnable housekeeping) {
    this.wakeOwner = owner;
    this.wakeLane = lane;
    spares.wakes(housekeeping);
  }

  public Tenure tenure() {
    return tenure;
  }

  /// Whether [#doWork] may stand still until other nodes have answered.
  public boolean waitsForOthers() {
    return storage.waitsForOthers();
  }

  // ---- owner

  @Override
  public int payloadMax() {
    return RecordFormat.PAYLOAD_MAX;
  }

  @Override
  public long append(int type, ByteBuffer payload) {
    End over = ended.get();
    if (over != null) {
      throw new FencedException(over.reason());
    }
    if (type > RecordFormat.SEGMENT_REWRITTEN && type < RecordFormat.USER_MIN) {
      throw new IllegalArgumentException("type " + type + " belongs to the log");
    }
    if (payload.remaining() > RecordFormat.PAYLOAD_MAX) {
      throw new IllegalArgumentException(
          "a record holds at most "
              + RecordFormat.PAYLOAD_MAX
              + " bytes, not "
              + payload.remaining());
    }
    int length = RecordFormat.length(payload.remaining());
    if (end + length > segmentLimit && end == segmentBase) {
      // The next segment would have the name of this one, in which nothing stands yet: a message
      // larger than a segment, first thing after a take-over, ended its own node as superseded.
      gathering.add(RecordFormat.MARK, tenure.epoch(), ByteBuffer.allocate(0));
      end += RecordFormat.HEADER;
    }
    long position = end;
    if (position + length > segmentLimit || (anew && end != segmentBase)) {
      anew = false;
      int capacity = Math.max(settings.segmentBytes(), length);
      gathering.split(capacity);
      segmentBase = position;
      segmentLimit = position + capacity;
    }
    gathering.add(type, tenure.epoch(), payload);
    end = position + length;
    return position;
  }

  @Override
  public long end() {
    return end;
  }

  /// What gathers while the lane is in the files gathers on: it was handed over at once before, and a sync was
  /// spent on the first of many messages, with the others waiting for the one after.
  @Override
  public void flush() {
    if (gathering.isEmpty() || handed.get() != null) {
      return;
    }
    // In this order: whoever leaves the files looks at it afterwards.
    held = true;
    if (lane.get() == Lane.BUSY) {
      return;
    }
    held = false;
    handed.set(gathering);
    Batch next = free.poll();
    gathering = next == null ? new Batch() : next;
    gathering.begin(end);
    wakeLane.run();
  }

  /// Whether the gathering batch is as large as it is meant to be: before more is appended it is to be offered.
  public boolean gathered() {
    return gathering.size() >= batchBytesMax;
  }

  @Override
  public boolean full() {
    return gathered() && (handed.get() != null || lane.get() == Lane.BUSY);
  }

  @Override
  public long committed() {
    return committed;
  }

  @Override
  public boolean roomForMessages() {
    return spares.plenty();
  }

  @Override
  public boolean makingRoom() {
    return !spares.full() && !spares.plenty();
  }

  /// Whether messages that are under way have to wait until [#makingRoom] is over.
  public boolean outOfRoom() {
    return makingRoom() && !roomInSegment();
  }

  /// Whether the segment that is written now takes any message and some acknowledgements, so that no spare is
  /// needed for them.
  private boolean roomInSegment() {
    long left = segmentLimit - end;
    return left >= Math.min(2L * batchBytesMax, (segmentLimit - segmentBase) / 4 * 3);
  }

  /// To be called by the owner when it has nothing to do: after a while of silence a mark is written, so
  /// that followers learn that the last records are committed.
  public void idle(Now now) {
    if (end != quietEnd) {
      quietEnd = end;
      quietSinceNanos = now.nanos();
    } else if ((end != markedEnd || anew)
        && committed == end
        && now.nanos() - quietSinceNanos >= settings.markIdleNanos()
        && ended.get() == null) {
      append(RecordFormat.MARK, ByteBuffer.allocate(0));
      markedEnd = end;
      quietEnd = end;
      flush();
    }
  }

  // ---- anyone

  /// Why this tenure confirms no more; empty while it does.
  public Optional<End> ended() {
    return Optional.ofNullable(ended.get());
  }

  /// Ends the tenure: nothing more is confirmed. Idempotent; the first reason stays.
  public void end(End reason) {
    if (ended.compareAndSet(null, reason)) {
      wakeOwner.run();
      wakeLane.run();
    }
  }

  /// Names the newest committed snapshot; segments begun from now on refer to it.
  public void snapshotCommitted(SnapshotRef ref) {
    snapshot = ref;
  }

  /// Begins a new segment with the next record, so that it refers to the newest snapshot: what that one does not
  /// need may be dropped then. For a disk that is full, where segments do not follow one another by themselves;
  /// only if there is a spare for it. Anyone may ask.
  public void anchor() {
    anew = spares.kept() > 0;
  }

  /// The snapshot that the newest segment refers to: from there a cold start begins, so nothing that it
  /// needs may be dropped.
  public SnapshotRef anchored() {
    return anchored;
  }

  /// Number of batches committed.
  public long batches() {
    return batches;
  }

  /// Whether [#makingRoom] is over as far as spares go. Anyone may ask.
  public boolean sparesSettled() {
    return spares.plenty() || spares.full();
  }

  /// Whether something gathers that was not handed over because the lane was in the files: whoever comes out
  /// of [#doWork] lets the owner [#flush] it.
  public boolean held() {
    return held && ended.get() == null;
  }

  // ---- lane

  /// Writes, syncs and commits what was handed over, and beats the heart; answers whether there was
  /// anything to do.
  public boolean doWork(Now now) {
    if (ended.get() != null || !lane.compareAndSet(Lane.IDLE, Lane.BUSY)) {
      return false;
    }
    try {
      Batch batch = handed.getAndSet(null);
      if (batch != null) {
        commit(batch);
      }
      return beat(now) || batch != null;
    } catch (StorageException e) {
      failed(e);
    } catch (FencedException e) {
      end(new End.Superseded(String.valueOf(e.getMessage())));
    } finally {
      if (!lane.compareAndSet(Lane.BUSY, Lane.IDLE)) {
        closeFiles();
      } else if (held) {
        wakeOwner.run();
      }
    }
    return true;
  }

  /// Whether something was handed over that nobody has begun to write. Anyone may ask.
  public boolean waiting() {
    return handed.get() != null && ended.get() == null;
  }

  /// Whether a thread is in [#doWork]; another one's call does nothing then.
  public boolean busy() {
    return lane.get() == Lane.BUSY;
  }

  /// Nanoseconds, by the monotonic clock, at which [#doWork] has something to do without being woken.
  public long nextBeatNanos() {
    return nextBeatNanos;
  }

  /// Makes a spare segment if one is missing, and clears away what earlier tenures left. Called by the
  /// housekeeping lane.
  public boolean prepareSpare() {
    if (ended.get() != null) {
      return false;
    }
    try {
      return spares.doWork() || leftovers.doWork();
    } catch (StorageException e) {
      failed(e);
      return false;
    }
  }

  /// Makes a spare segment if one is missing and housekeeping is not about it. Called by the log's lane.
  public boolean makeSpare() {
    if (ended.get() != null) {
      return false;
    }
    try {
      return spares.doWork();
    } catch (StorageException e) {
      failed(e);
      return false;
    }
  }

  /// Ends the tenure because the store failed under it; from the lanes.
  public void failed(StorageException e) {
    end(superseded(e) ? new End.Superseded(SUPERSEDED + tenure.epoch() + MORE) : failure(e));
  }

  private static End failure(StorageException e) {
    return new End.Failed("the store failed: " + e.getMessage(), e);
  }

  /// Files that vanished under a node which stood still were cleared away by the one that serves now.
  private boolean superseded(StorageException e) {
    if (e.kind() != StorageException.Kind.STALE && e.kind() != StorageException.Kind.MISSING) {
      return false;
    }
    try {
      return Fence.raised(storage, tenure);
    } catch (StorageException _) {
      return false;
    }
  }

  private void commit(Batch batch) {
    write(batch);
    segments.sync();
    long reached = batch.end();
    batch.begin(0);
    free.add(batch);
    requireNotFenced();
    if (ended.get() != null) {
      return;
    }
    committed = reached;
    batches++;
    wakeOwner.run();
  }

  private void write(Batch batch) {
    ByteBuffer bytes = batch.bytes();
    int size = batch.size();
    int from = 0;
    for (Batch.Split split : batch.splits()) {
      writeRecords(batch, bytes, from, split.offset());
      from = split.offset();
      SnapshotRef ref = snapshot;
      segments.next(batch.start() + from, split.capacity(), chain, ref);
      anchored = ref;
      // Followers on a network file system look for the new segment once the heart has named it.
      beatDue = true;
    }
    writeRecords(batch, bytes, from, size);
  }

  private void writeRecords(Batch batch, ByteBuffer bytes, int from, int to) {
    if (from == to) {
      return;
    }
    long mark = committed;
    for (int at = from; at < to; at += RecordFormat.length(RecordFormat.payload(bytes, at))) {
      chain = RecordFormat.seal(bytes, at, mark, chain);
    }
    segments.write(batch.start() + from, bytes.slice(from, to - from));
  }

  private void requireNotFenced() {
    if (Fence.raised(storage, tenure)) {
      throw new FencedException(SUPERSEDED + tenure.epoch() + MORE);
    }
  }

  private boolean beat(Now now) {
    if (!beatDue && now.nanos() - nextBeatNanos < 0) {
      return false;
    }
    beatDue = false;
    nextBeatNanos = now.nanos() + settings.heartNanos();
    heart.write(0, new Heart(++beats, committed, segments.base(), false).encode());
    heart.sync();
    requireNotFenced();
    return true;
  }

  /// Closes the files of a tenure that has ended. From any lane: what the log's lane is just using, it
  /// closes itself when it comes back.
  @Override
  public void close() {
    // In one step: between two looks the lane could come back, and nobody would close anything.
    Lane was = lane.getAndUpdate(at -> at == Lane.CLOSED ? at : Lane.LEAVING);
    if (was == Lane.IDLE) {
      closeFiles();
    }
  }

  /// Whether the log's lane is out of the files, so that nothing of this tenure is written any more.
  public boolean closed() {
    return lane.get() == Lane.CLOSED;
  }

  private void closeFiles() {
    segments.close();
    heart.close();
    lane.set(Lane.CLOSED);
  }
}
