package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.log.LogSettings;
import io.batonmq.log.RecordFormat;
import io.batonmq.log.RecordHandler;
import io.batonmq.log.SnapshotRef;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/// Reads the log as it grows and hands out what is committed. This is all that a standby does, and what
/// makes it hot.
///
/// A record is handed out only when some record that was read carries a committed mark at or beyond its
/// end: until then it may still be cut off by a take-over. Owned by one lane.
public class Follower implements AutoCloseable {
  /// Records that one [#poll] hands out at most.
  private static final int RECORDS_PER_POLL = 4096;

  /// A record read, whole.
  record Raw(long position, long end, long chain, long segment, ByteBuffer bytes) {}

  private final Storage storage;
  private final LogSettings settings;
  private final Chain chain;
  private Chain.Link link;
  private Scanner scanner;
  private final ArrayDeque<Raw> pending = new ArrayDeque<>();

  private long position;
  private long positionChain;
  private long base;
  private long mark;
  private long bytesReadBefore;

  /// Begins after the record that ends at `from`, in a segment that is read from its start so that the
  /// chain up to `from` is known.
  Follower(Storage storage, LogSettings settings, Chain chain, SegmentMap segments, long from) {
    this.storage = storage;
    this.settings = settings;
    this.chain = chain;
    this.link = chain.at(from);
    long first = Math.max(segments.require(from).base(), link.start());
    Segment head =
        Segment.head(storage, link.tenure(), first)
            .orElseThrow(() ->
                new DamagedException("unreadable: " + link.tenure().path(Segment.name(first))));
    this.base = first;
    this.position = head.base();
    this.positionChain = head.chain();
    this.mark = from;
    this.scanner = new Scanner(storage, link.tenure(), first, position, positionChain);
    try {
      skipTo(from);
    } catch (DamagedException | StorageException e) {
      scanner.close();
      throw e;
    }
  }

  private void skipTo(long from) {
    while (position < from) {
      Optional<ByteBuffer> record = scanner.next(false);
      if (record.isEmpty()) {
        throw new DamagedException(
            "the log breaks off at position "
                + position
                + " in "
                + link.tenure().directory()
                + ", before position "
                + from);
      }
      moveTo(scanner.at(), scanner.chain(), scanner.base());
    }
    if (position != from) {
      throw new DamagedException("no record of the log ends at position " + from);
    }
  }

  /// Position after the newest record that was handed out.
  public long position() {
    return position;
  }

  /// Position up to which nothing is kept back from the handler: as [#position], or further, over records
  /// that are the log's own. The newest record of a silent log is a mark, which no later one covers.
  public final long appliedUpTo() {
    long reached = position;
    for (Raw raw : pending) {
      if (RecordFormat.type(raw.bytes(), 0) >= RecordFormat.USER_MIN) {
        break;
      }
      reached = raw.end();
    }
    return reached;
  }

  /// Position after the newest valid record that was read, whether known to be committed or not.
  public final long readUpTo() {
    return scanner.at();
  }

  /// The newest committed mark that was read.
  public long mark() {
    return mark;
  }

  /// Bytes read from segments so far.
  public long bytesRead() {
    return bytesReadBefore + scanner.bytesRead();
  }

  /// The tenure being read.
  public Chain.Link link() {
    return link;
  }

  /// Reads on and hands out what is committed; answers how many records were handed out. Zero means that
  /// there is nothing new at the moment.
  public int poll(RecordHandler handler) {
    int handed = handOut(handler);
    if (handed > 0) {
      return handed;
    }
    scan(false);
    handed = handOut(handler);
    if (handed == 0) {
      Optional<Chain.Link> next = chain.after(link);
      if (next.isPresent() && moveTo(next.get())) {
        return 1;
      }
    }
    return handed;
  }

  private boolean scan(boolean authoritative) {
    for (int i = 0; i < RECORDS_PER_POLL; i++) {
      long start = scanner.at();
      Optional<ByteBuffer> record = scanner.next(authoritative);
      if (record.isEmpty()) {
        return i > 0;
      }
      ByteBuffer copy = ByteBuffer.allocate(record.get().remaining()).put(record.get()).flip();
      mark = Math.max(mark, RecordFormat.committed(copy, 0));
      pending.add(new Raw(start, scanner.at(), scanner.chain(), scanner.base(), copy));
    }
    return true;
  }

  private int handOut(RecordHandler handler) {
    int handed = 0;
    while (handed < RECORDS_PER_POLL && !pending.isEmpty() && isCommitted(pending.getFirst())) {
      Raw raw = pending.removeFirst();
      hand(raw, handler);
      handed++;
    }
    return handed;
  }

  boolean isCommitted(Raw raw) {
    return raw.end() <= mark;
  }

  private void hand(Raw raw, RecordHandler handler) {
    moveTo(raw.end(), raw.chain(), raw.segment());
    deliver(raw, handler);
  }

  private static void deliver(Raw raw, RecordHandler handler) {
    int type = RecordFormat.type(raw.bytes(), 0);
    if (type >= RecordFormat.USER_MIN) {
      ByteBuffer payload =
          raw.bytes().slice(RecordFormat.HEADER, RecordFormat.payload(raw.bytes(), 0));
      handler.record(raw.position(), raw.end(), type, payload);
    }
  }

