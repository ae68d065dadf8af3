package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Ledger;
import io.batonmq.checks.harness.Load;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.log.file.LogVerify;
import io.batonmq.server.admin.AdminException;
import io.batonmq.server.platform.DiskStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Two nodes with a store each, in processes of their own, and clients as they are.
class ReplicatedPairTest {
  /// `-Dbaton.takeovers=50` is the long form: `scripts/long-checks`.
  private static final int TAKEOVERS = Integer.getInteger("baton.takeovers", 4);

  private static final int PROGRESS = 200;

  @RegisterExtension final Stage stage = new Stage();

  private Pair.Plans plans() {
    return Pair.Plans.replicated(stage.path("arbiter")).withoutFailback();
  }

  @Test
  void nothingConfirmedIsLostOrThereTwiceHoweverOftenTheActiveIsKilled() throws AdminException {
    var pair = stage.pair(plans()).start();
    var ledger = new Ledger();
    var load = stage.keep(new Load(pair.url("&failover.maxReconnectDelay=500"), ledger));
    load.producer("plain").producer("plain").consumer("plain");
    load.windowedProducer("window").consumer("window").consumer("window");
    load.transactedProducer("tx").transactedConsumer("tx");
    var active = pair.primary();
    for (int i = 1; i <= TAKEOVERS; i++) {
      pair.awaitInSync();
      awaitProgress(ledger);
      active.kill();
      long killed = System.nanoTime();
      var next = pair.other(active).awaitActive();
      long served = ledger.confirmedCount();
      Until.holds("somebody is confirmed again", () -> ledger.confirmedCount() > served);
      System.out.printf(
          "take-over %d after_ms=%d %s%n",
          i, (System.nanoTime() - killed) / 1_000_000, next.status().receipts().getFirst());
      active.start().awaitStandby();
      active = next;
    }
    pair.awaitInSync();
    awaitProgress(ledger);
    load.stopProducers();
    load.drain(active, "plain", "window", "tx");
    load.close();
    var account = ledger.account();
    System.out.println(account);
    assertThat(account.clean()).as(account.toString()).isTrue();
    var standby = pair.other(active);
    assertThat(standby.stop()).isZero();
    assertThat(active.stop()).isZero();
    for (Broker node : new Broker[] {active, standby}) {
      assertThat(LogVerify.verify(DiskStorage.open(node.store())).damages())
          .as(node.name())
          .isEmpty();
    }
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

  @Test
  void aFrozenActiveIsReplacedAndConfirmsNothingWhenItWakes() throws AdminException {
    var pair = stage.pair(plans().with(plan -> plan.withStallMillis(2_000))).start();
    pair.awaitInSync();
    var ledger = new Ledger();
    var load = stage.keep(new Load(pair.url("&failover.maxReconnectDelay=500"), ledger));
    load.producer("q").consumer("q");
    awaitProgress(ledger);
    pair.primary().freeze();
    pair.backup().awaitActive();
    pair.primary().thaw();
    // Superseded: its clients go on at the other node.
    assertThat(pair.primary().awaitExit()).isNotZero();
    awaitProgress(ledger);
    load.stopProducers();
    load.drain(pair.backup(), "q");
    load.close();
    assertThat(ledger.account().clean()).as(ledger.account().toString()).isTrue();
  }

  @Test
  void anActiveWhoseStandbyIsGoneGoesOnAndSaysSoAndTheStandbyMayNotTakeOverThen()
      throws AdminException {
    var pair = stage.pair(plans().with(plan -> plan.withStallMillis(2_000))).start();
    pair.awaitInSync();
    var ledger = new Ledger();
    var load = stage.keep(new Load(pair.url("&failover.maxReconnectDelay=500"), ledger));
    load.producer("q").consumer("q");
    awaitProgress(ledger);
    pair.backup().kill();
    pair.primary().awaitPrinted("is out of sync: what is confirmed from now on is on this node");
    awaitProgress(ledger);
    pair.primary().kill();
    pair.backup().start().awaitPrinted("may lack what was confirmed; start one of");
    assertThat(pair.backup().role()).isEqualTo("standby");
    pair.primary().start().awaitActive();
    pair.awaitInSync();
    awaitProgress(ledger);
    load.stopProducers();
    load.drain(pair.primary(), "q");
    load.close();
    assertThat(ledger.account().clean()).as(ledger.account().toString()).isTrue();
  }

  @Test
  void aNodeThatDoesNotKnowThePasswordIsRefusedAndBothSaySo() throws AdminException {
    var plans = Pair.Plans.replicated(stage.path("arbiter"));
    var pair =
        stage.pair(
            new Pair.Plans(
                plans.primary(),
                plans
                    .backup()
                    .replaced(
                        "<cluster-password>trust</cluster-password>",
                        "<cluster-password>guess</cluster-password>")));
    pair.primary().start().awaitActive();
    pair.backup().start().awaitPrinted("refuses this node: it has another cluster-user or");
    pair.primary().awaitPrinted("a standby is refused");
    assertThat(pair.primary().status().replication()).doesNotContain("backup");
  }
}
