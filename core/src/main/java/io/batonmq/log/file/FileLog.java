package io.batonmq.log.file;

import io.batonmq.log.LogSettings;
import io.batonmq.log.RecordHandler;
import io.batonmq.log.SnapshotRef;
import io.batonmq.seam.HeldLock;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The log of a directory that several nodes share, as one node sees it: read it, follow it, take it
/// over. Used by one lane.
///
/// **Taking over.** Claim the next epoch in the register; raise the fence of every earlier tenure down to
/// the newest that serves, and decide the manifests of those that never did; only then read that tenure
/// to its last valid record; copy what is above its newest committed mark into a segment of the new
/// tenure, at the same positions, and sync it there; publish the manifest; and look at the own fence. Any
/// step may be the last one of this node's life: what it leaves is either ignored or completed by
/// the next claimant.
public final class FileLog {
  private final Storage storage;
  private final LogSettings settings;
  private final String node;
  private final Supplier<String> unique;
  private final Register register;
  private final Snapshots snapshots;
  private @Nullable Chain chain;

  /// @param node name of this node, for people
  /// @param unique gives names that no other node and no earlier life of this one uses
  public FileLog(Storage storage, LogSettings settings, String node, Supplier<String> unique) {
    this.storage = storage;
    this.settings = settings;
    this.node = node;
    this.unique = unique;
    this.register = new Register(storage);
    this.snapshots = new Snapshots(storage);
  }

  /// Makes the directories of a new store.
  public void prepare() {
    register.prepare();
  }

  public Register register() {
    return register;
  }

  public Snapshots snapshots() {
    return snapshots;
  }

  public LogSettings settings() {
    return settings;
  }

  /// The chain as it is now; empty while nobody has ever served.
  public Optional<Chain> chain() {
    if (chain == null) {
      Chain read = new Chain(storage, register);
      chain = read.isEmpty() ? null : read;
    }
    return Optional.ofNullable(chain);
  }

  /// Reads the chain anew.
  public void forget() {
    chain = null;
  }

  /// From where a cold start reads.
  public SnapshotRef newestSnapshot() {
    Chain now = chain().orElseThrow();
    SegmentMap segments = new SegmentMap(storage, now);
    return segments
        .newest()
        .flatMap(place -> head(place.tenure(), place.base()))
        .map(Segment::snapshot)
        .orElse(now.newest().manifest().snapshot());
  }

  private Optional<Segment> head(Tenure tenure, long base) {
    return storage
        .open(tenure.path(Segment.name(base)), Storage.Access.READ)
        .flatMap(file -> {
          try (file) {
            return Segment.read(file);
          }
        });
  }

  /// Follows the log from a position at which some record ends, or from 0.
  public Follower follow(long from) {
    Chain now = chain().orElseThrow();
    return new Follower(storage, now, new SegmentMap(storage, now), from);
  }

  /// Reads single records.
  public RecordReader reader() {
    return new RecordReader(storage, new Register(storage));
  }

  /// Gives space back; for the active node.
  public Reclaimer reclaimer(Tenure mine) {
    return new Reclaimer(storage, mine);
  }

  /// The result of a claim that was won and carried through.
  ///
  /// @param lock of this tenure, held
  /// @param writer to append with
  /// @param sealed position at which the tenure before is sealed
  /// @param tail bytes that were copied from it
  public record Taken(Tenure tenure, HeldLock lock, LogWriter writer, long sealed, long tail) {}

  /// Claims the epoch after the newest known one and takes the log over.
  ///
  /// @param follower that has read up to some position; empty only in a store that nobody ever served,
  ///     as far as this node could see
  /// @param handler receives what `follower` has not handed out yet, the tail included
  /// @return empty if another claimant was first; then start anew as a standby
  public Optional<Taken> takeOver(Optional<Follower> follower, RecordHandler handler) {
    long epoch = register.newest().map(Tenure::epoch).orElse(0L) + 1;
    Tenure mine = new Tenure(epoch, unique.get(), node);
    Optional<HeldLock> lock = prepareTenure(mine);
    if (lock.isEmpty() || !register.claim(mine)) {
      lock.ifPresent(HeldLock::close);
      removeTenure(mine);
      return Optional.empty();
    }
    return carryThrough(mine, lock.get(), follower, handler);
  }

