package io.batonmq.checks.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// What is read out of a JVM's words about its heap.
class HeapTest {
  @Test
  void whatIsUsedIsThatOfAllGenerationsAndOfNothingElse() {
    assertThat(
            Heap.usedKib(
                """
                20623:
                garbage-first heap   total reserved 65536K, committed 14336K, used 3393K [0x00, 0x01)
                 region size 1024K, 1 young (1024K), 0 survivors (0K)
                Metaspace       used 700K, committed 768K, reserved 1114112K
                """))
        .isEqualTo(3393);
    assertThat(
            Heap.usedKib(
                """
                20586:
                DefNew     total 19648K, used 866K [0x00, 0x01, 0x01)
                 eden space 17472K,   4% used [0x00, 0x01, 0x02)
                Tenured    total 43712K, used 3781K [0x00, 0x01, 0x01)
                 the  space 43712K,   8% used [0x00, 0x01, 0x02)
                """))
        .isEqualTo(866 + 3781);
    assertThatThrownBy(() -> Heap.usedKib("the process is gone"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the process is gone");
  }

  @Test
  void theMostIsWhatOneOfAllCollectionsHasLeft() {
    assertThat(
            Heap.mostMib(
                """
                [0.003s] Using G1
                [2.307s] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 150M->46M(256M) 42.352ms
                [2.310s] GC(1) Concurrent Mark Cycle
                [2.402s] GC(1) Pause Remark 131M->103M(256M) 1.201ms
                [2.644s] GC(2) Pause Full (System.gc()) 110M->22M(64M) 117.978ms
                """))
        .isEqualTo(103);
    assertThat(Heap.mostMib("[0.003s] Using G1\n")).isZero();
  }
}
