package io.batonmq.log.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.log.Documented;
import io.batonmq.log.Facts;
import io.batonmq.log.SnapshotRef;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The small files of the log are those that their tables tell.
class FormatsTest {
  private static final SnapshotRef SNAPSHOT =
      new SnapshotRef(94_371_840, "snapshot-0000000005a00000-b7", 0x9ae0daaf);
  private static final Segment SEGMENT =
      new Segment(104_857_600, 10 << 20, 7, 0x5b1c7e0f93d2a844L, SNAPSHOT);

  @Test
  void theHeadOfASegment() {
    assertThat(Documented.print(Documented.table("file/Segment.java"), SEGMENT.encode()))
        .isEqualTo(
            """
               0   8  4241544f4e4c4f47                          `BATONLOG`
               8   4  00000001                                  version of this format, 1
              12   4  00a00000                                  capacity: bytes for records
              16   8  0000000006400000                          base: position of the first record
              24   8  0000000000000007                          epoch of the tenure
              32   8  5b1c7e0f93d2a844                          chain of the record that ends at base
              40   8  0000000005a00000                          position of the newest snapshot that was committed when the segment was begun
              48   4  9ae0daaf                                  its checksum
              52   4  0000001c                                  length `n` of its name, 0 to 200
              56 200  736e617073686f742d303030303030303030356130303030302d623700... its name, UTF-8, then zeros
             256   4  91ece1b1                                  CRC32C of bytes 0 to 255
             260 3836  00...                                     zeros, so that records begin at a block's edge
            """);
    assertThat(Segment.decode(SEGMENT.encode())).contains(SEGMENT);
  }

  @Test
  void noBitOfAHeadChangesUnnoticed() {
    var head = SEGMENT.encode();
    for (int bit = 0; bit < 260 * 8; bit++) {
      flip(head, bit);
      assertThat(Segment.decode(head)).as("bit %d", bit).isEmpty();
      flip(head, bit);
    }
  }

  @Test
  void theNameOfASegmentIsItsBase() {
    assertThat(Segment.name(104_857_600)).isEqualTo("segment-0000000006400000");
    assertThat(Segment.base("segment-0000000006400000")).contains(104_857_600L);
    assertThat(Segment.base("segment-000000000640000x")).isEmpty();
    assertThat(Segment.base("segment-64")).isEmpty();
    assertThat(Segment.base("spare-1")).isEmpty();
  }

  @Test
  void theHeadOfARewrittenSegment() {
    var file = new SegmentFile(9, 104_857_600, 12);
    var index =
        new Rewritten.Index(
            new long[] {104_857_600, 104_861_696},
            new int[] {80, 1_128},
            new int[] {0x11223344, 0x55667788});
    var rewritten = Rewritten.of(file, 115_343_360, index);
    var bytes = rewritten.encode();
    assertThat(Documented.print(Documented.table("file/Rewritten.java"), bytes))
        .isEqualTo(
            """
               0   8  4241544f4e535052                          `BATONSPR`
               8   4  00000001                                  version of this format, 1
              12   4  00000002                                  number of records `n`, 1 to 16384
              16   8  0000000006400000                          base: position at which the segment began
              24   8  0000000006e00000                          limit: position at which the next one began
              32   8  0000000000000009                          epoch of the tenure that wrote this file
              40   4  0000000c                                  generation, as in the name
              44   4  b5c6ec2d                                  CRC32C of bytes 0 to 43 and of the index
            """);
    assertThat(bytes.remaining()).isEqualTo(48 + 2 * 16);
    assertThat(HexFormat.of().formatHex(bytes.array(), 48, 80))
        .isEqualTo(
            "0000000006400000"
                + "00000050"
                + "11223344"
                + "0000000006401000"
                + "00000468"
                + "55667788");
    var read = Rewritten.decode(bytes).orElseThrow();
    assertThat(read.encode()).isEqualTo(bytes);
    assertThat(read.file()).isEqualTo(file);
    assertThat(read.limit()).isEqualTo(115_343_360);
    for (int bit = 0; bit < bytes.limit() * 8; bit++) {
      flip(bytes, bit);
      assertThat(Rewritten.decode(bytes)).as("bit %d", bit).isEmpty();
      flip(bytes, bit);
    }
  }

