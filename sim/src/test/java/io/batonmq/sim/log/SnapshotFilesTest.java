package io.batonmq.sim.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.log.DamagedException;
import io.batonmq.log.SnapshotContent;
import io.batonmq.log.SnapshotPart;
import io.batonmq.log.SnapshotPlace;
import io.batonmq.log.SnapshotRef;
import io.batonmq.log.file.FileLog;
import io.batonmq.log.file.SnapshotWriter;
import io.batonmq.log.file.Snapshots;
import io.batonmq.seam.StorageException;
import io.batonmq.sim.Chance;
import io.batonmq.sim.Scheduler;
import io.batonmq.sim.SimDisk;
import io.batonmq.sim.SimStorage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Snapshots in files that need each other.
class SnapshotFilesTest {
  private final Scheduler scheduler = new Scheduler(1);
  private final SimDisk disk = new SimDisk(scheduler, SimDisk.Model.LOCAL);
  private final SimStorage storage = disk.mount(scheduler.process("node"));
  private final FileLog log = new FileLog(storage, Sole.SMALL, "node", () -> "x");
  private final SnapshotWriter writer = log.snapshotWriter();
  private final Snapshots snapshots = log.snapshots();
  private long position;
  private int names;

  /// Bytes that know where they stand.
  private static final class Part implements SnapshotPart {
    private final String text;
    private @Nullable SnapshotPlace place;

    Part(String text) {
      this.text = text;
    }

    @Override
    public @Nullable SnapshotPlace place() {
      return place;
    }

    @Override
    public void placed(SnapshotPlace where) {
      place = where;
    }

