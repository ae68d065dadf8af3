package io.batonmq.sim.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.batonmq.log.DamagedException;
import io.batonmq.log.file.LogVerify;
import io.batonmq.seam.Clock;
import io.batonmq.seam.Storage;
import io.batonmq.sim.CrashStates;
import io.batonmq.sim.SimDisk;
import io.batonmq.sim.ha.History;
import io.batonmq.sim.ha.TinyReader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A part of a store is gone, by a restore that was not whole or by somebody who tidied up. What is missing is
/// not what never was: nobody begins with less than was confirmed, and nobody clears away what is left.
class LostNamesTest {
  private static final int TENURES = 3;

  private final History history = new History();

  /// Three tenures, one after the other; each copy of the disk is as a killed process leaves it.
  private final CrashStates<Long> store =
      CrashStates.record(
          1,
          recorder -> {
            for (int i = 1; i <= TENURES; i++) {
              serve(recorder.storage(), recorder.clock(), "node" + i);
            }
            recorder.storage().process().sleep(Duration.ofSeconds(1));
          });

  private void serve(Storage storage, Clock clock, String name) {
    var node = new Sole(storage, clock, history, name);
    node.work();
    for (int i = 0; i < 20; i++) {
      node.append(300);
    }
    node.commit();
    node.end();
  }

  private SimDisk copy() {
    return store.state(store.boundaries() - 1, 0).disk();
  }

  private static Storage mount(SimDisk disk) {
    return disk.mount(disk.scheduler().process("reader"));
  }

  private static String directory(Storage storage, int epoch) {
    return storage.list("").stream()
        .filter(name -> name.startsWith("epoch-%010d-".formatted(epoch)))
        .findFirst()
        .orElseThrow();
  }

  private static void removeAll(Storage storage, String directory) {
    storage.list(directory).forEach(name -> storage.remove(directory + "/" + name));
    storage.remove(directory);
  }

  private static List<String> epochs(Storage storage) {
    return storage.list("").stream().filter(name -> name.startsWith("epoch-")).toList();
  }

  /// Neither verify nor a node takes it for a store, and everything is still there.
  private static void refused(Storage storage, String what) {
    var before = epochs(storage);
    assertThat(LogVerify.verify(storage).damages()).as("verify, %s", what).isNotEmpty();
    for (int attempt = 0; attempt < 3; attempt++) {
      assertThatThrownBy(() -> new TinyReader(new Silent()).readAll(storage, Sole.SMALL))
          .as("take over, %s", what)
          .satisfiesAnyOf(
              thrown -> assertThat(thrown).isInstanceOf(DamagedException.class),
              thrown -> assertThat(thrown).hasMessageContaining("is gone"));
    }
    assertThat(epochs(storage)).as("what is left, %s", what).containsAll(before);
  }

  private static final class Silent extends History {
    @Override
    public void handed(State state, long payload, String who) {}

    @Override
    public void committed(State state, String who) {}
  }

  @Test
  void aWholeCopyIsRead() {
    var storage = mount(copy());
    assertThat(LogVerify.verify(storage).damages()).isEmpty();
    var reader = new TinyReader(history);
    assertThat(reader.readAll(storage, Sole.SMALL)).isPresent();
    assertThat(reader.state().records()).isGreaterThanOrEqualTo(20L * TENURES);
  }

  @Test
  void aLostRegisterIsNoNewStore() {
    var storage = mount(copy());
    removeAll(storage, "register");
    refused(storage, "no register");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aLostEntryIsNoEpochThatNeverWas(int epoch) {
    var storage = mount(copy());
    storage.remove("register/epoch-%010d".formatted(epoch));
    refused(storage, "entry " + epoch);
  }

  /// The fence of the one before tells of it, although its directory is gone as well.
  @Test
  void anEntryThatIsLostWithItsDirectoryIsMissed() {
    var storage = mount(copy());
    storage.remove("register/epoch-0000000003");
    removeAll(storage, directory(storage, 3));
    refused(storage, "entry and directory");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aLostManifestIsNoTenureThatNeverServed(int epoch) {
    var storage = mount(copy());
    storage.remove(directory(storage, epoch) + "/manifest");
    refused(storage, "manifest " + epoch);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aLostDirectoryIsMissed(int epoch) {
    var storage = mount(copy());
    removeAll(storage, directory(storage, epoch));
    refused(storage, "directory " + epoch);
  }

  @Test
  void aLostFenceIsMissed() {
    var storage = mount(copy());
    storage.remove(directory(storage, 3) + "/fence");
    refused(storage, "fence");
  }

  /// What a lost claim left behind is cleared away; what has served is not, whatever the register says.
  @Test
  void onlyWhatNeverServedIsClearedAway() {
    var disk = copy();
    var storage = mount(disk);
    var served = directory(storage, 2);
    for (var twin : List.of("epoch-0000000002-served", "epoch-0000000002-lost")) {
      storage.makeDirectory(twin);
      write(storage, twin + "/fence", ByteBuffer.allocate(8));
    }
    write(storage, "epoch-0000000002-served/manifest", read(storage, served + "/manifest"));
    assertThat(LogVerify.verify(storage).damages())
        .singleElement()
        .asString()
        .contains("two nodes served in epoch 2");
    var node = new Sole(storage, store.state(store.boundaries() - 1, 0).clock(), history, "next");
    for (int i = 0; i < 20; i++) {
      node.writer().prepareSpare();
    }
    assertThat(epochs(storage))
        .contains("epoch-0000000002-served")
        .doesNotContain("epoch-0000000002-lost");
  }

  private static void write(Storage storage, String path, ByteBuffer content) {
    try (var file = storage.createExclusive(path).orElseThrow()) {
      file.write(0, content);
      file.sync();
    }
  }

  private static ByteBuffer read(Storage storage, String path) {
    try (var file = storage.open(path, Storage.Access.READ).orElseThrow()) {
      var content = ByteBuffer.allocate(4096);
      file.read(0, content);
      return content.flip();
    }
  }

  /// With the heart gone as well nothing else tells that there was more.
  @Test
  void aSegmentThatWasCutOffIsNoTornTail() {
    var disk = copy();
    var storage = mount(disk);
    var last = directory(storage, 3);
    var segment =
        storage.list(last).stream()
            .filter(it -> it.startsWith("segment-"))
            .findFirst()
            .orElseThrow();
    var content = disk.content(last + "/" + segment).orElseThrow();
    storage.remove(last + "/heart");
    storage.remove(last + "/" + segment);
    write(storage, last + "/" + segment, ByteBuffer.wrap(content, 0, 6_000));
    refused(storage, "a segment cut off");
  }

  /// People clear "stale" lock files away, and backups leave them out.
  @Test
  void aLostLockIsNoLoss() {
    var storage = mount(copy());
    storage.remove(directory(storage, 3) + "/lock");
    assertThat(LogVerify.verify(storage).damages()).isEmpty();
    assertThat(new TinyReader(history).readAll(storage, Sole.SMALL)).isPresent();
  }
}
