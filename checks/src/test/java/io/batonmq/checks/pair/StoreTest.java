package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Shell;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.ha.ExitCode;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What an operator does to the store of a node that runs.
class StoreTest {
  private static final String GONE = "is gone: the store was removed, or its disk is not there";

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void nodesWhoseStoreIsRemovedEndAndSaySo() {
    var pair = stage.pair(Pair.Plans.of(stage.path("store"))).start();
    var store = pair.primary().store();
    // They may put something new into a folder that rm has just emptied.
    Until.holds(
        "the store is removed",
        () -> Shell.attempt("rm", "-rf", store.toString()).code() == 0 && !Files.exists(store));
    // While rm is at it, either may be the first to be missed.
    assertThat(pair.primary().awaitExit())
        .isIn(ExitCode.STORE_FAILED.code(), ExitCode.LOCK_LOST.code());
    assertThat(pair.primary().printed())
        .containsAnyOf(GONE, "fenced: nothing more is confirmed here; reason=\"the lock of epoch");
    // It waits a while: a disk may come back.
    assertThat(pair.backup().awaitExit()).isEqualTo(ExitCode.STORE_DAMAGED.code());
    assertThat(pair.backup().printed()).contains(GONE);
    assertThat(Shell.run("find", store.toString()))
        .as("what was made in its place")
        .doesNotContain("register", "epoch-");
  }
}
