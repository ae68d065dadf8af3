package io.batonmq.sim.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.LogVerify;
import io.batonmq.log.file.Rewriter.Result;
import io.batonmq.seam.Storage;
import io.batonmq.sim.Scheduler;
import io.batonmq.sim.SimDisk;
import io.batonmq.sim.SimProcess;
import io.batonmq.sim.SimStorage;
import io.batonmq.sim.ha.History;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/// A store with sparse segments, and what its tests ask of it.
abstract class SparseStore {
  final Scheduler scheduler = new Scheduler(7);
  final SimDisk disk = new SimDisk(scheduler, SimDisk.Model.LOCAL);
  final SimProcess process = scheduler.process("a");
  final SimStorage storage = disk.mount(process);
  final History history = new History();
  final Kept kept = new Kept();

  @AfterEach
  void close() {
    scheduler.close();
  }

  final Sole start(String name) {
    return start(name, storage);
  }

  final Sole start(String name, Storage on) {
    return new Sole(on, process.clock(), history, name);
  }

  /// A store with a few sparse segments below a snapshot from which a cold start begins.
  final Sole sparse() {
    return sparse(start("a"));
  }

  final Sole sparse(Sole node) {
    kept.handTo(node);
    kept.append(node, 120, 10, 2_000);
    node.snapshot();
    kept.append(node, 60, 1_000, 2_000);
    node.snapshot();
    return node;
  }

  final List<String> names(String prefix) {
    return storage.list("").stream()
        .filter(name -> name.startsWith("epoch-"))
        .flatMap(name -> storage.list(name).stream().map(file -> name + "/" + file))
        .filter(path -> path.contains("/" + prefix))
        .toList();
  }

  final void sound() {
    assertThat(LogVerify.verify(storage).damages()).isEmpty();
    kept.read(new FileLog(storage, Sole.SMALL, "reader", () -> "reader"));
  }

  static Result.Replaced replaced(Optional<Result> found) {
    return (Result.Replaced) found.orElseThrow();
  }
}
