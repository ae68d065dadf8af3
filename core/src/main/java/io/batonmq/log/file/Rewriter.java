package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.log.LiveBodies;
import io.batonmq.log.LogSettings;
import io.batonmq.log.RecordFormat;
import io.batonmq.log.SnapshotContent;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StoredFile;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Gives the space of dead records back where a few live ones keep a segment: writes a [Rewritten] one with
/// those alone, at their positions. Used by the housekeeping lane of the active node, in bounded pieces; one
/// file at a time.
///
/// **What is dead** is read from the state that a snapshot was written from, and acted on when the record that
/// names this snapshot is committed: whoever is active later has that state in its past, and what is dead
/// there is dead for good. Only segments below the snapshot from which a cold start begins are looked at, so
/// that nobody reads their records one after the other any more. So a rewriting lacks nothing that anybody
/// will need, whoever made it and however late; and which of several counts is a question of which is there.
///
/// **The order** is: write the file under a name that nobody looks at, and sync it; append the record that
/// names it, with its checksum, and the files that it replaces; when that is committed, [#publish] it under the
/// name by which it counts; and when followers had their time, unlink what it replaces. A crash in between
/// leaves the old files, which count until they are gone. A node that was superseded fails to publish what its
/// successor has cleared away, and then has nothing to unlink.
public final class Rewriter {
  /// Segments that are looked through at once; the others have their turn with the next snapshots.
  private static final int SEGMENTS_MAX = 64;

  /// A segment is rewritten when less than one byte in so many is live.
  private static final int SPARSE = 4;

  /// A rewritten one is rewritten again when it shrinks to less than one in so many.
  private static final int SPARSE_AGAIN = 2;

  /// Copied at once.
  private static final int PIECE = 1 << 20;

  private static final int VISITS = 16;

  private final Storage storage;
  private final Tenure mine;
  private final LogSettings settings;
  private final Supplier<Chain> chain;
  private final RecordReader reader;
  private final Map<SegmentFile, Long> sizes = new HashMap<>();

  private @Nullable LiveBodies bodies;
  private final TreeMap<Long, LiveRecords> gathering = new TreeMap<>();
  private final ArrayDeque<LiveRecords> gathered = new ArrayDeque<>();
  private long snapshot;
  private long committed;
  private long turn = -1;
  private @Nullable Writing writing;
  private Result.@Nullable Replaced named;
  private int generations;

  Rewriter(Storage storage, Tenure mine, LogSettings settings, Supplier<Chain> chain) {
    this.storage = storage;
    this.mine = mine;
    this.settings = settings;
    this.chain = chain;
    this.reader = new RecordReader(storage, chain);
  }

  /// What is to be named by a record, and acted on when that is committed.
  public sealed interface Result {
    /// Nothing in these files is live: they may be unlinked.
    record Dead(List<SegmentFile> files) implements Result {}

    /// A file is on stable storage and is to be published; then the others may be unlinked.
    ///
    /// @param checksum by which the file is known
    record Replaced(SegmentFile by, int checksum, List<SegmentFile> files) implements Result {
      /// The payload of the record that names it: the new file, its checksum (4), the files that it
      /// replaces.
      public ByteBuffer encode() {
        ByteBuffer payload = ByteBuffer.allocate(SegmentFile.BYTES * (1 + files.size()) + 4);
        by.write(payload);
        payload.putInt(checksum);
        files.forEach(file -> file.write(payload));
        return payload.flip();
      }
    }
  }

  /// A snapshot of this state was written: chooses the segments that are worth a look, a limited number,
  /// unless there are some under way.
  ///
  /// @param anchored position of the snapshot from which a cold start begins
  public void consider(SnapshotContent content, long anchored) {
    Optional<LiveBodies> live = content.bodies();
    if (live.isEmpty() || bodies != null || !gathered.isEmpty() || writing != null) {
      return;
    }
    try {
      choose(candidates(Math.min(anchored, content.position()), live.get()));
    } catch (StorageException e) {
      // A segment was unlinked by an earlier node while it was looked at: the next snapshot asks
      // again.
      if (e.kind() != StorageException.Kind.STALE) {
        throw e;
      }
      gathering.clear();
    }
    if (!gathering.isEmpty()) {
      bodies = live.get();
      snapshot = content.position();
    }
  }

