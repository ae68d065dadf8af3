package io.batonmq.checks.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Ledger;
import io.batonmq.checks.harness.Load;
import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.log.file.LogVerify;
import io.batonmq.server.platform.DiskStorage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The active node of a pair is killed, again and again, under the load of stock ActiveMQ clients with the URL that
/// people have: `failover:(tcp://a:61616,tcp://b:61616)?randomize=false`.
class OpenWireKillTest {
  private static final int TAKEOVERS = Integer.getInteger("baton.takeovers", 4);
  private static final int PROGRESS = 200;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void nothingConfirmedIsLostOrThereTwiceHoweverOftenTheActiveIsKilled() throws Exception {
    var pair = stage.pair(Pair.Plans.of(stage.path("store")).withoutFailback()).start();
    var ledger = new Ledger();
    var load = stage.keep(new Load(ledger, () -> connect(pair)));
    load.producer("plain").producer("plain").consumer("plain").consumer("plain");
    load.transactedProducer("tx").transactedConsumer("tx");
    var active = pair.primary();
    for (int i = 1; i <= TAKEOVERS; i++) {
      awaitProgress(ledger);
      active.kill();
      long killed = System.nanoTime();
      var next = pair.other(active).awaitActive();
      long served = ledger.confirmedCount();
      Until.holds("somebody is confirmed again", () -> ledger.confirmedCount() > served);
      System.out.printf("take-over %d after_ms=%d%n", i, (System.nanoTime() - killed) / 1_000_000);
      active.start().awaitStandby();
      active = next;
    }
    awaitProgress(ledger);
    load.stopProducers();
    load.drain(active, "plain", "tx");
    load.close();

    var account = ledger.account();
    System.out.println(account);
    assertThat(account.clean()).as(account.toString()).isTrue();
    assertThat(active.queue("ActiveMQ.DLQ")).isEmpty();
    assertThat(active.stop()).isZero();
    assertThat(LogVerify.verify(DiskStorage.open(active.store())).damages()).isEmpty();
  }

  private static Connection connect(Pair pair) throws JMSException {
    var url =
        "failover:(tcp://127.0.0.1:%d,tcp://127.0.0.1:%d)?randomize=false&maxReconnectDelay=500"
            .formatted(pair.primary().port(), pair.backup().port());
    return new ActiveMQConnectionFactory(NodePlan.USER, NodePlan.PASSWORD, url).createConnection();
  }

  private static void awaitProgress(Ledger ledger) {
    long before = ledger.deliveredCount();
    long sent = ledger.confirmedCount();
    Until.holds(
        () -> "messages flow; " + ledger.account(),
        Until.PATIENCE,
        () ->
            ledger.deliveredCount() - before >= PROGRESS
                && ledger.confirmedCount() - sent >= PROGRESS);
  }
}
