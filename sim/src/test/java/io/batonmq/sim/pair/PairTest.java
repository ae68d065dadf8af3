package io.batonmq.sim.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.ha.Receipt;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// A thousand pairs under faults, a seed each: whatever happens to their nodes, disks and connections, what
/// they promised holds, and every run repeats. `scripts/simulate` runs more of the same.
class PairTest {
  private static final int SEEDS = 500;

  @Test
  void aPairOnALocalDiskKeepsItsPromises() {
    promisesHold(World.LOCAL);
  }

  @Test
  void aPairOnANetworkFileSystemKeepsItsPromises() {
    promisesHold(World.NETWORK);
  }

  @Test
  void aPairWithDisksOfTheirOwnKeepsItsPromises() {
    Stats all = run(World.OWN);
    assertThat(all.confirmed()).as("messages confirmed").isGreaterThan(SEEDS * 50L);
    assertThat(all.takeovers(Receipt.Cause.LOCK_FREE)).isGreaterThan(SEEDS / 2);
    assertThat(all.takeovers(Receipt.Cause.HANDED_OVER)).isGreaterThan(SEEDS / 10);
    assertThat(all.joined()).as("copies that came to be in sync").isGreaterThan(SEEDS);
    assertThat(all.aloneAgain()).as("copies that were lost").isGreaterThan(SEEDS / 4);
  }

  private static Stats run(World disk) {
    Stats all = new Stats();
    LongStream.rangeClosed(1, SEEDS)
        .parallel()
        .mapToObj(seed -> twice(seed, disk))
        .forEachOrdered(all::add);
    System.out.println(all);
    return all;
  }

  private static void promisesHold(World disk) {
    Stats all = run(disk);
    assertThat(all.confirmed()).as("messages confirmed").isGreaterThan(SEEDS * 50L);
    assertThat(all.takeovers(Receipt.Cause.LOCK_FREE)).isGreaterThan(SEEDS / 2);
    assertThat(all.takeovers(Receipt.Cause.HUNG)).isGreaterThan(SEEDS / 50);
    assertThat(all.takeovers(Receipt.Cause.HANDED_OVER)).isGreaterThan(SEEDS / 10);
    assertThat(all.waited()).as("deliveries of messages that waited").isGreaterThan(SEEDS * 5L);
    // By the receipts, as people would read them.
    assertThat(all.receipts()).isGreaterThan(SEEDS / 10);
    assertThat(all.reflagged()).isPositive();
    assertThat(all.recognised()).isPositive();
    assertThat(all.aborted()).isPositive();
    assertThat(all.learntYes()).isPositive();
    assertThat(all.learntNo()).isPositive();
    assertThat(all.large()).as("large transactions").isPositive();
    assertThat(all.restored()).as("messages given back").isPositive();
    assertThat(all.prepared()).as("branches prepared").isGreaterThan(SEEDS / 2);
    assertThat(all.recovered()).as("branches recovered").isPositive();
    assertThat(all.stepsRepeated()).as("steps of branches asked for again").isPositive();
  }

  private static Stats twice(long seed, World disk) {
    Campaign.Run run = Campaign.run(seed, disk, Tamper.NONE);
    assertThat(Campaign.run(seed, disk, Tamper.NONE).hash())
        .as("seed=%d disk=%s repeats", seed, disk)
        .isEqualTo(run.hash());
    return run.stats();
  }
}
