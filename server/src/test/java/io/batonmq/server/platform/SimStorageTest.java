package io.batonmq.server.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.seam.Storage;
import io.batonmq.sim.Scheduler;
import io.batonmq.sim.SimDisk;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// The simulated disk of one host keeps the contract that the real one keeps.
class SimStorageTest extends StorageContract {
  private final Scheduler scheduler = new Scheduler(1);
  private final SimDisk disk = new SimDisk(scheduler, SimDisk.Model.LOCAL);

  @Override
  Storage open() {
    return disk.mount(scheduler.process("node"));
  }

  @Override
  void until(BooleanSupplier condition) {
    assertThat(scheduler.runUntil(condition, Duration.ofMinutes(1))).isTrue();
  }
}
