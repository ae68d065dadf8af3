package io.batonmq.sim.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.log.LogSettings;
import io.batonmq.log.RecordFormat;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.Follower;
import io.batonmq.log.file.LogVerify;
import io.batonmq.log.file.RecordReader;
import io.batonmq.sim.Chance;
import io.batonmq.sim.Scheduler;
import io.batonmq.sim.SimDisk;
import io.batonmq.sim.SimProcess;
import io.batonmq.sim.SimStorage;
import io.batonmq.sim.ha.History;
import io.batonmq.sim.ha.TinyReader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The log against a model of twenty lines: a list of what was appended, and how much of it is committed.
class LogPropertyTest {
  private static final int SEEDS = Integer.getInteger("log.seeds", 60);

  /// All that a log is, as far as anybody can see.
  private static final class Model {
    final TreeMap<Long, Integer> sizes = new TreeMap<>();
    final List<Long> positions = new ArrayList<>();
    long committed;

    /// Below it only what is needed is there.
    long droppedBelow;

    final TreeSet<Long> needed = new TreeSet<>();

    boolean isThere(long position) {
      return position >= droppedBelow || needed.contains(position);
    }

    void append(long position, int size) {
      sizes.put(position, size);
      positions.add(position);
    }

    /// Positions of the user's records that a follower may have been handed.
    List<Long> committedPositions() {
      return positions.stream()
          .filter(at -> at + RecordFormat.length(sizes.get(at)) <= committed)
          .toList();
    }
  }

  private static final class World implements AutoCloseable {
    final Scheduler scheduler;
    final SimProcess process;
    final SimStorage storage;
    final SimStorage other;
    final Chance chance;
    final History history = new History();
    final Model model = new Model();
    final List<Long> handed = new ArrayList<>();
    Sole node;
    Optional<Follower> follower = Optional.empty();
    int lives;
    int rewritten;

    World(long seed) {
      scheduler = new Scheduler(seed);
      var disk =
          new SimDisk(scheduler, seed % 2 == 0 ? SimDisk.Model.LOCAL : SimDisk.Model.NETWORK);
      process = scheduler.process("node");
      storage = disk.mount(process);
      other = disk.mount(scheduler.process("standby"));
      chance = scheduler.chance().fork();
      node = start();
    }

    Sole start() {
      return new Sole(storage, process.clock(), history, "life" + ++lives);
    }

    void step() {
      switch (chance.below(12)) {
        case 0, 1, 2, 3, 4 -> append();
        case 5, 6 -> commit();
        case 7 -> follow();
        case 8 -> mark();
        case 9 -> node.writer().prepareSpare();
        case 10 -> occasionally();
        default -> node.work();
      }
    }

    private void append() {
      for (int i = chance.below(6); i >= 0; i--) {
        int size =
            switch (chance.below(30)) {
              case 0 -> 0;
              case 1 -> chance.below(300_000);
              case 2 -> (64 << 10) - 48;
              default -> chance.below(5_000);
            };
        boolean needed = chance.oneIn(20);
        long position = needed ? node.keep(size) : node.append(size);
        model.append(position, size);
        if (needed) {
          model.needed.add(position);
        }
      }
    }

    private void commit() {
      node.commit();
      model.committed = node.writer().committed();
    }

    /// After a silence the follower has all of it.
    private void mark() {
      commit();
      commit();
      assertThat(model.committed).isEqualTo(node.writer().end());
      node.idle();
      process.sleep(Duration.ofMillis(60));
      node.idle();
      commit();
      node.work();
      follow();
      assertThat(handed).isEqualTo(model.positions);
    }

    private void follow() {
      if (follower.isEmpty()) {
        var log = new FileLog(other, Sole.SMALL, "standby", () -> "standby");
        if (log.chain().isPresent()) {
          var snapshot = log.newestSnapshot();
          follower = Optional.of(log.follow(snapshot.position()));
          handed.clear();
          model.positions.stream().filter(at -> at < snapshot.position()).forEach(handed::add);
        }
      }
      follower.ifPresent(in -> {
        int calls = 0;
        while (in.poll((at, end, type, payload) -> handed.add(at)) > 0) {
          assertThat(++calls).isLessThan(10_000);
        }
      });
      // Exactly the committed prefix, in order, each once.
      var committed = model.committedPositions();
      assertThat(handed).hasSizeLessThanOrEqualTo(committed.size());
      assertThat(handed).isEqualTo(committed.subList(0, handed.size()));
    }

