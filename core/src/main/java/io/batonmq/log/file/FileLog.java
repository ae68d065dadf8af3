package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.log.FencedException;
import io.batonmq.log.LogSettings;
import io.batonmq.log.RecordHandler;
import io.batonmq.log.SnapshotRef;
import io.batonmq.seam.HeldLock;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
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
public class FileLog {
  private final Storage storage;
  private final LogSettings settings;
  private final String node;
  private final Supplier<String> unique;
  private final Register register;
  private final Snapshots snapshots;
  private final Ready ready;
  private @Nullable Chain chain;

  /// Whether a claim of this node failed because it found damage.
  private boolean doubted;

  /// The newest tenure of which this node knows for certain that it has a manifest: found by asking the
  /// file server, or its own.
  private volatile Optional<Chain.Link> known = Optional.empty();

  private volatile Optional<Zombie> zombie = Optional.empty();
  private volatile long zombieBytes = -1;

  /// The steps of taking over.
  public enum Step {
    /// The epoch is claimed, and whoever served before is stopped.
    CLAIM,
    /// All that it wrote is read.
    READ,
    /// What it had not committed is on stable storage here, and the right to append is this node's.
    COPY
  }

  /// @param node name of this node, for people
  /// @param unique gives names that no other node and no earlier life of this one uses
  public FileLog(Storage storage, LogSettings settings, String node, Supplier<String> unique) {
    this.storage = storage;
    this.settings = settings;
    this.node = node;
    this.unique = unique;
    this.register = new Register(storage);
    this.snapshots = new Snapshots(storage);
    this.ready = new Ready(storage, settings, unique);
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

  /// Writes the snapshots of one tenure of this node.
  public SnapshotWriter snapshotWriter() {
    return new SnapshotWriter(storage);
  }

  public LogSettings settings() {
    return settings;
  }

  /// The chain as it is now; empty while nobody has ever served.
  public Optional<Chain> chain() {
    if (chain == null) {
      Chain read = new Chain(storage, register, known);
      chain = read.isEmpty() ? null : read;
    }
    return Optional.ofNullable(chain);
  }

  /// For other lanes, which have a chain and a register of their own. What this node serves is in it
  /// before its heart has beaten: bodies of the tail may be wanted at once.
  private Chain readChain() {
    return new Chain(storage, new Register(storage), known);
  }

  /// For a standby that has read the log: keeps a segment ready for its take-over, while there is room.
  /// Answers whether there is one.
  public boolean keepReady() {
    return ready.make();
  }

  /// Removes what [#keepReady] made, for a node that ends.
  public void giveUpReady() {
    ready.giveUp();
  }

  /// Reads the chain anew.
  public void forget() {
    chain = null;
  }

  /// From where a cold start reads.
  public SnapshotRef newestSnapshot() {
    Chain now = chain().orElseThrow();
    SnapshotRef told = now.newest().manifest().snapshot();
    return new SegmentMap(storage, now)
        .newest()
        .map(Segment::snapshot)
        .filter(snapshot -> snapshot.position() > told.position())
        .orElse(told);
  }

  /// Follows the log from a position at which some record ends, or from 0.
  public final Follower follow(long from) {
    Chain now = chain().orElseThrow();
    return follower(storage, now, new SegmentMap(storage, now), from);
  }

  /// Open to a test in this package, which shows that a follower that ignores the marks is found out.
  Follower follower(Storage on, Chain through, SegmentMap segments, long from) {
    return new Follower(on, settings, through, segments, from);
  }

  /// Reads single records.
  public RecordReader reader() {
    return new RecordReader(storage, this::readChain);
  }

  /// Gives space back; for the active node.
  public Reclaimer reclaimer(Tenure mine) {
    return new Reclaimer(storage, mine, this::readChain);
  }

  /// Rewrites segments in which little is live; for the active node.
  public Rewriter rewriter(Tenure mine) {
    return new Rewriter(storage, mine, settings, this::readChain);
  }

  /// The result of a claim that was won and carried through.
  ///
  /// @param lock of this tenure, held
  /// @param writer to append with
  /// @param sealed position at which the tenure before is sealed
  /// @param tail bytes that were copied from it
  public record Taken(Tenure tenure, HeldLock lock, LogWriter writer, long sealed, long tail) {}

  /// Claims the epoch after the one that gave reason to, and takes the log over.
  ///
  /// @param newest epoch that was the newest when it was decided to take over. If somebody has claimed one after it,
  ///     the reason is gone: this node may have stood still for an hour since
  /// @param follower that has read up to some position; empty only in a store that nobody ever served,
  ///     as far as this node could see
  /// @param handler receives what `follower` has not handed out yet, the tail included
  /// @param done is told of each step when it is done, to take its time
  /// @return empty if another claimant was first, or came after and overtook; then start anew as a
  ///     standby, as after an exception. Whatever happens, no lock is kept
  ///
  /// @throws DamagedException if committed records cannot be read; then the next attempt looks whether that
  ///     is still so before it claims, because every claim uses up an epoch and fences a node
  public Optional<Taken> takeOver(
      long newest, Optional<Follower> follower, RecordHandler handler, Consumer<Step> done) {
    if (doubted) {
      follower.ifPresent(in -> in.requireSound(handler));
    }
    doubted = false;
    // Throws where the disk is not there: directories would be made where it should be.
    Optional<Tenure> later = new Witnesses(storage, register).after(newest);
    if (later.isPresent()) {
      if (register.find(later.get().epoch()).isEmpty()) {
        throw Witnesses.unregistered(later.get());
      }
      return Optional.empty();
    }
    Tenure mine = new Tenure(newest + 1, unique.get(), node);
    Spares spares = new Spares(storage, mine, settings);
    Optional<HeldLock> lock = prepareTenure(mine, spares, newest);
    if (lock.isEmpty()) {
      return Optional.empty();
    }
    boolean taken = false;
    try {
      if (!register.claim(mine)) {
        removeTenure(mine);
        return Optional.empty();
      }
      Optional<Taken> result = carryThrough(mine, spares, lock.get(), follower, handler, done);
      taken = result.isPresent();
      return result;
    } catch (FencedException _) {
      return Optional.empty();
    } catch (DamagedException e) {
      doubted = true;
      throw e;
    } finally {
      if (!taken) {
        lock.get().close();
      }
    }
  }

  /// Makes all that takes space before anybody is stopped: a node that has no room for a first segment, and
  /// has kept none ready, does not claim.
  private Optional<HeldLock> prepareTenure(Tenure mine, Spares spares, long newest) {
    try {
      return makeTenure(mine, spares);
    } catch (StorageException e) {
      removeTenure(mine);
      if (e.kind() != StorageException.Kind.NO_SPACE || newest == 0) {
        throw e;
      }
    }
    // The spares of the tenure before are what its acknowledgements would have taken. There is
    // reason
    // to take over from it; if it lives after all, it ends when it misses them.
    Spares.remove(storage, register.read(newest));
    ready.giveRoom();
    try {
      return makeTenure(mine, spares);
    } catch (StorageException e) {
      removeTenure(mine);
      throw e;
    }
  }

  private Optional<HeldLock> makeTenure(Tenure mine, Spares spares) {
    storage.makeDirectory(mine.directory());
    Fence.create(storage, mine);
    // Last of what takes space: what was kept ready is not given away for a claim that fails.
    spares.takeReady(ready);
    storage.syncDirectory(mine.directory());
    storage.syncDirectory("");
    Optional<HeldLock> lock = storage.tryLock(mine.lock());
    if (lock.isEmpty()) {
      removeTenure(mine);
    }
    return lock;
  }

  /// Removes what was made for a claim that is not won.
  private void removeTenure(Tenure mine) {
    try {
      for (String name : storage.list(mine.directory())) {
        storage.remove(mine.path(name));
      }
      storage.remove(mine.directory());
    } catch (StorageException _) {
      // Somebody's later clean-up finds a directory whose epoch belongs to another.
    }
  }

  private Optional<Taken> carryThrough(
      Tenure mine,
      Spares spares,
      HeldLock lock,
      Optional<Follower> follower,
      RecordHandler handler,
      Consumer<Step> done) {
    Optional<Chain.Link> last = fenceEarlier(mine);
    if (last.isPresent() && follower.isEmpty()) {
      // Somebody served, or was about to, that this node could not see: it has not read what it
      // would
      // go on from. It does so now, and claims again.
      return Optional.empty();
    }
    done.accept(Step.CLAIM);
    Follower.Tail tail =
        last.map(link -> follower.orElseThrow().finish(link, handler)).orElse(Follower.Tail.NONE);
    done.accept(Step.READ);
    SegmentWriter segments = firstSegment(mine, spares, tail);
    boolean kept = false;
    try {
      Manifest.Valid manifest = manifest(last, tail);
      if (!Manifest.publish(storage, mine, manifest, mine.id()) || Fence.raised(storage, mine)) {
        return Optional.empty();
      }
      known = Optional.of(new Chain.Link(mine, manifest));
      tail.handOut(handler);
      LogWriter writer = new LogWriter(storage, mine, settings, segments, spares, tail);
      kept = true;
      zombie = last.map(link -> follower.orElseThrow().zombie());
      zombieBytes = zombie.isPresent() ? -1 : 0;
      done.accept(Step.COPY);
      return Optional.of(new Taken(mine, lock, writer, tail.start(), tail.end() - tail.start()));
    } finally {
      if (!kept) {
        segments.close();
      }
    }
  }

  /// Looks for what the node before wrote after this one took over from it. Reads what it counts, so it is
  /// for the housekeeping lane.
  public void lookForZombie() {
    zombie.ifPresent(before -> zombieBytes = Math.max(zombieBytes, before.bytes(storage)));
  }

  /// Bytes of it as they were seen last; -1 if nobody has looked, or could. Anyone may ask.
  public long zombieBytes() {
    return zombieBytes;
  }

  private static Manifest.Valid manifest(Optional<Chain.Link> last, Follower.Tail tail) {
    return new Manifest.Valid(
        last.map(link -> link.tenure().epoch()).orElse(0L),
        tail.start(),
        tail.chain(),
        tail.end(),
        tail.snapshot());
  }

  /// Stops every earlier claimant, newest first, down to the newest that serves or served. Those below it
  /// were stopped by that one before it began.
  private Optional<Chain.Link> fenceEarlier(Tenure mine) {
    Witnesses witnesses = new Witnesses(storage, register);
    for (long epoch = mine.epoch() - 1; epoch > 0; epoch--) {
      Tenure earlier = register.read(epoch);
      witnesses.requireNotServed(earlier);
      Fence.raise(storage, earlier, mine.epoch());
      boolean voided = Manifest.publish(storage, earlier, new Manifest.Voided(), mine.id());
      if (!voided && decided(earlier) instanceof Manifest.Valid valid) {
        known = Optional.of(new Chain.Link(earlier, valid));
        return known;
      }
    }
    return Optional.empty();
  }

  private Manifest decided(Tenure earlier) {
    return Manifest.read(storage, earlier)
        .orElseThrow(() -> new DamagedException("no manifest any more in " + earlier.directory()));
  }

  private SegmentWriter firstSegment(Tenure mine, Spares spares, Follower.Tail tail) {
    int bytes = (int) (tail.end() - tail.start());
    // As long as others where the tail leaves room in it, because such a one is ready.
    int usual = settings.segmentBytes();
    int capacity = bytes <= usual - usual / 4 ? usual : 2 * bytes;
    Segment head = new Segment(tail.start(), capacity, mine.epoch(), tail.chain(), tail.snapshot());
    SegmentWriter segments = new SegmentWriter(storage, mine, settings, spares, head);
    try {
      for (Follower.Raw raw : tail.records()) {
        ByteBuffer padded = ByteBuffer.allocate((int) (raw.end() - raw.position()));
        padded.put(raw.bytes().duplicate()).clear();
        segments.write(raw.position(), padded);
      }
      segments.sync();
      return segments;
    } catch (StorageException e) {
      segments.close();
      throw e;
    }
  }

  /// Announces the note that a tenure has left.
  public void sayNoted(Tenure tenure) {
    Heart.sayNoted(storage, tenure);
  }

  /// What the heart of a tenure says; empty if it was caught while it changes. Whether it still beats is
  /// for the observer to judge.
  public Optional<Heart> heart(Tenure tenure) {
    return Heart.read(storage, tenure);
  }
}
