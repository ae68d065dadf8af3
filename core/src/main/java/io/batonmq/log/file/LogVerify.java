package io.batonmq.log.file;

import io.batonmq.log.DamagedException;
import io.batonmq.log.RecordFormat;
import io.batonmq.log.SnapshotRef;
import io.batonmq.seam.Storage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/// Reads everything that counts in a store and says what it found. Changes nothing; may run beside an
/// active node, and then sees its newest records as uncommitted.
public final class LogVerify {
  private final Storage storage;
  private final LongConsumer progress;
  private final List<String> lines = new ArrayList<>();
  private final List<String> damages = new ArrayList<>();
  private final RewrittenVerify rewritten;
  private long segments;
  private long records;
  private long bytes;
  private long mark;
  private long end;
  private SnapshotRef snapshot = SnapshotRef.NONE;

  private LogVerify(Storage storage, LongConsumer progress) {
    this.storage = storage;
    this.progress = progress;
    this.rewritten = new RewrittenVerify(storage);
  }

  /// What was found.
  ///
  /// @param lines one sentence each, in the order of the log
  /// @param damages what contradicts itself below the committed mark; empty for a sound store
  /// @param rewritten segments that were rewritten, of which only live records are left
  /// @param records valid records that count, without those in rewritten segments
  /// @param bytes they take
  /// @param committed newest committed mark
  /// @param end position after the newest valid record
  public record Report(
      List<String> lines,
      List<String> damages,
      long tenures,
      long segments,
      long rewritten,
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
    return verify(storage, _ -> {});
  }

  /// Reads a store, and says on the way how many bytes it has read.
  public static Report verify(Storage storage, LongConsumer progress) {
    LogVerify verify = new LogVerify(storage, progress);
    int tenures = 0;
    try {
      tenures = verify.chain();
    } catch (DamagedException e) {
      verify.damages.add(e.what());
    }
    return new Report(
        List.copyOf(verify.lines),
        List.copyOf(verify.damages),
        tenures,
        verify.segments,
        verify.rewritten.count(),
        verify.records,
        verify.bytes,
        verify.mark,
        verify.end,
        verify.snapshot);
  }

  private int chain() {
    damages.addAll(new Witnesses(storage, new Register(storage)).lost());
    List<Chain.Link> links = new Chain(storage, new Register(storage)).links();
    List<NavigableMap<Long, Segment>> heads = new ArrayList<>();
    for (int i = 0; i < links.size(); i++) {
      long seal = i < links.size() - 1 ? links.get(i + 1).start() : Long.MAX_VALUE;
      heads.add(heads(links.get(i), seal));
    }
    for (int i = 0; i < links.size(); i++) {
      Optional<Chain.Link> next =
          i < links.size() - 1 ? Optional.of(links.get(i + 1)) : Optional.empty();
      tenure(links.get(i), next, heads.get(i));
    }
    links.forEach(link -> rewritten.verify(link.tenure()));
    lines.addAll(rewritten.lines());
    damages.addAll(rewritten.damages());
    if (snapshot.position() > 0) {
      snapshot();
    }
    return links.size();
  }

  private NavigableMap<Long, Segment> heads(Chain.Link link, long seal) {
    NavigableMap<Long, Segment> heads = new TreeMap<>();
    note(link.manifest().snapshot());
    for (String name : storage.list(link.tenure().directory())) {
      Segment.base(name)
          .filter(base -> base >= link.start() && base < seal)
          .ifPresent(base -> head(link, base, heads));
    }
    return heads;
  }

  private void head(Chain.Link link, long base, NavigableMap<Long, Segment> heads) {
    if (Segment.standing(storage, link.tenure(), base) == Segment.Standing.DAMAGED) {
      damage(link, base, Segment.name(base) + " has a damaged head");
    }
    Segment.head(storage, link.tenure(), base)
        .ifPresent(head -> {
          heads.put(base, head);
          note(head.snapshot());
          segments++;
        });
  }

