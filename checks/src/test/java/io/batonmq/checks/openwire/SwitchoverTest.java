package io.batonmq.checks.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The baton handed to and fro under the load of stock ActiveMQ clients, of which nobody sees an error.
class SwitchoverTest {
  private static final int SWITCHOVERS = Integer.getInteger("baton.switchovers", 4);
  private static final int ROUNDS = 20;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void clientsFollowASwitchoverToAndFroWithoutAnError() throws Exception {
    var pair = stage.pair(Pair.Plans.of(stage.path("store")).withoutFailback()).start();
    var url =
        "failover:(tcp://127.0.0.1:%d,tcp://127.0.0.1:%d)?randomize=false&jms.userName=%s&jms.password=%s"
            .formatted(
                pair.primary().port(), pair.backup().port(), NodePlan.USER, NodePlan.PASSWORD);
    var load = stage.keep(new StockLoad(url)).start();
    allGoOn(load);
    for (int i = 0; i < SWITCHOVERS; i++) {
      var from = pair.active();
      var to = pair.other(from);
      pair.awaitSeen();
      assertThat(from.admin().switchover(Optional.empty())).isEqualTo(to.name());
      to.awaitActive();
      from.awaitStandby();
      allGoOn(load);
    }
    var reckoning = load.finish(pair.active(), "DLQ");
    System.out.println(reckoning);
    reckoning.verify();
    assertThat(pair.active().status().receipts().getFirst().cause()).isEqualTo("handed_over");
  }

  private static void allGoOn(StockLoad load) {
    var before = load.steps();
    Until.holds(
        () -> "stuck: " + load.behind(before, ROUNDS) + "; " + load.seen.account(),
        Until.PATIENCE,
        () -> load.behind(before, ROUNDS).isEmpty());
  }
}
