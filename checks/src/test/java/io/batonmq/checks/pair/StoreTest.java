package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Shell;
import io.batonmq.checks.harness.Stage;
import io.batonmq.ha.ExitCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What an operator does to the store of a node that runs.
class StoreTest {
  @RegisterExtension final Stage stage = new Stage();

  @Test
  void nodesWhoseStoreIsRemovedEndAndSaySo() {
    var pair = stage.pair(Pair.Plans.of(stage.path("store"))).start();
    var store = pair.primary().store();
    Shell.run("rm", "-rf", store.toString());
    assertThat(pair.primary().awaitExit()).isEqualTo(ExitCode.STORE_FAILED.code());
    // It waits a while: a disk may come back.
    assertThat(pair.backup().awaitExit()).isEqualTo(ExitCode.STORE_DAMAGED.code());
    for (var node : List.of(pair.primary(), pair.backup())) {
      assertThat(node.printed())
          .contains("is gone: the store was removed, or its disk is not there");
    }
    assertThat(Shell.run("find", store.toString()))
        .as("what was made in its place")
        .doesNotContain("register", "epoch-");
  }
}
