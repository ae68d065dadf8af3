package io.batonmq.sim.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.log.DamagedException;
import io.batonmq.log.RecordFormat;
import io.batonmq.log.file.LogVerify;
import io.batonmq.log.file.Segment;
import io.batonmq.sim.CrashStates;
import io.batonmq.sim.SimDisk;
import io.batonmq.sim.ha.History;
import io.batonmq.sim.ha.TinyReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What was committed and cannot be read is never cut off as a torn tail: no node serves without it.
class DamageTest {
  private final History history = new History();
  private final List<Long> positions = new ArrayList<>();
  private String directory = "";

  /// A store of three segments; each copy of its disk is as a killed process leaves it.
  private final CrashStates<Long> store =
      CrashStates.record(
          1,
          recorder -> {
            var node = new Sole(recorder.storage(), recorder.clock(), history, "a");
            directory = node.writer().tenure().directory();
            node.work();
            for (int i = 0; i < 60; i++) {
              positions.add(node.append(100 + 83 * i));
              node.commit();
            }
            recorder.storage().process().sleep(Duration.ofSeconds(1));
            node.work();
          });

  private SimDisk copy() {
    return store.state(store.boundaries() - 1, 0).disk();
  }

  private static List<Long> bases(SimDisk disk, String directory) {
    return disk.mount(disk.scheduler().process("lister")).list(directory).stream()
        .filter(name -> name.startsWith("segment-"))
        .map(name -> Long.parseUnsignedLong(name.substring(8), 16))
        .toList();
  }

  private String segment(SimDisk disk, long position) {
    long base =
        bases(disk, directory).stream().filter(at -> at <= position).reduce((_, at) -> at).get();
    return directory + "/segment-%016x".formatted(base);
  }

  private long offset(SimDisk disk, long position) {
    var path = segment(disk, position);
    return position
        - Long.parseUnsignedLong(path.substring(path.length() - 16), 16)
        + Segment.HEADER;
  }

  private void flip(SimDisk disk, long position, int at) {
    var path = segment(disk, position);
    long offset = offset(disk, position) + at;
    byte was = disk.content(path).orElseThrow()[(int) offset];
    disk.damage(path, offset, new byte[] {(byte) (was ^ 0x10)});
  }

  private void refused(SimDisk disk, String what) {
    var storage = disk.mount(disk.scheduler().process("reader"));
    assertThat(LogVerify.verify(storage).sound()).as("verify, %s", what).isFalse();
    assertThatThrownBy(() -> new TinyReader(new Copy(history)).readAll(storage, Sole.SMALL))
        .as("take over, %s", what)
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("baton data verify");
  }

  /// A reader tells what it reads to a history; here it only must not contradict it.
  private static final class Copy extends History {
    private final History original;

    Copy(History original) {
      this.original = original;
    }

    @Override
    public void handed(State state, long payload, String who) {
      original.handed(state, payload, who);
    }
  }

  @Test
  void anUndamagedCopyIsRead() {
    var storage = copy().mount(copy().scheduler().process("reader"));
    assertThat(LogVerify.verify(storage).damages()).isEmpty();
    var reader = new TinyReader(history);
    assertThat(reader.readAll(storage, Sole.SMALL)).isPresent();
    assertThat(reader.state().records()).isEqualTo(60);
    assertThat(bases(copy(), directory)).hasSizeGreaterThan(2);
  }

  @Test
  void aFlippedBitAnywhereInACommittedRecordIsFound() {
    for (int record = 0; record < positions.size(); record += 7) {
      for (int at = 0; at < RecordFormat.HEADER + 100; at += 3) {
        var disk = copy();
        flip(disk, positions.get(record), at);
        refused(disk, "record %d byte %d".formatted(record, at));
      }
    }
  }

  @Test
  void aFlippedBitInTheHeadOfASegmentIsFound() {
    for (long base : bases(copy(), directory)) {
      for (int at = 0; at < 260; at += 7) {
        var disk = copy();
        var path = directory + "/segment-%016x".formatted(base);
        byte was = disk.content(path).orElseThrow()[at];
        disk.damage(path, at, new byte[] {(byte) (was ^ 0x10)});
        refused(disk, "head of %d byte %d".formatted(base, at));
      }
    }
  }

  /// The only segment of a store: there is no later one from which to know of it.
  @Test
  void theOnlySegmentIsMissed() {
    var another = new History();
    var small =
        CrashStates.<Long>record(
            2,
            recorder -> {
              var node = new Sole(recorder.storage(), recorder.clock(), another, "a");
              directory = node.writer().tenure().directory();
              for (int i = 0; i < 5; i++) {
                node.append(100);
                node.commit();
              }
            });
    var path = directory + "/segment-%016x".formatted(0);
    for (int at = 0; at < 260; at += 7) {
      var disk = small.state(small.boundaries() - 1, 0).disk();
      byte was = disk.content(path).orElseThrow()[at];
      disk.damage(path, at, new byte[] {(byte) (was ^ 0x10)});
      refused(disk, "head of the only segment, byte " + at);
    }
    var disk = small.state(small.boundaries() - 1, 0).disk();
    disk.mount(disk.scheduler().process("remover")).remove(path);
    refused(disk, "only segment removed");
  }

  @Test
  void theLastCommittedRecordIsFoundByTheHeart() {
    var disk = copy();
    flip(disk, positions.getLast(), 60);
    refused(disk, "the last record");
  }

  @Test
  void aPageOfZerosInTheMiddleIsNotTheEnd() {
    for (int record = 3; record < positions.size(); record += 11) {
      var disk = copy();
      long position = positions.get(record);
      var path = segment(disk, position);
      long page = (offset(disk, position) + 4095) / 4096 * 4096;
      if (page + 4096 < disk.content(path).orElseThrow().length) {
        disk.damage(path, page, new byte[4096]);
        refused(disk, "a page of zeros after record " + record);
      }
    }
  }

  @Test
  void aSegmentThatIsCutOffOrMissingIsFound() {
    var disk = copy();
    var bases = bases(disk, directory);
    var middle = directory + "/segment-%016x".formatted(bases.get(1));
    disk.damage(middle, Segment.HEADER, new byte[60_000]);
    refused(disk, "records cut off");

    disk = copy();
    disk.damage(middle, 0, new byte[4096]);
    refused(disk, "head cut off");

    disk = copy();
    disk.mount(disk.scheduler().process("remover")).remove(middle);
    refused(disk, "segment removed");

    disk = copy();
    disk.mount(disk.scheduler().process("remover"))
        .remove(directory + "/segment-%016x".formatted(bases.getLast()));
    refused(disk, "last segment removed");

    disk = copy();
    disk.mount(disk.scheduler().process("remover"))
        .remove(directory + "/segment-%016x".formatted(bases.getFirst()));
    refused(disk, "first segment removed");
  }

  /// What nothing written later vouches for can not be told from a write that was under way.
  @Test
  void damageAboveTheLastCommittedRecordIsATornTail() {
    var disk = copy();
    long end = positions.getLast() + RecordFormat.length(100 + 83 * 59);
    flip(disk, positions.getLast(), (int) (end - positions.getLast()) + 5);
    var storage = disk.mount(disk.scheduler().process("reader"));
    assertThat(LogVerify.verify(storage).damages()).isEmpty();
    assertThat(LogVerify.verify(storage).lines()).anyMatch(line -> line.contains("torn record"));
    var reader = new TinyReader(history);
    assertThat(reader.readAll(storage, Sole.SMALL)).isPresent();
    assertThat(reader.state().records()).isEqualTo(60);
  }
}