  @Test
  void theNameOfARewrittenSegmentIsItsBaseAndANumber() {
    var tenure = new Tenure(9, "b7", "node");
    var file = new SegmentFile(9, 104_857_600, 12);
    assertThat(file.name()).isEqualTo("sparse-0000000006400000-12");
    assertThat(file.unnamed()).isEqualTo("rewriting-0000000006400000-12");
    assertThat(SegmentFile.rewritten(tenure, file.name())).contains(file);
    assertThat(SegmentFile.isUnnamed(file.unnamed())).isTrue();
    assertThat(SegmentFile.isUnnamed(file.name())).isFalse();
    assertThat(new SegmentFile(9, 104_857_600, 0).name()).isEqualTo("segment-0000000006400000");
    for (var other :
        List.of(
            file.unnamed(),
            "segment-0000000006400000",
            "sparse-0000000006400000",
            "sparse-0000000006400000-",
            "sparse-0000000006400000-0",
            "sparse-0000000006400000--1",
            "sparse-0000000006400000-+12",
            "sparse-0000000006400000-012",
            "sparse-000000000640000x-1",
            "sparse-0000000006400000-12-1")) {
      assertThat(SegmentFile.rewritten(tenure, other)).as(other).isEmpty();
    }
    assertThat(Segment.base(file.name())).isEmpty();
  }

  @Test
  void theRecordThatNamesARewrittenSegment() {
    var by = new SegmentFile(9, 104_857_600, 12);
    var files = List.of(new SegmentFile(7, 104_857_600, 0), new SegmentFile(8, 104_857_600, 3));
    var payload = new Rewriter.Result.Replaced(by, 0x01020304, files).encode();
    assertThat(SegmentFile.read(payload)).isEqualTo(by);
    assertThat(payload.getInt()).isEqualTo(0x01020304);
    assertThat(SegmentFile.read(payload)).isEqualTo(files.getFirst());
    assertThat(SegmentFile.read(payload)).isEqualTo(files.getLast());
    assertThat(payload.hasRemaining()).isFalse();
    assertThat(Reclaimer.encode(files).remaining()).isEqualTo(2 * 20);
  }

  @Test
  void theHeart() {
    var heart = new Heart(3, 104_861_696, 104_857_600, true);
    assertThat(Documented.print(Documented.table("file/Heart.java"), heart.encode()))
        .isEqualTo(
            """
               0   8  0000000000000003                          beats so far; 0 until the tenure serves
               8   8  0000000006401000                          committed position
              16   8  0000000006400000                          base of the newest segment
              24   8  0000000000000001                          1 once a note is left, otherwise 0
              32   4  5b62e78b                                  CRC32C of bytes 0 to 31
            """);
    assertThat(Heart.decode(heart.encode())).contains(heart);
    assertThat(Heart.decode(ByteBuffer.allocate(36))).contains(Heart.NONE);
    var bytes = heart.encode();
    for (int bit = 0; bit < 36 * 8; bit++) {
      flip(bytes, bit);
      assertThat(Heart.decode(bytes)).as("bit %d", bit).isEmpty();
      flip(bytes, bit);
    }
  }

  @Test
  void theHeadOfASnapshot() {
    var head = new SnapshotHead(List.of("snapshot-1-a", "snapshot-2-b"));
    assertThat(Documented.print(Documented.table("file/Snapshots.java"), head.encode()))
        .isEqualTo(
            """
               0   8  4241544f4e534e50                          `BATONSNP`
               8   4  00000001                                  version of this format, 1
              12   4  00000002                                  number of files that are named, 0 to 32
            """);
    var bytes = head.encode();
    assertThat(bytes.remaining()).isEqualTo(16 + 2 * (2 + 12) + 4);
    assertThat(SnapshotHead.decode(bytes)).contains(head);
    for (int bit = 0; bit < bytes.limit() * 8; bit++) {
      flip(bytes, bit);
      assertThat(SnapshotHead.decode(bytes)).as("bit %d", bit).isEmpty();
      flip(bytes, bit);
    }
    for (int length = 0; length < bytes.limit(); length++) {
      assertThat(SnapshotHead.decode(bytes.slice(0, length))).as("length %d", length).isEmpty();
    }
  }

  @Test
  void theManifest() {
    var manifest = new Manifest.Valid(6, 104_857_600, 0x5b1c7e0f93d2a844L, 104_861_696, SNAPSHOT);
    var facts = Manifest.facts(manifest);
    var printed = new StringBuilder();
    // What stands behind a value in the documentation explains it.
    for (var line : Documented.block("file/Manifest.java").lines().toList()) {
      printed.append(line.replaceFirst("(?<=\\S) {2,}.*", "")).append('\n');
    }
    assertThat(new String(facts.encode(), StandardCharsets.UTF_8)).hasToString(printed.toString());
    assertThat(Manifest.parse(Facts.decode(facts.encode()).orElseThrow())).isEqualTo(manifest);
    assertThat(Manifest.parse(Manifest.facts(new Manifest.Voided())))
        .isEqualTo(new Manifest.Voided());
  }

  private static void flip(ByteBuffer bytes, int bit) {
    bytes.put(bit / 8, (byte) (bytes.get(bit / 8) ^ 1 << bit % 8));
  }
}
