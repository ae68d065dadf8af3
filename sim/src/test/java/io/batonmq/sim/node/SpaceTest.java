package io.batonmq.sim.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.log.file.LogVerify;
import io.batonmq.sim.Scheduler;
import io.batonmq.sim.SimDisk;
import org.junit.jupiter.api.Test;

/// What is not needed any more does not stay on the disk, and what is needed does.
class SpaceTest {
  private static final int SNAPSHOT_BYTES = 200_000;

  private final Scheduler scheduler = new Scheduler(1);
  private final SimDisk disk = new SimDisk(scheduler, SimDisk.Model.LOCAL);

  private long segmentBytes() {
    var storage = disk.mount(scheduler.process("lister"));
    return storage.list("").stream()
            .filter(name -> name.startsWith("epoch-"))
            .flatMap(name -> storage.list(name).stream())
            .filter(name -> name.startsWith("segment-"))
            .count()
        * (64 << 10);
  }

  @Test
  void aQueueThatIsDrainedLeavesNothing() {
    var node = new Lone(disk, "a", SNAPSHOT_BYTES).start();
    for (int i = 0; i < 2_000; i++) {
      node.send("quick", i, 1_000);
      if (i % 100 == 99) {
        assertThat(node.take("quick", 100, _ -> true)).hasSize(100);
      }
    }
    // Two megabytes went through.
    assertThat(node.serving().active().appender().end()).isGreaterThan(2_000_000);
    assertThat(segmentBytes()).isLessThan(4 * SNAPSHOT_BYTES);
    assertThat(node.log().newestSnapshot().position()).isGreaterThan(1_000_000);
    node.send("slow", 42, 1_000);
    node.settle();
    node.kill();
    assertThat(LogVerify.verify(disk.mount(scheduler.process("v"))).damages()).isEmpty();
    var next = new Lone(disk, "b", SNAPSHOT_BYTES).start();
    assertThat(next.take("slow", 10, _ -> true)).extracting(Lone.Got::number).containsExactly(42L);
  }
}
