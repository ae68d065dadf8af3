package io.batonmq.sim.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.log.DamagedException;
import io.batonmq.log.LiveBodies;
import io.batonmq.log.SnapshotContent;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.LogVerify;
import io.batonmq.log.file.LogWriter;
import io.batonmq.log.file.Rewriter.Result;
import io.batonmq.log.file.SegmentFile;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import io.batonmq.sim.Operation;
import io.batonmq.sim.Scheduler;
import io.batonmq.sim.SimDisk;
import io.batonmq.sim.SimProcess;
import io.batonmq.sim.SimStorage;
import io.batonmq.sim.ha.History;
import io.batonmq.sim.ha.TinyReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A segment in which little is live gives its space back, and what is live reads as before: whoever
/// rewrites, whenever it stops.
class RewritingTest {
  private static final long PLENTY = 1L << 30;

  private final Scheduler scheduler = new Scheduler(7);
  private final SimDisk disk = new SimDisk(scheduler, SimDisk.Model.LOCAL);
  private final SimProcess process = scheduler.process("a");
  private final SimStorage storage = disk.mount(process);
  private final History history = new History();
  private final Kept kept = new Kept();

  @AfterEach
  void close() {
    scheduler.close();
  }

  private Sole start(String name) {
    return start(name, storage);
  }

  private Sole start(String name, Storage on) {
    return new Sole(on, process.clock(), history, name);
  }

  /// A store with a few sparse segments below a snapshot from which a cold start begins.
  private Sole sparse() {
    return sparse(start("a"));
  }

  private Sole sparse(Sole node) {
    kept.handTo(node);
    kept.append(node, 120, 10, 2_000);
    node.snapshot();
    kept.append(node, 60, 1_000, 2_000);
    node.snapshot();
    return node;
  }

  private List<String> names(String prefix) {
    return storage.list("").stream()
        .filter(name -> name.startsWith("epoch-"))
        .flatMap(name -> storage.list(name).stream().map(file -> name + "/" + file))
        .filter(path -> path.contains("/" + prefix))
        .toList();
  }

  private void sound() {
    assertThat(LogVerify.verify(storage).damages()).isEmpty();
    kept.read(new FileLog(storage, Sole.SMALL, "reader", () -> "reader"));
  }

  private static Result.Replaced replaced(Optional<Result> found) {
    return (Result.Replaced) found.orElseThrow();
  }

  @Test
  void whatIsLiveReadsAsBeforeAndTheRestIsGone() {
    var node = sparse();
    int segments = names("segment-").size();
    var done = node.rewrite();
    assertThat(done).hasSizeGreaterThan(2).allMatch(Result.Replaced.class::isInstance);
    assertThat(names("sparse-")).hasSize(done.size());
    assertThat(names("segment-")).hasSize(segments - done.size());
    assertThat(names("rewriting-")).isEmpty();
    sound();
    var report = LogVerify.verify(storage);
    assertThat(report.rewritten()).isEqualTo(done.size());
    assertThat(report.lines()).anyMatch(line -> line.matches("rewritten epoch-.* records=[1-9].*"));
    assertThat(node.rewrite()).as("once is enough").isEmpty();

    // Whoever asks for what was dead is told so.
    long dead = kept.positions().iterator().next() + 2_048;
    try (var reader = node.log().reader()) {
      assertThatThrownBy(() -> reader.read(dead)).isInstanceOf(DamagedException.class);
    }
    node.end();
    var next = start("b");
    assertThat(next.state()).isEqualTo(node.state());
    kept.read(next.log());
  }

  @Test
  void aSegmentIsRewrittenAgainAndThenDropped() {
    var node = sparse();
    int rewritten = node.rewrite().size();
    node.end();
    // By another node, of which the first life is over.
    var next = start("b");
    kept.handTo(next);
    kept.giveUpAllBut(next, 6);
    next.snapshot();
    var done = next.rewrite();
    assertThat(done).anyMatch(Result.Replaced.class::isInstance);
    assertThat(done).anyMatch(Result.Dead.class::isInstance);
    assertThat(names("sparse-")).hasSizeLessThan(rewritten);
    sound();
    kept.giveUpAllBut(next, Integer.MAX_VALUE);
    assertThat(kept.count()).isEqualTo(1);
    next.snapshot();
    next.rewrite();
    assertThat(names("sparse-")).hasSize(1);
    sound();
    // By extents, as for whole segments: none is live.
    kept.append(next, 60, 1_000, 2_000);
    next.snapshot();
    next.drop();
    assertThat(names("sparse-")).isEmpty();
  }

