package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Client;
import io.batonmq.checks.harness.Ledger;
import io.batonmq.checks.harness.Load;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.ha.ExitCode;
import io.batonmq.log.file.LogVerify;
import io.batonmq.server.platform.DiskStorage;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The active node stands still longer than the other waits, and then goes on as if nothing had been.
class HungTest {
  private static final int ROUNDS = Integer.getInteger("baton.hangs", 2);
  private static final int SENDERS = 4;

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void whoWakesUpAfterATakeOverConfirmsNothing() throws Exception {
    var plans =
        Pair.Plans.of(stage.path("store"))
            .withoutFailback()
            .with(plan -> plan.withStallMillis(1500));
    var pair = stage.pair(plans).start();
    var ledger = new Ledger();
    var load = stage.keep(new Load(pair.url("&failover.maxReconnectDelay=500"), ledger));
    load.producer("load").transactedProducer("load").consumer("load");
    var active = pair.primary();

    for (int round = 1; round <= ROUNDS; round++) {
      long before = ledger.deliveredCount();
      Until.holds("messages flow", () -> ledger.deliveredCount() - before > 100);
      var next = pair.other(active);
      var clients = new ArrayList<Client>();
      for (int i = 0; i < SENDERS; i++) {
        // Without failover: what it is told, the old node told it.
        var client = stage.keep(Client.to(active.url()));
        client.send("direct", "before");
        clients.add(client);
      }
      active.freeze();
      var stale = new ArrayList<CompletableFuture<String>>();
      for (int i = 0; i < SENDERS; i++) {
        stale.add(clients.get(i).sending("direct", "stale-" + i));
      }
      next.awaitActive();
      try (var client = Client.to(next.url())) {
        client.send("direct", "by the new epoch");
      }
      assertThat(stale).as("nobody can have answered").noneMatch(CompletableFuture::isDone);

      active.thaw();

      assertThat(stale.stream().map(Client::outcome)).allMatch(it -> it.startsWith("failed"));
      assertThat(active.awaitExit()).isEqualTo(ExitCode.SUPERSEDED.code());
      assertThat(active.printed()).contains("fenced: nothing more is confirmed here");
      try (var client = Client.to(next.url())) {
        assertThat(client.receive("direct", SENDERS + 1))
            .containsOnly("before", "by the new epoch");
      }
      active.start().awaitStandby();
      active = next;
      pair.awaitSeen();
    }
    load.stopProducers();
    load.drain(active, "load");
    load.close();
    var account = ledger.account();
    System.out.println(account);
    assertThat(account.clean()).as(account.toString()).isTrue();
    assertThat(pair.other(active).stop()).isZero();
    assertThat(active.stop()).isZero();
    assertThat(LogVerify.verify(DiskStorage.open(active.store())).damages()).isEmpty();
  }
}
