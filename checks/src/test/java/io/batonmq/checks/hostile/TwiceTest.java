package io.batonmq.checks.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Stage;
import io.batonmq.cli.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The same instance, started twice.
class TwiceTest {
  @RegisterExtension final Stage stage = new Stage();

  @Test
  void theSecondIsRefusedAndTheFirstIsNotHidden() throws Exception {
    var node = stage.broker(NodePlan.single("node")).start().awaitActive();

    var second = node.command("run");

    assertThat(second.code()).as(second.out()).isEqualTo(Exit.RUNNING_ALREADY.code());
    assertThat(second.out())
        .isEqualTo(
            "baton: %s is running already, process %d\n"
                .formatted(node.instance().dir(), node.pid()));
    assertThat(node.command("status").out()).contains("node is active");
    // Nothing of a process that was killed is in the way of the next.
    node.kill();
    node.start().awaitActive();
    assertThat(node.command("stop").code()).isZero();
    assertThat(node.awaitExit()).isZero();
  }
}