  private void moveTo(long end, long chainAtEnd, long segment) {
    position = end;
    positionChain = chainAtEnd;
    base = segment;
  }

  /// Answers whether that led anywhere.
  private boolean moveTo(Chain.Link next) {
    if (position < next.start()) {
      // Everything below the seal is committed and synced, so it must be readable; a name that is
      // not seen yet is looked for again.
      boolean news = mark < next.start();
      mark = Math.max(mark, next.start());
      scanner.sureUpTo(next.start());
      return news;
    }
    enter(next);
    return true;
  }

  /// Goes on in the next tenure, whose first segment begins at its start and holds the copied tail.
  private void enter(Chain.Link next) {
    bytesReadBefore += scanner.bytesRead();
    scanner.close();
    pending.clear();
    long wanted = position;
    long wantedChain = positionChain;
    link = next;
    base = next.start();
    position = next.start();
    positionChain = next.manifest().chain();
    scanner = new Scanner(storage, next.tenure(), base, position, positionChain);
    skipTo(wanted);
    if (positionChain != wantedChain) {
      throw new DamagedException(
          "what was applied up to "
              + wanted
              + " is not what "
              + next.tenure().directory()
              + " has");
    }
  }

  /// For a claimant that has fenced the tenure being read: reads on to its true end and hands out what is
  /// committed.
  ///
  /// @return the records above the newest committed mark
  Tail finish(Chain.Link last, RecordHandler handler) {
    catchUp(last, handler);
    // What is pending was read before the fence, perhaps from a cache; what counts is what is there
    // now.
    bytesReadBefore += scanner.bytesRead();
    scanner.close();
    pending.clear();
    scanner = new Scanner(storage, link.tenure(), base, position, positionChain);
    readOn(Long.MAX_VALUE, handler, true);
    requireUndamaged();
    return new Tail(
        position,
        positionChain,
        List.copyOf(pending),
        scanner.at(),
        scanner.chain(),
        newer(link.manifest().snapshot(), scanner.snapshot()));
  }

  /// After [#finish]: what may yet be written behind what was read.
  Zombie zombie() {
    return new Zombie(link.tenure(), scanner.base(), scanner.at(), scanner.chain());
  }

  /// For a node whose claim failed because of damage, before it claims again: the tenure being read is
  /// fenced since, so that what speaks of more than can be read is damage still.
  void requireSound(RecordHandler handler) {
    readOn(Long.MAX_VALUE, handler, false);
    requireUndamaged();
  }

  /// Reads to the end, or to where enough is handed out.
  ///
  /// @param authoritative whether to ask the file server for each segment
  private void readOn(long enough, RecordHandler handler, boolean authoritative) {
    boolean more = true;
    while (more && position < enough) {
      more = scan(authoritative);
      while (handOut(handler) > 0) {
        // all that is committed
      }
    }
  }

  private void requireUndamaged() {
    long end = scanner.at();
    if (end < mark || scanner.stop() == Scanner.Stop.GONE) {
      throw damaged("below the committed position " + mark);
    }
    if (settings.sync()) {
      Beyond.sign(storage, link.tenure(), scanner)
          .ifPresent(sign -> {
            throw damaged("and " + sign);
          });
    }
  }

  private DamagedException damaged(String why) {
    return new DamagedException(
        "the log cannot be read on at position "
            + scanner.at()
            + " in "
            + link.tenure().directory()
            + ", "
            + why);
  }

  private static SnapshotRef newer(SnapshotRef one, SnapshotRef other) {
    return one.position() > other.position() ? one : other;
  }

  /// All tenures up to the last are fenced, so that the end of each is decided and can be asked for.
  private void catchUp(Chain.Link last, RecordHandler handler) {
    if (link.tenure().epoch() < last.tenure().epoch()) {
      chain.extendTo(last);
    }
    while (link.tenure().epoch() < last.tenure().epoch()) {
      Chain.Link next = chain.after(link).orElseThrow();
      // Everything below a seal is committed.
      mark = Math.max(mark, next.start());
      readOn(next.start(), handler, true);
      if (position < next.start()) {
        throw damaged("before " + next.tenure().directory() + " begins");
      }
      enter(next);
    }
  }

  /// The records of a tenure above its newest committed mark.
  ///
  /// @param start the mark: where the tenure is to be sealed
  /// @param chain at `start`
  /// @param end after the last valid record
  /// @param endChain at `end`
  /// @param snapshot newest one that the tenure refers to
  record Tail(
      long start, long chain, List<Raw> records, long end, long endChain, SnapshotRef snapshot) {
    /// Before the first record of all.
    static final Tail NONE = new Tail(0, 0, List.of(), 0, 0, SnapshotRef.NONE);

    /// Hands these records out; to be called once they are committed.
    void handOut(RecordHandler handler) {
      for (Raw raw : records) {
        deliver(raw, handler);
      }
    }
  }

  @Override
  public void close() {
    scanner.close();
  }
}
