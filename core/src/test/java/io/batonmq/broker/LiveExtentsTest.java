package io.batonmq.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// How much of the log is live, by the MiB.
class LiveExtentsTest {
  private static final long MIB = 1 << 20;

  private final LiveExtents extents = new LiveExtents();

  @Test
  void bytesAreCountedWhereTheyLie() {
    extents.add(MIB - 100, 300);
    extents.add(MIB + 1_000, 50);
    extents.add(3 * MIB, 7);
    var sizes = extents.sizes();
    assertThat(sizes.bytes(0, MIB)).isEqualTo(100);
    assertThat(sizes.bytes(MIB, 2 * MIB)).isEqualTo(250);
    assertThat(sizes.bytes(0, 4 * MIB)).isEqualTo(357);
    assertThat(sizes.bytes(2 * MIB, 3 * MIB)).isZero();
    // Only what lies between them for certain.
    assertThat(sizes.bytes(1, 2 * MIB)).isEqualTo(250);
    assertThat(sizes.bytes(MIB, 2 * MIB - 1)).isZero();
  }

  @Test
  void whatIsGivenUpIsCountedNoMore() {
    extents.add(MIB - 100, 300);
    extents.add(MIB - 100, 300);
    var before = extents.sizes();
    extents.remove(MIB - 100, 300);
    assertThat(extents.sizes().bytes(0, 2 * MIB)).isEqualTo(300);
    extents.remove(MIB - 100, 300);
    assertThat(extents.sizes().bytes(0, 2 * MIB)).isZero();
    assertThat(extents.below(4 * MIB)).isEmpty();
    assertThat(before.bytes(0, 2 * MIB)).as("as it was").isEqualTo(600);
  }
}
