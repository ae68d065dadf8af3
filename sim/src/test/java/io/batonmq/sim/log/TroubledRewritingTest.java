package io.batonmq.sim.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.log.DamagedException;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.LogVerify;
import io.batonmq.log.file.LogWriter;
import io.batonmq.log.file.Rewriter.Result;
import io.batonmq.log.file.SegmentFile;
import io.batonmq.seam.StorageException;
import io.batonmq.seam.StorageException.Kind;
import io.batonmq.sim.Operation;
import io.batonmq.sim.ha.History;
import io.batonmq.sim.ha.TinyReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever rewrites, whenever it stops, and whatever becomes of the file: what is live reads as before, or it
/// is said that it does not.
class TroubledRewritingTest extends SparseStore {
  private static final long PLENTY = 1L << 30;

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
            result instanceof Result.Replaced replaced && replaced.by().base() == late.by().base());
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