    private void occasionally() {
      switch (chance.below(5)) {
        case 0 -> snapshot();
        case 1 -> {
          mark();
          // It has no extents, and takes all with it.
          node.drop();
          model.droppedBelow = node.writer().anchored().position();
          model.needed.headSet(model.droppedBelow).forEach(node::giveUp);
          model.needed.headSet(model.droppedBelow).clear();
          commit();
        }
        case 2 -> restart();
        case 3 -> rewrite();
        default -> readAll();
      }
    }

    private void snapshot() {
      model.append(node.writer().end(), 40);
      node.snapshot();
      commit();
    }

    private void rewrite() {
      for (long position : List.copyOf(model.needed)) {
        if (chance.oneIn(4)) {
          model.needed.remove(position);
          node.giveUp(position);
        }
      }
      snapshot();
      mark();
      long below = node.writer().anchored().position();
      rewritten += node.rewrite().size();
      model.droppedBelow = Math.max(model.droppedBelow, below);
      commit();
      readAll();
    }

    private void restart() {
      node.commit();
      commit();
      node.end();
      node = start();
      model.needed.forEach(position -> node.keep(position, model.sizes.get(position)));
      model.committed = node.writer().committed();
      assertThat(model.committed).isEqualTo(node.writer().end());
    }

    private void readAll() {
      try (RecordReader reader = node.log().reader()) {
        for (long at : model.committedPositions()) {
          if (model.isThere(at)) {
            assertThat(reader.read(at).remaining()).isEqualTo(model.sizes.get(at));
          }
        }
      }
    }

    void end() {
      mark();
      readAll();
      node.end();
      var report = LogVerify.verify(storage);
      assertThat(report.damages()).isEmpty();
      assertThat(report.end()).isEqualTo(node.writer().end());
      assertThat(report.committed()).isLessThanOrEqualTo(report.end());
      var reader = new TinyReader(history);
      assertThat(reader.readAll(storage, Sole.SMALL)).isPresent();
      assertThat(reader.state()).isEqualTo(node.state());
    }

    @Override
    public void close() {
      scheduler.close();
    }
  }

  @Test
  void itIsAListWhateverIsDoneToIt() {
    int rewritten = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      try (var world = new World(seed)) {
        try {
          for (int step = 0; step < 120; step++) {
            world.step();
          }
          world.end();
          rewritten += world.rewritten;
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
      }
    }
    assertThat(rewritten).as("rewritten or found to be dead").isGreaterThan(SEEDS / 2);
  }

  @Test
  void theLargestRecordFitsAndALargerOneIsRefused() {
    try (var world = new World(2)) {
      var writer = world.node.writer();
      var largest = ByteBuffer.allocate(RecordFormat.PAYLOAD_MAX);
      largest.putLong(8, 42);
      long position = writer.append(16, largest);
      world.node.commit();
      assertThat(writer.committed()).isEqualTo(writer.end());
      try (var reader = world.node.log().reader()) {
        assertThat(reader.read(position)).isEqualTo(largest);
      }
      var larger = ByteBuffer.allocate(RecordFormat.PAYLOAD_MAX + 1);
      assertThatThrownBy(() -> writer.append(16, larger))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(writer.end()).isEqualTo(writer.committed());
    }
  }

  @Test
  void aTypeOfTheLogIsRefused() {
    try (var world = new World(2)) {
      var writer = world.node.writer();
      assertThatThrownBy(() -> writer.append(3, ByteBuffer.allocate(0)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(writer.end()).isZero();
    }
  }

  /// A batch that gathers while another is handed over and a third is written is the last: the owner is
  /// told to wait.
  @Test
  void theGatheringBatchHasALimit() {
    try (var world = new World(2)) {
      var writer = world.node.writer();
      writer.append(16, ByteBuffer.allocate(100));
      writer.flush();
      int appended = 0;
      while (!writer.full()) {
        writer.append(16, ByteBuffer.allocate(1000));
        assertThat(++appended).isLessThan(100);
      }
      world.node.work();
      assertThat(writer.full()).isFalse();
      writer.flush();
      world.node.work();
      assertThat(writer.committed()).isEqualTo(writer.end());
    }
  }

  @Test
  void aSegmentHasLimits() {
    assertThatThrownBy(() -> new LogSettings(1000, 1000, 1, 1, 1, true))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
