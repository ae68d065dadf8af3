package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.log.RecordFormat;
import io.batonmq.log.SnapshotRef;
import io.batonmq.seam.Storage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/// Reads everything that counts in a store and says what it found. Changes nothing; may run beside an
/// active node, and then sees its newest records as uncommitted.
public final class LogVerify {
  private final Storage storage;
  private final List<String> lines = new ArrayList<>();
  private final List<String> damages = new ArrayList<>();
  private long segments;
  private long records;
  private long bytes;
  private long mark;
  private long end;
  private SnapshotRef snapshot = SnapshotRef.NONE;

  private LogVerify(Storage storage) {
    this.storage = storage;
  }

  /// What was found.
  ///
  /// @param lines one sentence each, in the order of the log
  /// @param damages what contradicts itself below the committed mark; empty for a sound store
  /// @param records valid records that count
  /// @param bytes they take
  /// @param committed newest committed mark
  /// @param end position after the newest valid record
  public record Report(
      List<String> lines,
      List<String> damages,
      long tenures,
      long segments,
      long records,
      long bytes,
      long committed,
      long end,
      SnapshotRef snapshot) {

    public boolean sound() {
      return damages.isEmpty();
    }
  }

  /// Reads a store.
  public static Report verify(Storage storage) {
    LogVerify verify = new LogVerify(storage);
    int tenures = 0;
    try {
      tenures = verify.chain();
    } catch (DamagedException e) {
      verify.damages.add(String.valueOf(e.getMessage()));
    }
    return new Report(
        List.copyOf(verify.lines),
        List.copyOf(verify.damages),
        tenures,
        verify.segments,
        verify.records,
        verify.bytes,
        verify.mark,
        verify.end,
        verify.snapshot);
  }

  private int chain() {
    Chain chain = new Chain(storage, new Register(storage));
    List<Chain.Link> links = chain.links();
    for (int i = 0; i < links.size(); i++) {
      boolean newest = i == links.size() - 1;
      tenure(links.get(i), newest ? Long.MAX_VALUE : links.get(i + 1).start());
    }
    if (snapshot.position() > 0) {
      snapshot();
    }
    return links.size();
  }

  private void tenure(Chain.Link link, long seal) {
    Tenure tenure = link.tenure();
    NavigableSet<Long> bases = new TreeSet<>();
    for (String name : storage.list(tenure.directory())) {
      Segment.base(name).filter(base -> base < seal).ifPresent(bases::add);
    }
    long from = link.start();
    long before = records;
    while (from < seal) {
      Long base = bases.ceiling(from);
      if (base == null) {
        break;
      }
      Optional<Segment> head = head(tenure, base);
      if (head.isEmpty()) {
        from = base + 1;
        continue;
      }
      from = Math.max(base + 1, run(tenure, head.get(), seal, bases));
    }
    lines.add(
        tenure.directory()
            + " from="
            + link.start()
            + " records="
            + (records - before)
            + (seal == Long.MAX_VALUE ? "" : " sealed=" + seal));
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

  /// Reads segments that follow each other without a gap; answers where the next run may begin.
  private long run(Tenure tenure, Segment first, long seal, NavigableSet<Long> bases) {
    note(first);
    try (Scanner scanner =
        new Scanner(storage, tenure, first.base(), first.base(), first.chain())) {
      long base = first.base();
      while (scanner.at() < seal) {
        Optional<ByteBuffer> record = scanner.next(false);
        if (record.isEmpty()) {
          break;
        }
        if (scanner.base() != base) {
          base = scanner.base();
          head(tenure, base).ifPresent(this::note);
        }
        records++;
        bytes += RecordFormat.length(record.get().remaining() - RecordFormat.HEADER);
        mark = Math.max(mark, RecordFormat.committed(record.get(), 0));
        end = Math.max(end, scanner.at());
      }
      ended(tenure, scanner, seal, bases);
      Long next = bases.higher(base);
      return next == null ? seal : next;
    }
  }

  private void note(Segment segment) {
    segments++;
    if (segment.snapshot().position() >= snapshot.position()) {
      snapshot = segment.snapshot();
    }
  }

  private void ended(Tenure tenure, Scanner scanner, long seal, NavigableSet<Long> bases) {
    long at = scanner.at();
    if (at >= seal) {
      return;
    }
    // Below the newest snapshot segments may have been dropped, so that a run ends at a gap.
    boolean gapAllowed =
        scanner.stop() == Scanner.Stop.END && at <= snapshot.position() && bases.higher(at) != null;
    boolean below = at < mark || (seal != Long.MAX_VALUE && at < seal);
    if (below && !gapAllowed) {
      damages.add(
          "records end at position "
              + at
              + " in "
              + tenure.directory()
              + ", below the committed position "
              + Math.max(mark, seal == Long.MAX_VALUE ? 0 : seal));
    } else if (scanner.stop() == Scanner.Stop.DAMAGE) {
      lines.add("torn record at position " + at + ", above the committed position " + mark);
    }
  }

  private void snapshot() {
    long[] size = new long[1];
    new Snapshots(storage).read(snapshot, block -> size[0] += block.remaining());
    lines.add(
        "snapshot " + snapshot.name() + " position=" + snapshot.position() + " bytes=" + size[0]);
  }
}
