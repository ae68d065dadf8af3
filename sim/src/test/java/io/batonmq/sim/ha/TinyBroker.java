package io.batonmq.sim.ha;

import io.batonmq.ha.Role;
import io.batonmq.log.FencedException;
import io.batonmq.log.RecordFormat;
import io.batonmq.log.SnapshotContent;
import io.batonmq.log.SnapshotRef;
import io.batonmq.log.file.LogWriter;
import io.batonmq.log.file.Reclaimer;
import io.batonmq.log.file.SegmentFile;
import io.batonmq.seam.Now;
import io.batonmq.seam.StorageException;
import io.batonmq.sim.Chance;
import io.batonmq.sim.SimTask;
import io.batonmq.sim.ha.History.State;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What an active node does: appends numbered records, confirms them when they are committed, writes
/// snapshots and drops segments; on three lanes, as the real one.
final class TinyBroker {
  private static final int DATA = RecordFormat.USER_MIN;
  private static final int SNAPSHOT = RecordFormat.USER_MIN + 1;
  private static final int RECORDS_PER_SNAPSHOT = 60;

  private final SimNode node;
  private final LogWriter writer;
  private final Chance chance;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private State state;
  private long sinceSnapshot;

  private boolean quiescing;
  private boolean quiesced;
  private boolean released;

  private @Nullable SimTask broker;
  private @Nullable SimTask logLane;

  // Between the lanes; one of them runs at any moment.
  private @Nullable SnapshotContent snapshotToWrite;
  private @Nullable SnapshotRef snapshotWritten;
  private @Nullable List<SegmentFile> droppable;
  private @Nullable List<SegmentFile> toUnlink;
  private boolean reclaim;

  private record Waiting(long end, State state, Runnable then) {}

  private record Frozen(long position, State state) implements SnapshotContent {
    @Override
    public void writeTo(Consumer<ByteBuffer> blocks) {
      blocks.accept(ByteBuffer.allocate(16).putLong(state.records()).putLong(state.hash()).flip());
    }
  }

  TinyBroker(SimNode node, Role.Active active, State state) {
    this.node = node;
    this.writer = active.appender();
    this.state = state;
    this.chance = node.scheduler().chance().fork();
  }

  void start() {
    broker = node.process().spawn("broker", this::broker);
    logLane = node.process().spawn("log", this::logLane);
    node.process().spawn("keeper", this::keeper);
    var owner = broker;
    var lane = logLane;
    writer.wakes(
        () -> {
          owner.unpark();
          node.wakeBaton();
        },
        lane::unpark,
        () -> {});
  }

  void quiesce() {
    quiescing = true;
  }

  boolean quiesced() {
    return quiesced;
  }

  void release() {
    released = true;
  }

  State state() {
    return state;
  }

  private boolean over() {
    return released || writer.ended().isPresent();
  }

  private void broker() {
    try {
      while (!over()) {
        confirm();
        work();
        writer.flush();
        writer.idle(Now.of(node.process().clock()));
        node.process().park(Duration.ofMillis(chance.between(1, 60)));
      }
    } catch (FencedException _) {
      // between the look and the append
    }
  }

  private void confirm() {
    long committed = writer.committed();
    while (!released && !waiting.isEmpty() && waiting.getFirst().end <= committed) {
      var done = waiting.removeFirst();
      node.history().confirmed(done.state, node + " in epoch " + writer.tenure().epoch());
      done.then.run();
    }
  }

  private void work() {
    if (quiescing) {
      quiesced = waiting.isEmpty();
      return;
    }
    if (snapshotWritten != null) {
      var ref = snapshotWritten;
      snapshotWritten = null;
      append(
          SNAPSHOT,
          64,
          () -> {
            writer.snapshotCommitted(ref);
            reclaim = true;
          });
    }
    if (droppable != null) {
      var named = droppable;
      droppable = null;
      writer.append(RecordFormat.SEGMENTS_DROPPED, Reclaimer.encode(named));
      waiting.add(new Waiting(writer.end(), state, () -> toUnlink = named));
    }
    for (int i = chance.below(4); i > 0 && !writer.full() && node.producing(); i--) {
      append(DATA, writer.roomForMessages() ? size() : 16, () -> {});
    }
    if (sinceSnapshot > RECORDS_PER_SNAPSHOT && snapshotToWrite == null) {
      sinceSnapshot = 0;
      snapshotToWrite = new Frozen(writer.end(), state);
    }
  }

  private int size() {
    return switch (chance.below(40)) {
      case 0 -> 0;
      case 1 -> chance.below(100_000);
      default -> chance.below(3_000);
    };
  }

  private void append(int type, int size, Runnable then) {
    var payload = ByteBuffer.allocate(size);
    long filler = chance.bits();
    for (int at = 0; at + 8 <= size; at += 8 + size / 16) {
      payload.putLong(at, filler + at);
    }
    long hash = History.hash(payload);
    node.history().appended(hash);
    long position = writer.append(type, payload);
    state = state.after(position, type, hash);
    waiting.add(new Waiting(writer.end(), state, then));
    sinceSnapshot++;
  }

  private void logLane() {
    while (writer.ended().isEmpty()) {
      if (!writer.doWork(Now.of(node.process().clock()))) {
        node.process().park(Duration.ofMillis(200));
      }
    }
  }

  private void keeper() {
    while (!over()) {
      writer.prepareSpare();
      try {
        keep();
      } catch (StorageException _) {
        // the job is given up; the next snapshot asks for it again
      }
      node.process().sleep(Duration.ofMillis(50));
    }
  }

  private void keep() {
    if (snapshotToWrite != null) {
      var content = snapshotToWrite;
      try {
        snapshotWritten = node.log().snapshotWriter().write(content, node.unique()).ref();
      } finally {
        snapshotToWrite = null;
      }
    }
    var reclaimer = node.log().reclaimer(writer.tenure());
    if (reclaim) {
      reclaim = false;
      var found = reclaimer.droppable(writer.anchored().position(), new long[0], 20);
      droppable = found.isEmpty() ? null : found;
    }
    if (toUnlink != null) {
      var named = toUnlink;
      toUnlink = null;
      node.log().lookForZombie();
      reclaimer.unlink(named);
      node.log().snapshots().removeBefore(writer.anchored());
    }
  }
}
