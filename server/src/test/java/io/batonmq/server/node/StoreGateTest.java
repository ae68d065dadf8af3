package io.batonmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.ha.HaSettings;
import io.batonmq.ha.Presence;
import io.batonmq.ha.Role;
import io.batonmq.log.file.Register;
import io.batonmq.log.file.Tenure;
import io.batonmq.seam.Clock;
import io.batonmq.seam.Now;
import io.batonmq.server.platform.DiskStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store is emptied only by who is alone with it.
class StoreGateTest {
  @TempDir Path store;

  private final Clock clock = new Hasty();
  private DiskStorage storage;

  /// Each look at it is a second later, so that nobody waits for real.
  private static final class Hasty implements Clock {
    private long nanos;

    @Override
    public long monotonicNanos() {
      nanos += 1_000_000_000L;
      return nanos;
    }

    @Override
    public long wallMillis() {
      return nanos / 1_000_000;
    }
  }

  @BeforeEach
  void open() {
    storage = DiskStorage.open(store);
  }

  private void served(long epoch, String node) throws IOException {
    var register = new Register(storage);
    register.prepare();
    var tenure = new Tenure(epoch, "id" + epoch, node);
    storage.makeDirectory(tenure.directory());
    assertThat(register.claim(tenure)).isTrue();
    Files.writeString(store.resolve(tenure.directory()).resolve("segment-1"), "messages");
  }

  @Test
  void whoIsAloneEmptiesWhatItsOwnNameHasWrittenAndNothingElse() throws IOException {
    served(1, "me");
    served(2, "me");
    Files.writeString(store.resolve("db-1.log"), "of another broker");
    try (var gate = StoreGate.pass(storage, clock)) {
      assertThat(gate.wipe("me")).isTrue();
    }
    assertThat(new Register(storage).newest()).isEmpty();
    try (var left = Files.list(store)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("starting", "db-1.log");
    }
  }

  @Test
  void aStoreThatAnotherNameHasServedStays() throws IOException {
    served(1, "other");
    served(2, "me");
    try (var gate = StoreGate.pass(storage, clock)) {
      assertThat(gate.wipe("me")).isFalse();
    }
    assertThat(new Register(storage).newest()).map(Tenure::epoch).contains(2L);
    assertThat(store.resolve("epoch-0000000001-id1/segment-1")).hasContent("messages");
  }

  @Test
  void aStoreThatAnotherNodeHasStays() throws IOException {
    served(1, "me");
    try (var other = new Presence(storage, settings(), "other-process")) {
      other.update(Now.of(clock), new Role.Standby(1, "me"), 0);
      try (var gate = StoreGate.pass(storage, clock)) {
        assertThat(gate.wipe("me")).isFalse();
      }
    }
    assertThat(new Register(storage).newest()).isPresent();
    try (var gate = StoreGate.pass(storage, clock)) {
      assertThat(gate.wipe("me")).as("once the other is gone").isTrue();
    }
  }

  @Test
  void nobodyEmptiesAStoreAtWhichAnotherIsStarting() throws IOException {
    served(1, "me");
    try (var first = StoreGate.pass(storage, clock);
        var second = StoreGate.pass(storage, clock)) {
      assertThat(second.wipe("me")).isFalse();
      assertThat(first.wipe("me")).isTrue();
    }
  }

  private static HaSettings settings() {
    return new HaSettings("me", HaSettings.Configured.BACKUP, true, false, 1, List.of(), "test");
  }
}