  /// Two rewritings of one tenure: the newer counts, whatever order a list has.
  @Test
  void theNewestRewritingCounts() {
    var node = start("a");
    kept.append(node, 1_000, 8, 500);
    node.snapshot();
    kept.append(node, 60, 1_000, 2_000);
    node.snapshot();
    assertThat(node.rewrite()).hasSizeBetween(5, 9);
    kept.giveUpAllBut(node, 4);
    node.snapshot();
    node.consider();
    for (var found = node.find(); found.isPresent(); found = node.find()) {
      assertThat(node.name(found.get())).isTrue();
      // The old one stays for now, as after a crash. Numbers go to where the order of letters is
      // another.
      node.rewriter().publish((Result.Replaced) found.get());
    }
    var older = names("sparse-");
    assertThat(older).hasSizeGreaterThan(10);
    for (var path : older) {
      long newest =
          older.stream()
              .filter(other -> other.startsWith(path.substring(0, path.lastIndexOf('-') + 1)))
              .mapToLong(other -> Long.parseLong(other.substring(other.lastIndexOf('-') + 1)))
              .max()
              .orElseThrow();
      if (!path.endsWith("-" + newest)) {
        disk.damage(path, 0, new byte[64]);
      }
    }
    kept.read(node.log());
  }

  /// While the old segment is there it counts, whatever was made of it.
  @Test
  void theSegmentItselfCountsWhileItIsThere() {
    var node = sparse();
    node.consider();
    var result = replaced(node.find());
    assertThat(node.name(result)).isTrue();
    node.rewriter().publish(result);
    var path = names("sparse-").getFirst();
    disk.damage(path, 0, new byte[64]);
    kept.read(node.log());
  }

  @Test
  void aSegmentThatIsMostlyLiveIsLeftAlone() {
    var node = start("a");
    kept.append(node, 120, 3, 2_000);
    node.snapshot();
    kept.append(node, 60, 1_000, 2_000);
    node.snapshot();
    var before = names("");
    assertThat(node.rewrite()).noneMatch(Result.Replaced.class::isInstance);
    assertThat(names("sparse-")).isEmpty();
    assertThat(before).containsAll(names(""));
  }

  private static SnapshotContent content(long position, LiveBodies bodies) {
    return new SnapshotContent() {
      @Override
      public long position() {
        return position;
      }

      @Override
      public void writeTo(Consumer<ByteBuffer> blocks) {}

      @Override
      public Optional<LiveBodies> bodies() {
        return Optional.of(bodies);
      }
    };
  }

  /// A deep backlog is not walked through for nothing.
  @Test
  void whatLooksFullIsNotLookedThrough() {
    var node = sparse();
    long anchored = node.writer().anchored().position();
    var full = new Sole.Live(Map.of(), 40_000);
    node.rewriter().consider(content(node.writer().end(), full), anchored);
    assertThat(node.rewriter().doWork(_ -> {})).isFalse();
    assertThat(full.visits()).isZero();
    var sparse = new Sole.Live(Map.of(), 1_000);
    node.rewriter().consider(content(node.writer().end(), sparse), anchored);
    assertThat(node.rewriter().doWork(_ -> {})).isTrue();
    assertThat(sparse.visits()).isPositive();
  }

  /// Segments that look sparse and are not do not keep the others from their turn for good.
  @Test
  void everySegmentHasItsTurn() {
    var node = start("a");
    for (int i = 0; i < 70; i++) {
      node.keep(40_000);
      node.commit();
    }
    kept.append(node, 60, 20, 2_000);
    node.snapshot();
    kept.append(node, 60, 1_000, 2_000);
    node.snapshot();
    assertThat(node.rewrite()).isEmpty();
    assertThat(node.rewrite()).isNotEmpty();
    sound();
  }

  /// What lies above the snapshot from which a cold start begins is read record by record.
  @Test
  void nothingIsRewrittenAboveTheSnapshotThatAColdStartNeeds() {
    var node = start("a");
    kept.append(node, 120, 20, 2_000);
    node.snapshot();
    assertThat(node.writer().anchored().position()).isZero();
    assertThat(node.rewrite()).isEmpty();
    kept.append(node, 60, 1_000, 2_000);
    long anchored = node.writer().anchored().position();
    assertThat(anchored).isPositive();
    node.snapshot();
    assertThat(node.rewrite())
        .isNotEmpty()
        .allMatch(result ->
            ((Result.Replaced) result).files().stream().allMatch(file -> file.base() < anchored));
    sound();
  }

  /// What is dead in a state that is not committed may live on the next node.
  @Test
  void nothingIsWrittenBeforeTheSnapshotIsCommitted() {
    var node = sparse();
    var content = content(node.writer().end(), new Sole.Live(Map.of(), 0));
    node.rewriter().consider(content, node.writer().anchored().position());
    node.rewriter().committed(content.position() - 1);
    List<Result> found = new ArrayList<>();
    while (node.rewriter().doWork(found::add)) {
      // gathers
    }
    assertThat(found).isEmpty();
    node.rewriter().committed(content.position());
    while (node.rewriter().doWork(found::add)) {
      // all of them are dead
    }
    assertThat(found).isNotEmpty();
  }

