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

/// The active node is killed, again and again, under the load of clients as they are.
class KillTest {
  /// `-Dbaton.takeovers=50` is the long form: `scripts/long-checks`.
  private static final int TAKEOVERS = Integer.getInteger("baton.takeovers", 8);

  /// What has to be delivered between two kills: enough to see that everybody has moved.
  private static final int PROGRESS = 200;

  private static final long FOLLOWED_BYTES = 1 << 20;

  private static final long LATER_MILLIS = 300;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void nothingConfirmedIsLostOrThereTwiceHoweverOftenTheActiveIsKilled() throws AdminException {
    var pair = stage.pair(Pair.Plans.of(stage.path("store")).withoutFailback()).start();
    var ledger = new Ledger();
    var load = stage.keep(new Load(pair.url("&failover.maxReconnectDelay=500"), ledger));
    load.producer("plain").producer("plain").consumer("plain");
    load.windowedProducer("window").consumer("window").consumer("window");
    load.transactedProducer("tx").transactedConsumer("tx");
    // At every kill some of these wait, and some are due while nobody serves.
    load.delayedProducer("later", LATER_MILLIS).consumer("later");
    var active = pair.primary();

    for (int i = 1; i <= TAKEOVERS; i++) {
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
      if (i % 2 == 0) {
        // Otherwise it is killed as soon as messages flow, and a node takes over that has just
        // begun.
        pair.awaitSeen();
      }
    }
    awaitProgress(ledger);
    load.stopProducers();
    load.drain(active, "plain", "window", "tx", "later");
    load.close();

    var account = ledger.account();
    System.out.println(account);
    assertThat(account.clean()).as(account.toString()).isTrue();
    assertThat(account.confirmed()).isPositive();
    stopBoth(pair, active);
    assertThat(LogVerify.verify(DiskStorage.open(active.store())).damages()).isEmpty();
  }

  private static void awaitFollowed(Pair pair, Broker active) {
    Until.holds(
        "the other follows, under load",
        () ->
            pair.other(active).status().applied() + FOLLOWED_BYTES >= active.status().committed());
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

  private static void stopBoth(Pair pair, Broker active) {
    assertThat(pair.other(active).stop()).isZero();
    assertThat(active.stop()).isZero();
  }
}
