package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Shell;
import io.batonmq.checks.harness.Stage;
import io.batonmq.ha.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What an operator does to the store of a node that runs.
class StoreTest {
  @RegisterExtension final Stage stage = new Stage();

  @Test
  void aNodeWhoseStoreIsRemovedEndsAndSaysSo() {
    var node = stage.broker(NodePlan.single("node")).start().awaitActive();
    Shell.run("rm", "-rf", node.store().toString());
    assertThat(node.awaitExit()).isEqualTo(ExitCode.STORE_FAILED.code());
    assertThat(node.printed()).contains("is gone: the store was removed, or its disk is not there");
  }
}