  /// A record that is said to be live and can not be read is not left out: nothing is rewritten then.
  @Test
  void aSegmentWhoseLiveRecordsCanNotBeReadStays() {
    var node = sparse();
    for (long position : kept.positions()) {
      var path =
          names("segment-").stream()
              .filter(name -> base(name) <= position)
              .reduce((_, last) -> last)
              .orElseThrow();
      disk.damage(path, position - base(path) + 4096 + 100, new byte[] {1, 2, 3});
    }
    assertThat(node.rewrite()).isEmpty();
    assertThat(names("sparse-")).isEmpty();
    assertThat(names("rewriting-")).isEmpty();
    assertThat(node.writer().ended()).isEmpty();
  }

  private static long base(String path) {
    return Long.parseUnsignedLong(path.substring(path.lastIndexOf('-') + 1), 16);
  }

  // ---- a node that was superseded

  /// Its record is not committed, so it names nothing, and what it wrote counts for nothing.
  @Test
  void aRewritingThatIsNotCommittedCountsForNothing() {
    var zombie = sparse();
    zombie.consider();
    var result = zombie.find().orElseThrow();
    var before = names("segment-");
    var next = start("b", disk.mount(scheduler.process("b")));
    kept.handTo(next);
    assertThat(zombie.name(result)).isFalse();
    assertThat(zombie.writer().ended().orElseThrow()).isInstanceOf(LogWriter.End.Superseded.class);
    assertThat(names("sparse-")).isEmpty();
    assertThat(names("segment-")).containsAll(before);
    assertThat(names("rewriting-")).hasSize(1);
    clearLeftovers(next);
    assertThat(names("rewriting-")).isEmpty();
    sound();
  }

  private static void clearLeftovers(Sole node) {
    for (int i = 0; i < 20 && node.writer().prepareSpare(); i++) {
      // one directory, or one spare
    }
  }

