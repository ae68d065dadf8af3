package io.batonmq.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// A file of facts is read whole or not at all.
class FactsTest {
  private static final Facts SAMPLE =
      Facts.of("baton-sample", "1", "node", "left of the door", "empty", "", "tenure", "b7");

  @Test
  void itIsTextThatSomebodyCanRead() {
    assertThat(new String(SAMPLE.encode(), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            baton-sample 1
            node left of the door
            empty\s
            tenure b7
            crc32c 3cce1353
            """);
    assertThat(Facts.decode(SAMPLE.encode())).contains(SAMPLE);
  }

  @Test
  void noBitOfItChangesUnnoticed() {
    var bytes = SAMPLE.encode();
    for (int bit = 0; bit < (bytes.length - 1) * 8; bit++) {
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(Facts.decode(bytes)).as("bit %d", bit).isEmpty();
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
  }

  @Test
  void aPartOfItIsNothing() {
    var bytes = SAMPLE.encode();
    for (int length = 0; length < bytes.length - 1; length++) {
      assertThat(Facts.decode(Arrays.copyOf(bytes, length))).as("%d bytes", length).isEmpty();
    }
  }

  @Test
  void zerosAfterItDoNotMatter() {
    assertThat(Facts.decode(Arrays.copyOf(SAMPLE.encode(), Facts.SIZE_MAX))).contains(SAMPLE);
  }

  @Test
  void aValueCanNotBreakALine() {
    var broken = Facts.of("node", "a\nrole active\r");
    assertThat(Facts.decode(broken.encode()).orElseThrow().get("node")).isEqualTo("a role active ");
  }

  @Test
  void aValueThatLooksLikeTheSumIsAValue() {
    var tricky = Facts.of("node", "crc32c 00000000");
    assertThat(Facts.decode(tricky.encode())).contains(tricky);
  }

  @Test
  void whatIsMissingOrNotANumberIsDamage() {
    assertThatThrownBy(() -> SAMPLE.get("absent")).isInstanceOf(DamagedException.class);
    assertThatThrownBy(() -> SAMPLE.number("node")).isInstanceOf(DamagedException.class);
    assertThatThrownBy(() -> SAMPLE.hex("node")).isInstanceOf(DamagedException.class);
    assertThat(SAMPLE.get("absent", "other")).isEqualTo("other");
  }
}