  private NavigableMap<Long, LiveRecords> candidates(long below, LiveBodies live) {
    NavigableMap<Long, List<SegmentFile>> all = new SegmentMap(storage, chain.get()).all();
    NavigableMap<Long, LiveRecords> found = new TreeMap<>();
    Map.Entry<Long, List<SegmentFile>> segment = all.firstEntry();
    while (segment != null) {
      Map.Entry<Long, List<SegmentFile>> next = all.higherEntry(segment.getKey());
      if (next == null || next.getKey() > below) {
        break;
      }
      long base = segment.getKey();
      long limit = next.getKey();
      if (mayBeSparse(segment.getValue(), limit - base, live.bytes(base, limit))) {
        found.put(base, new LiveRecords(base, limit));
      }
      segment = next;
    }
    return found;
  }

  /// In turn, so that some that look sparse and are not do not keep the others from it.
  private void choose(NavigableMap<Long, LiveRecords> found) {
    List<LiveRecords> inTurn = new ArrayList<>(found.tailMap(turn, false).values());
    inTurn.addAll(found.headMap(turn, true).values());
    for (LiveRecords records : inTurn.subList(0, Math.min(inTurn.size(), SEGMENTS_MAX))) {
      gathering.put(records.base(), records);
      turn = records.base();
    }
  }

  /// By the look of it, which costs no visit of what is live.
  private boolean mayBeSparse(List<SegmentFile> files, long range, long live) {
    SegmentFile counts = mine(files).orElse(files.getFirst());
    return counts.generation() == 0
        ? live * SPARSE < range
        : live * SPARSE_AGAIN < sizes.computeIfAbsent(counts, this::size);
  }

  /// The rewriting that this tenure made, if it made one: what that replaces may not be gone yet.
  private Optional<SegmentFile> mine(List<SegmentFile> files) {
    return files.stream()
        .filter(file -> file.epoch() == mine.epoch() && file.generation() > 0)
        .findFirst();
  }

  /// The record that names the snapshot of a state is committed.
  ///
  /// @param position of that state
  public void committed(long position) {
    committed = Math.max(committed, position);
  }

  /// Does a piece of the work; answers whether there was any.
  ///
  /// @param results receives what is to be named by a record
  public boolean doWork(Consumer<Result> results) {
    if (named != null) {
      return false;
    }
    if (bodies != null) {
      gather(bodies);
      return true;
    }
    if (writing == null && (gathered.isEmpty() || snapshot > committed)) {
      return false;
    }
    try {
      if (writing == null) {
        begin(results);
      } else if (writing.copy()) {
        Result.Replaced replaced = writing.end();
        writing = null;
        named = replaced;
        results.accept(replaced);
      }
    } catch (DamagedException _) {
      // The segment was dropped meanwhile, or what is live in it can not be read: then it stays as
      // it
      // is, and
      // whoever wants that record says so.
      giveUp();
    } catch (StorageException e) {
      giveUp();
      if (e.kind() != StorageException.Kind.NO_SPACE && e.kind() != StorageException.Kind.STALE) {
        throw e;
      }
      gathered.clear();
    }
    return true;
  }

  private void gather(LiveBodies from) {
    for (int i = 0; i < VISITS; i++) {
      if (!from.next(this::gather)) {
        bodies = null;
        gathered.addAll(gathering.values());
        gathering.clear();
        return;
      }
    }
  }

  private void gather(long position, int size) {
    Map.Entry<Long, LiveRecords> segment = gathering.floorEntry(position);
    if (segment != null && position < segment.getValue().limit()) {
      segment.getValue().add(position, size);
    }
  }

  private void begin(Consumer<Result> results) {
    NavigableMap<Long, List<SegmentFile>> all = new SegmentMap(storage, chain.get()).all();
    List<SegmentFile> dead = new ArrayList<>();
    gathered.removeIf(records -> {
      boolean none = !records.tooMany() && records.count() == 0;
      if (none) {
        dead.addAll(all.getOrDefault(records.base(), List.of()));
      }
      return none;
    });
    if (!dead.isEmpty()) {
      results.accept(new Result.Dead(List.copyOf(dead)));
      return;
    }
    LiveRecords records = gathered.poll();
    List<SegmentFile> files = records == null ? null : all.get(records.base());
    if (records == null || files == null || !worthWhile(records, files)) {
      return;
    }
    // The little that the spares leave for manifests, notes and presence is not for this.
    if (storage.usableBytes() < records.fileBytes() + settings.segmentBytes() / 4) {
      gathered.clear();
      return;
    }
    SegmentFile file = new SegmentFile(mine.epoch(), records.base(), ++generations);
    writing = new Writing(records, file, List.copyOf(files));
  }

  private boolean worthWhile(LiveRecords records, List<SegmentFile> files) {
    SegmentFile counts = mine(files).orElse(files.getFirst());
    int times = counts.generation() == 0 ? SPARSE : SPARSE_AGAIN;
    return !records.tooMany() && records.fileBytes() * times < size(counts);
  }