  /// Named by a committed record of its own, but late: its successor has cleared the file away, so nothing
  /// may be unlinked for it.
  @Test
  void whatASuccessorHasClearedAwayReplacesNothing() {
    var zombie = sparse();
    zombie.consider();
    var result = zombie.find().orElseThrow();
    assertThat(zombie.name(result)).isTrue();
    var before = names("segment-");
    var next = start("b", disk.mount(scheduler.process("b")));
    clearLeftovers(next);
    assertThatThrownBy(() -> zombie.carryOut(result))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.MISSING));
    assertThat(names("segment-")).containsAll(before);
    sound();
  }

  /// As above, but it comes before its successor has cleared anything away: the file counts, and holds all
  /// that its successor can need.
  @Test
  void aRewritingThatWasCommittedMayBeCarriedOutLate() {
    var zombie = sparse();
    zombie.consider();
    var result = zombie.find().orElseThrow();
    assertThat(zombie.name(result)).isTrue();
    var next = start("b", disk.mount(scheduler.process("b")));
    kept.handTo(next);
    kept.read(next.log());
    zombie.carryOut(result);
    sound();
    // Its successor goes on from there, and rewrites all of them once more in its own way.
    kept.giveUpAllBut(next, 2);
    next.snapshot();
    next.rewrite();
    sound();
  }

  /// As above, but the successor has rewritten the same segment meanwhile.
  @Test
  void twoRewritingsOfOneSegmentDoNotHarmEachOther() {
    var zombie = sparse();
    zombie.consider();
    var late = replaced(zombie.find());
    assertThat(zombie.name(late)).isTrue();
    var next = start("b", disk.mount(scheduler.process("b")));
    kept.handTo(next);
    next.snapshot();
    assertThat(next.rewrite())
        .anyMatch(result ->
            result instanceof Result.Replaced replaced
                && replaced.by().base() == late.by().base());
    zombie.carryOut(late);
    sound();
    // The one of the older epoch is of no use, and goes.
    kept.giveUpAllBut(next, 4);
    next.snapshot();
    next.rewrite();
    sound();
    var older = names("sparse-");
    assertThat(older)
        .noneMatch(path ->
            path.startsWith("epoch-0000000001")
                && path.contains("%016x".formatted(late.by().base())));
  }

  // ---- a disk that is full, or fails

  private void leave(long bytes) {
    disk.capacity(PLENTY);
    disk.capacity(PLENTY - storage.usableBytes() + bytes);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 4_000, 16_000, 17_000})
  void withoutRoomNothingIsBegun(long left) {
    var node = sparse();
    leave(left);
    var before = names("");
    assertThat(node.rewrite()).isEmpty();
    assertThat(names("")).isEqualTo(before);
    assertThat(node.writer().ended()).isEmpty();
    disk.capacity(PLENTY);
    assertThat(node.rewrite()).isNotEmpty();
    sound();
  }

  /// With a little more than what is never taken it goes on, and makes room.
  @Test
  void aDiskThatIsAlmostFullGetsItsSpaceBack() {
    var node = sparse();
    leave(30_000);
    assertThat(node.rewrite()).isNotEmpty();
    assertThat(storage.usableBytes()).isGreaterThan(100_000);
    sound();
  }

  @ParameterizedTest
  @ValueSource(strings = {"CREATE", "WRITE", "SYNC"})
  void aRewritingForWhichTheRoomRunsOutIsGivenUp(String operation) {
    var node = sparse();
    node.consider();
    storage.failNext(Operation.valueOf(operation), Kind.NO_SPACE);
    assertThat(node.find()).isEmpty();
    assertThat(names("sparse-")).isEmpty();
    assertThat(names("rewriting-")).isEmpty();
    assertThat(node.writer().ended()).isEmpty();
    sound();
    assertThat(node.rewrite()).isNotEmpty();
    sound();
  }

  @Test
  void aFailedSyncIsFinalAndNothingIsNamed() {
    var node = sparse();
    node.consider();
    storage.failNext(Operation.SYNC, Kind.IO);
    assertThatThrownBy(node::find).isInstanceOf(StorageException.class);
    assertThat(names("sparse-")).isEmpty();
    assertThat(names("rewriting-")).isEmpty();
    sound();
  }

  /// The file server says that it has made a name, loses its power, and has no such name.
  @Test
  void aNameThatVanishesIsNoticedBeforeAnythingIsUnlinked() {
    var forgetful =
        new FailingAt(disk.mount(scheduler.process("b")), Operation.LINK, 0) {
          @Override
          public boolean link(String existing, String name) {
            return name.contains("/sparse-") || super.link(existing, name);
          }
        };
    var node = sparse(start("a", forgetful));
    var before = names("segment-");
    assertThatThrownBy(node::rewrite)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("vanished");
    assertThat(names("segment-")).containsAll(before);
    sound();
  }

  // ---- damage

  private void damagedAt(String path, byte[] content, String what) {
    storage.remove(path);
    try (var file = storage.createExclusive(path).orElseThrow()) {
      file.write(0, ByteBuffer.wrap(content));
      file.sync();
    }
    var report = LogVerify.verify(storage);
    assertThat(report.damages()).as(what).isNotEmpty();
    assertThat(report.damages()).as(what).allMatch(damage -> damage.contains(path));
    var log = new FileLog(storage, Sole.SMALL, "reader", () -> "reader");
    int refused = 0;
    for (long position : kept.positions()) {
      try (var reader = log.reader()) {
        assertThat(History.hash(reader.read(position))).as(what).isEqualTo(kept.hash(position));
      } catch (DamagedException e) {
        assertThat(e).hasMessageContaining("baton data verify");
        refused++;
      }
    }
    assertThat(refused).as(what).isBetween(0, 5);
  }

  @Test
  void noBitOfARewrittenSegmentChangesUnnoticed() {
    sparse().rewrite();
    var path = names("sparse-").getFirst();
    var sound = disk.content(path).orElseThrow();
    for (int at = 0; at < sound.length; at += at < 400 ? 1 : 37) {
      var damaged = sound.clone();
      // What fills up a record to a multiple of 8 holds nothing; these records need none.
      damaged[at] ^= 0x10;
      damagedAt(path, damaged, "byte " + at);
    }
    for (int length = 0; length < sound.length; length += 97) {
      damagedAt(path, Arrays.copyOf(sound, length), "cut off at " + length);
    }
  }

  /// A file that is sound by itself, and not the one that the log has named.
  @Test
  void anotherFileUnderTheNameIsFound() {
    var node = sparse();
    var done = node.rewrite();
    var by = ((Result.Replaced) done.getFirst()).by();
    var other = ((Result.Replaced) done.get(1)).by();
    var path = path(by);
    var right = disk.content(path).orElseThrow();
    damagedAt(path, disk.content(path(other)).orElseThrow(), "the file of another segment");
    damagedAt(path, Shortened.byOne(right), "one record less");
    assertThat(LogVerify.verify(storage).damages())
        .anyMatch(damage -> damage.contains("is not what the log has named"));
  }

  private String path(SegmentFile file) {
    return names("sparse-%016x-%d".formatted(file.base(), file.generation())).getFirst();
  }

  @Test
  void aTakeOverReadsWhatWasRewrittenBefore() {
    var node = sparse();
    node.rewrite();
    node.end();
    var reader = new TinyReader(history);
    assertThat(reader.readAll(storage, Sole.SMALL)).isPresent();
    assertThat(reader.state()).isEqualTo(node.state());
    sound();
  }
}
