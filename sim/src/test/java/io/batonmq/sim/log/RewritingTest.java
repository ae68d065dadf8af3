package io.batonmq.sim.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.log.DamagedException;
import io.batonmq.log.LiveBodies;
import io.batonmq.log.SnapshotContent;
import io.batonmq.log.file.LogVerify;
import io.batonmq.log.file.Rewriter.Result;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// A segment in which little is live gives its space back, and what is live reads as before.
class RewritingTest extends SparseStore {
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
}