  private Optional<HeldLock> prepareTenure(Tenure mine) {
    storage.makeDirectory(mine.directory());
    Fence.create(storage, mine);
    storage.syncDirectory(mine.directory());
    storage.syncDirectory("");
    return storage.tryLock(mine.lock());
  }

  private void removeTenure(Tenure mine) {
    for (String name : storage.list(mine.directory())) {
      storage.remove(mine.path(name));
    }
    storage.remove(mine.directory());
  }

  private Optional<Taken> carryThrough(
      Tenure mine, HeldLock lock, Optional<Follower> follower, RecordHandler handler) {
    Optional<Chain.Link> last = fenceEarlier(mine);
    Follower.Tail tail = last.map(link -> tail(link, follower, handler)).orElse(Follower.Tail.NONE);
    SnapshotRef snapshot = tail.snapshot();
    Spares spares = new Spares(storage, mine, settings);
    SegmentWriter segments = firstSegment(mine, spares, tail, snapshot);
    Manifest.Valid manifest =
        new Manifest.Valid(
            last.map(link -> link.tenure().epoch()).orElse(0L),
            tail.start(),
            tail.chain(),
            tail.end(),
            snapshot);
    boolean published = Manifest.publish(storage, mine, manifest, mine.id());
    if (!published || Fence.raised(storage, mine)) {
      segments.close();
      lock.close();
      return Optional.empty();
    }
    tail.handOut(handler);
    LogWriter writer =
        new LogWriter(
            storage, mine, settings, segments, spares, tail.end(), tail.endChain(), snapshot);
    return Optional.of(new Taken(mine, lock, writer, tail.start(), tail.end() - tail.start()));
  }

  /// Stops every earlier claimant, newest first, down to the newest that serves or served. Those below it
  /// were stopped by that one before it began.
  private Optional<Chain.Link> fenceEarlier(Tenure mine) {
    for (long epoch = mine.epoch() - 1; epoch > 0; epoch--) {
      Tenure earlier = register.read(epoch);
      Fence.raise(storage, earlier, mine.epoch());
      boolean voided = Manifest.publish(storage, earlier, new Manifest.Voided(), mine.id());
      if (!voided
          && Manifest.read(storage, earlier).orElseThrow() instanceof Manifest.Valid valid) {
        return Optional.of(new Chain.Link(earlier, valid));
      }
    }
    return Optional.empty();
  }

  private Follower.Tail tail(Chain.Link last, Optional<Follower> follower, RecordHandler handler) {
    if (follower.isPresent()) {
      return follower.get().finish(last, handler);
    }
    // Somebody served between this node's last look and its claim: read from the beginning of
    // history,
    // which cannot be long.
    forget();
    try (Follower fresh = follow(0)) {
      return fresh.finish(last, handler);
    }
  }

  private SegmentWriter firstSegment(
      Tenure mine, Spares spares, Follower.Tail tail, SnapshotRef snapshot) {
    int bytes = (int) (tail.end() - tail.start());
    int capacity = Math.max(settings.segmentBytes(), 2 * bytes);
    Segment head = new Segment(tail.start(), capacity, mine.epoch(), tail.chain(), snapshot);
    SegmentWriter segments = new SegmentWriter(storage, mine, settings, spares, head);
    for (Follower.Raw raw : tail.records()) {
      ByteBuffer padded = ByteBuffer.allocate((int) (raw.end() - raw.position()));
      padded.put(raw.bytes().duplicate()).clear();
      segments.write(raw.position(), padded);
    }
    segments.sync();
    return segments;
  }

  /// Whether the heart of a tenure has changed is for the observer to judge; this is what it reads.
  public long heart(Tenure tenure) {
    Optional<StoredFile> file = storage.open(tenure.heart(), Storage.Access.READ);
    if (file.isEmpty()) {
      return -1;
    }
    try (StoredFile opened = file.get()) {
      ByteBuffer count = ByteBuffer.allocate(8);
      return opened.read(0, count) < 8 ? -1 : count.getLong(0);
    }
  }
}