  /// Bytes that a file takes on the disk; 0 if it is gone.
  private long size(SegmentFile file) {
    Tenure tenure = new Register(storage).read(file.epoch());
    Optional<StoredFile> found = storage.open(tenure.path(file.name()), Storage.Access.READ);
    if (found.isEmpty()) {
      return 0;
    }
    try (StoredFile open = found.get()) {
      return open.size();
    } catch (StorageException e) {
      if (e.kind() != StorageException.Kind.STALE) {
        throw e;
      }
      return 0;
    }
  }

  private void giveUp() {
    Writing was = writing;
    writing = null;
    if (was != null) {
      was.remove();
    }
    reader.forget();
  }

  /// Gives a file the name by which it counts: to be called when the record that names it is committed, and
  /// before anything that it replaces is unlinked.
  ///
  /// @throws StorageException if it is not there under that name when this returns; then nothing may be
  ///     unlinked
  public void publish(Result.Replaced replaced) {
    String path = mine.path(replaced.by().name());
    String unnamed = mine.path(replaced.by().unnamed());
    storage.link(unnamed, path);
    storage.remove(unnamed);
    storage.syncDirectory(mine.directory());
    requireThere(replaced, path);
    sizes.keySet().removeAll(replaced.files());
    named = null;
  }

  private void requireThere(Result.Replaced replaced, String path) {
    Optional<Rewritten.Opened> opened = Rewritten.open(storage, mine, replaced.by());
    boolean there = opened.isPresent() && opened.get().head().checksum() == replaced.checksum();
    opened.ifPresent(Rewritten.Opened::close);
    if (!there) {
      // The file server's power failed between the link and the sync. Without this look the only
      // copy of
      // live records would be unlinked.
      throw new StorageException(StorageException.Kind.IO, path + " vanished when it was made");
    }
  }

  /// Removes what a tenure that is over has begun and no committed record of its own has named.
  static void remove(Storage storage, Tenure over) {
    for (String name : storage.list(over.directory())) {
      if (SegmentFile.isUnnamed(name)) {
        storage.remove(over.path(name));
      }
    }
  }

  /// A file that is being written: the records first, then what stands before them.
  private final class Writing {
    private final LiveRecords records;
    private final SegmentFile of;
    private final List<SegmentFile> replaces;
    private final String path;
    private final StoredFile file;
    private final Rewritten.Index index;
    private int next;
    private long at;

    Writing(LiveRecords records, SegmentFile of, List<SegmentFile> replaces) {
      int count = records.count();
      this.records = records;
      this.of = of;
      this.replaces = replaces;
      this.path = mine.path(of.unnamed());
      this.index = new Rewritten.Index(new long[count], new int[count], new int[count]);
      this.at = Rewritten.headBytes(count);
      this.file =
          storage
              .createExclusive(path)
              .orElseThrow(() -> new IllegalStateException("somebody else made " + path));
    }

    /// Copies some of the records; answers whether that were the last.
    boolean copy() {
      ByteBuffer piece = ByteBuffer.allocate(PIECE);
      while (next < records.count()) {
        int size = records.size(next);
        if (piece.position() > 0 && size > piece.remaining()) {
          break;
        }
        piece = size > piece.remaining() ? ByteBuffer.allocate(size) : piece;
        append(piece, size);
      }
      long length = piece.position();
      file.write(at - length, piece.flip());
      return next == records.count();
    }

    private void append(ByteBuffer piece, int size) {
      long position = records.position(next);
      ByteBuffer record = reader.record(position);
      int start = piece.position();
      // What is copied here is soon the only copy: it is what is referred to, and it is whole.
      if (RecordFormat.length(record.limit() - RecordFormat.HEADER) != size) {
        throw new DamagedException("the record at position " + position + " has another size");
      }
      index.positions()[next] = position;
      index.offsets()[next] = Math.toIntExact(at);
      index.headers()[next] = RecordFormat.headerChecksum(record, 0);
      piece.put(record);
      // The rest of the array is zeros.
      piece.position(start + size);
      at += size;
      next++;
    }

    Result.Replaced end() {
      Rewritten whole = Rewritten.of(of, records.limit(), index);
      file.write(0, whole.encode());
      file.sync();
      file.close();
      reader.forget();
      return new Result.Replaced(of, whole.checksum(), replaces);
    }

    /// Half a file on a full disk would only keep it full.
    void remove() {
      file.close();
      storage.remove(path);
    }
  }
}