  private void note(SnapshotRef ref) {
    if (ref.position() > snapshot.position()) {
      snapshot = ref;
    }
  }

  private void tenure(
      Chain.Link link, Optional<Chain.Link> next, NavigableMap<Long, Segment> heads) {
    long before = records;
    long seal = next.map(Chain.Link::start).orElse(Long.MAX_VALUE);
    long at = link.start();
    long chain = link.manifest().chain();
    Map.Entry<Long, Segment> entry = heads.ceilingEntry(at);
    if (entry == null && next.isEmpty()) {
      damage(link, at, "its segments are missing");
    }
    while (entry != null) {
      Segment head = entry.getValue();
      if (head.base() > at) {
        gap(link, at, head.base());
      } else if (head.chain() != chain) {
        damage(link, at, "its segment continues something else");
      }
      try (Scanner run = run(link, head, seal, heads)) {
        at = run.at();
        chain = run.chain();
        entry = at < seal ? heads.higherEntry(run.base()) : null;
        if (at < seal && entry == null && next.isEmpty()) {
          tail(link, run);
        } else if (at < seal && run.stop() != Scanner.Stop.END) {
          damage(link, at, "committed records follow");
        }
      }
    }
    if (at < seal && next.isPresent()) {
      gap(link, at, seal);
    } else if (next.isPresent() && (at > seal || chain != next.get().manifest().chain())) {
      damage(link, seal, next.get().tenure().directory() + " continues something else");
    }
    lines.add(
        link.tenure().directory()
            + " from="
            + link.start()
            + " records="
            + (records - before)
            + (next.isPresent() ? " sealed=" + seal : ""));
  }

  /// Reads segments that follow each other without a gap.
  private Scanner run(
      Chain.Link link, Segment first, long seal, NavigableMap<Long, Segment> heads) {
    Scanner scanner =
        new Scanner(storage, link.tenure(), first.base(), first.base(), first.chain());
    scanner.sureUpTo(heads.lastKey() + 1);
    while (scanner.at() < seal) {
      Optional<ByteBuffer> record = scanner.next(false);
      if (record.isEmpty()) {
        break;
      }
      rewritten.note(record.get());
      records++;
      bytes += RecordFormat.length(record.get().remaining() - RecordFormat.HEADER);
      progress.accept(bytes);
      mark = Math.max(mark, RecordFormat.committed(record.get(), 0));
      end = Math.max(end, scanner.at());
    }
    return scanner;
  }

  /// Segments that are missing below the snapshot from which a cold start begins were dropped.
  private void gap(Chain.Link link, long from, long to) {
    if (to > snapshot.position()) {
      damage(link, from, "the records up to position " + to + " are missing");
    }
  }

  /// Where the newest tenure ends: torn, or damaged.
  private void tail(Chain.Link link, Scanner run) {
    Optional<String> sign = Beyond.sign(storage, link.tenure(), run);
    if (sign.isPresent() && run.next(false).isPresent()) {
      lines.add("an active node is writing after position " + run.at());
    } else if (sign.isPresent() || run.stop() == Scanner.Stop.GONE) {
      damage(link, run.at(), sign.orElse("its segment is gone"));
    } else if (run.stop() == Scanner.Stop.DAMAGE) {
      lines.add("torn record at position " + run.at() + ", above the committed position " + mark);
    }
  }

  private void damage(Chain.Link link, long at, String why) {
    damages.add("position " + at + " in " + link.tenure().directory() + ": " + why);
  }

  private void snapshot() {
    long[] size = new long[1];
    Snapshots snapshots = new Snapshots(storage);
    snapshots.read(snapshot, block -> size[0] += block.remaining());
    lines.add(
        "snapshot "
            + snapshot.name()
            + " position="
            + snapshot.position()
            + " bytes="
            + size[0]
            + " files="
            + (1 + snapshots.needs(snapshot).size()));
  }
}
