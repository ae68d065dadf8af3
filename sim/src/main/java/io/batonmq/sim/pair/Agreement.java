package io.batonmq.sim.pair;

import io.batonmq.broker.BoundQueue;
import io.batonmq.broker.BrokerState;
import io.batonmq.broker.Events;
import io.batonmq.ha.Role;
import io.batonmq.log.DamagedException;
import io.batonmq.log.LogSettings;
import io.batonmq.log.SnapshotContent;
import io.batonmq.log.SnapshotRef;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.Follower;
import io.batonmq.log.file.LogVerify;
import io.batonmq.log.file.RecordReader;
import io.batonmq.message.Tail;
import io.batonmq.seam.Storage;
import io.batonmq.seam.StorageException;
import io.batonmq.sim.SimDisk;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// When nothing happens any more: every node that follows has the state of the active, byte for byte, and
/// so has whoever reads the log from the disk, before and after a power cut.
final class Agreement {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Simulation sim;
  private byte[] active = {};

  Agreement(Simulation sim) {
    this.sim = sim;
  }

  void check() {
    long end = sim.nanos() + PATIENCE.toNanos();
    while (!stand()) {
      if (sim.nanos() > end) {
        throw new Violation("nobody comes to rest: " + sim.state());
      }
    }
    for (SimNode node : sim.nodes()) {
      node.life()
          .flatMap(life -> life.node().freeze())
          .ifPresent(content -> same(bytes(content), node.name()));
    }
    sound("as it stands");
    sim.disks().forEach(SimDisk::powerLoss);
    sound("after a power cut");
  }

  /// Takes the state of the active at a moment when all have come to the same position; false if that was
  /// over before it answered.
  private boolean stand() {
    if (!sim.runUntil(this::caughtUp, PATIENCE)) {
      throw new Violation("no standby has caught up: " + sim.state());
    }
    long epoch = sim.ledger().newestEpoch();
    active = new byte[0];
    sim.serving().ifPresent(serving -> serving.freeze(content -> active = bytes(content)));
    sim.runUntil(() -> active.length > 0, Duration.ofSeconds(1));
    return active.length > 0 && caughtUp() && epoch == sim.ledger().newestEpoch();
  }

  private boolean caughtUp() {
    long end = sim.serving().map(serving -> serving.active().appender().end()).orElse(-1L);
    return end >= 0
        && sim.nodes().stream()
            .allMatch(node -> node.life().map(life -> at(life, end)).orElse(false));
  }

  private static boolean at(Life life, long end) {
    return switch (life.baton().role()) {
      case Role.Standby _ -> life.baton().applied() >= end;
      case Role.Active active ->
          active.appender().committed() == end && active.appender().end() == end;
      default -> false;
    };
  }

  private void sound(String when) {
    try {
      for (SimDisk disk : sim.disks()) {
        soundAndSame(disk, when);
      }
    } catch (DamagedException | StorageException e) {
      throw new Violation("the log cannot be read " + when + ": " + e.getMessage());
    }
  }

  private void soundAndSame(SimDisk disk, String when) {
    Storage storage = disk.mount(sim.scheduler().process("reader"));
    LogVerify.Report report = LogVerify.verify(storage);
    if (!report.sound()) {
      throw new Violation("the log is damaged " + when + ": " + report.damages());
    }
    same(fold(storage), "the log, read " + when + ",");
  }

  private static byte[] fold(Storage storage) {
    FileLog log = new FileLog(storage, LogSettings.DEFAULTS, "reader", () -> "reader");
    SnapshotRef snapshot = log.newestSnapshot();
    BrokerState state = new BrokerState();
    if (snapshot.position() > 0) {
      List<ByteBuffer> blocks = new ArrayList<>();
      log.snapshots().read(snapshot, blocks::add);
      state = BrokerState.restore(blocks.iterator());
    }
    try (Follower follower = log.follow(snapshot.position())) {
      while (follower.poll(state) > 0) {
        // more
      }
    }
    readBodies(log, state);
    return bytes(state.freeze());
  }

  /// Every message that is left has its body, in whatever file it is now.
  private static void readBodies(FileLog log, BrokerState state) {
    try (RecordReader reader = log.reader()) {
      for (BoundQueue queue : state.queues()) {
        queue
            .messages()
            .forEach(reference -> {
              Tail tail = Events.message(reader.read(reference.position())).tail();
              if (tail != null) {
                for (long position : state.fragments(tail)) {
                  Events.fragment(reader.read(position));
                }
              }
            });
      }
    }
  }

  private static byte[] bytes(SnapshotContent content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    content.writeTo(block -> {
      byte[] copy = new byte[block.remaining()];
      block.get(copy);
      bytes.writeBytes(copy);
    });
    return bytes.toByteArray();
  }

  private void same(byte[] other, String whose) {
    int at = Arrays.mismatch(active, other);
    if (at >= 0) {
      throw new Violation(
          whose
              + " has another state than the active, from byte "
              + at
              + " on:\n  "
              + part(active, at)
              + "\n  "
              + part(other, at));
    }
  }

  private static String part(byte[] bytes, int at) {
    int from = Math.max(0, Math.min(at - 8, bytes.length));
    int to = Math.min(bytes.length, at + 40);
    return bytes.length + " bytes: .." + HexFormat.of().formatHex(bytes, from, Math.max(from, to));
  }
}