    @Override
    public ByteBuffer bytes() {
      return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private record Content(long position, List<SnapshotPart> parts) implements SnapshotContent {
    @Override
    public void writeTo(Consumer<ByteBuffer> blocks) {
      writeBefore(blocks);
      parts.forEach(part -> blocks.accept(part.bytes()));
      writeAfter(blocks);
    }

    @Override
    public void writeBefore(Consumer<ByteBuffer> blocks) {
      blocks.accept(ByteBuffer.wrap(new byte[] {'<'}));
    }

    @Override
    public void writeAfter(Consumer<ByteBuffer> blocks) {
      blocks.accept(ByteBuffer.wrap(new byte[] {'>'}));
    }

    String text() {
      var text = new StringBuilder();
      writeTo(block -> text.append(StandardCharsets.UTF_8.decode(block.duplicate())));
      return text.toString();
    }
  }

  private SnapshotRef write(List<? extends SnapshotPart> parts) {
    position += 16;
    return writer.write(new Content(position, List.copyOf(parts)), "u" + ++names).ref();
  }

  private String read(SnapshotRef ref) {
    var text = new StringBuilder();
    snapshots.read(ref, block -> text.append(StandardCharsets.UTF_8.decode(block)));
    return text.toString();
  }

  private byte[] bytes(SnapshotRef ref) {
    return disk.content("snapshots/" + ref.name()).orElseThrow();
  }

  /// The format of [Snapshots], byte for byte.
  @Test
  void theBytesAreThoseOfTheTables() {
    var part = new Part("abc");
    var first = write(List.of(part));
    assertThat(HexFormat.of().formatHex(bytes(first)))
        .isEqualTo(
            "4241544f4e534e50"
                + "00000001"
                + "00000000"
                + "d46d1689"
                + "00000001"
                + "2fddd530"
                + "3c"
                + "00000003"
                + "364b3fb7"
                + "616263"
                + "00000001"
                + "cee6a5c7"
                + "3e"
                + "0000000000000000");
    assertThat(part.place()).isEqualTo(new SnapshotPlace(first.name(), 29, 3, 0x364b3fb7));

    var large = new Part("a".repeat(100));
    var second = write(List.of(large));
    var place = Objects.requireNonNull(large.place());
    var third = write(List.of(large, new Part("d")));
    var hex = HexFormat.of();
    assertThat(hex.formatHex(bytes(third)))
        .startsWith("4241544f4e534e50" + "00000001" + "00000001" + "001c")
        .contains(
            "ffffffff"
                + hex.toHexDigits(place.checksum())
                + "00000000"
                + "00000064"
                + "000000000000001d");
    assertThat(second.name()).isEqualTo(place.file()).hasSize(0x1c);
    assertThat(read(third)).isEqualTo("<" + "a".repeat(100) + "d>");
  }

  /// Any parts come and go, over many snapshots: each can be read while it is the one committed last or
  /// the one before, and neither the files nor what they need grow without bound.
  @Test
  void anyPartsOverManySnapshots() {
    for (long seed = 1; seed <= 20; seed++) {
      var chance = new Chance(seed);
      List<Part> parts = new ArrayList<>();
      List<SnapshotRef> kept = new ArrayList<>();
      List<String> texts = new ArrayList<>();
      for (int round = 0; round < 80; round++) {
        change(parts, chance, round);
        var ref = write(parts);
        kept.add(ref);
        texts.add(new Content(position, List.copyOf(parts)).text());
        if (kept.size() > 2) {
          kept.removeFirst();
          texts.removeFirst();
        }
        snapshots.removeBefore(kept.getFirst());
        for (int i = 0; i < kept.size(); i++) {
          assertThat(read(kept.get(i))).as("seed %d round %d", seed, round).isEqualTo(texts.get(i));
        }
        long live = texts.stream().mapToLong(String::length).sum() + 4_000;
        long all =
            storage.list("snapshots").stream()
                .mapToLong(name -> disk.content("snapshots/" + name).orElseThrow().length)
                .sum();
        assertThat(all).as("seed %d round %d", seed, round).isLessThan(4 * live);
        assertThat(storage.list("snapshots")).hasSizeLessThan(2 * 33 + 1);
      }
    }
  }

  private static void change(List<Part> parts, Chance chance, int round) {
    int changes = chance.below(8);
    for (int i = 0; i < changes && !parts.isEmpty(); i++) {
      int which = chance.below(parts.size());
      if (chance.oneIn(2)) {
        parts.remove(which);
      } else {
        parts.set(which, new Part("c%d-%d,%s".formatted(round, i, "y".repeat(chance.below(900)))));
      }
    }
    for (int i = chance.below(6); i > 0; i--) {
      parts.add(new Part("n%d-%d,%s".formatted(round, i, "x".repeat(chance.below(900)))));
    }
  }

  /// What could not be written is not named by the next.
  @Test
  void partsOfASnapshotThatFoundNoRoomAreWrittenAgain() {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part("a".repeat(10_000)));
    write(parts);
    parts.add(new Part("b".repeat(100_000)));
    disk.capacity(30_000);
    assertThatThrownBy(() -> write(parts)).isInstanceOf(StorageException.class);
    assertThat(storage.list("snapshots")).hasSize(1);
    disk.capacity(Long.MAX_VALUE);
    var ref = write(parts);
    snapshots.removeBefore(ref);
    assertThat(read(ref)).hasSize(110_002);
  }

  @Test
  void noBitOfAnyNeededFileChangesUnnoticed() {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part("a".repeat(100)));
    var first = write(parts);
    parts.add(new Part("b"));
    var second = write(parts);
    for (int at = 0; at < bytes(second).length - 8; at++) {
      damaged(second, second, at);
    }
    var place = parts.getFirst().place();
    assertThat(place).isNotNull();
    for (int at = 0; at < 100; at++) {
      damaged(second, first, (int) place.offset() + 8 + at);
    }
    disk.mount(scheduler.process("remover")).remove("snapshots/" + first.name());
    assertThatThrownBy(() -> read(second))
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("is missing");
  }

  private void damaged(SnapshotRef ref, SnapshotRef file, int at) {
    byte was = bytes(file)[at];
    disk.damage("snapshots/" + file.name(), at, new byte[] {(byte) (was ^ 4)});
    assertThatThrownBy(() -> read(ref)).as("byte %d", at).isInstanceOf(DamagedException.class);
    disk.damage("snapshots/" + file.name(), at, new byte[] {was});
  }
}
