package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Client;
import io.batonmq.checks.harness.Ledger;
import io.batonmq.checks.harness.Load;
import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.cli.Exit;
import io.batonmq.server.node.ServerMain;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Nodes that end because somebody asked them to, and nodes that come back.
class StopTest {
  @RegisterExtension final Stage stage = new Stage();

  @Test
  void aStopWithoutFailoverIsAStopOfTheService() throws Exception {
    var plans = Pair.Plans.of(stage.path("store")).with(NodePlan::withoutFailoverOnShutdown);
    var pair = stage.pair(plans).start();
    try (var client = Client.to(pair.primary().url())) {
      client.send("q", "stays");
    }

    assertThat(pair.primary().stop()).isZero();

    // A beat of presence later the backup has looked dozens of times; it has its reason not to.
    Until.holds(
        "the backup knows that it is alone", () -> pair.backup().status().peers().isEmpty());
    assertThat(pair.backup().role()).isEqualTo("standby");
    assertThat(pair.backup().printed()).doesNotContain("promoting");

    pair.primary().start().awaitActive();
    try (var client = Client.to(pair.primary().url())) {
      assertThat(client.receive("q", 1)).containsExactly("stays");
    }
    assertThat(pair.primary().status().receipts().getFirst().cause()).isEqualTo("stopped");
  }

  @Test
  void aBackupThatWasStoppedOnPurposeSaysThatNobodyServesAndCanBeMadeAPrimary() throws Exception {
    var plans = Pair.Plans.of(stage.path("store")).with(NodePlan::withoutFailoverOnShutdown);
    var pair = stage.pair(plans).start();
    pair.primary().kill();
    pair.backup().awaitActive();
    try (var client = Client.to(pair.backup().url())) {
      client.send("q", "stays");
    }
    assertThat(pair.backup().stop()).isZero();

    var sentence = "backup was stopped on purpose; a primary has to start";
    pair.backup().start().awaitStandby();
    Until.holds("it knows why", () -> pair.backup().status().nobody().equals(sentence));
    assertThat(pair.backup().status().active()).isEmpty();
    assertThat(pair.backup().command("status").out()).contains("nobody has it: " + sentence);
    assertThat(pair.backup().printed()).containsOnlyOnce("nobody has the baton: " + sentence);
    assertThat(pair.backup().stop()).isZero();

    // The way out where the primary's machine is gone for good.
    pair.backup()
        .edit(xml ->
            xml.replaceAll("<(/?)backup>", "<$1primary>")
                .replace("<allow-failback>true</allow-failback>", ""));
    pair.backup().start().awaitActive();
    assertThat(pair.backup().status().nobody()).isEmpty();
    try (var client = Client.to(pair.backup().url())) {
      assertThat(client.receive("q", 1)).containsExactly("stays");
    }
  }

  @Test
  void clientsFollowAStopAndAFailbackWithoutAnError() throws Exception {
    var pair = stage.pair().start();
    var ledger = new Ledger();
    var load = stage.keep(new Load(pair.url("&failover.maxReconnectDelay=500"), ledger));
    load.producer("plain").windowedProducer("plain").consumer("plain");
    load.transactedProducer("tx").transactedConsumer("tx");
    flow(ledger);

    assertThat(pair.primary().stop()).isZero();
    pair.backup().awaitActive();
    assertThat(pair.backup().status().receipts().getFirst().cause()).isEqualTo("handed_over");
    flow(ledger);

    // It comes back, and the backup gives the baton back by itself.
    pair.primary().start().awaitActive();
    assertThat(pair.primary().status().receipts().getFirst().cause()).isEqualTo("handed_over");
    pair.backup().awaitStandby();
    assertThat(pair.backup().running()).isTrue();
    flow(ledger);
    finish(pair, ledger, load);
  }

  @Test
  void clientsFollowASwitchoverToAndFroWithoutAnError() throws Exception {
    var pair = stage.pair(Pair.Plans.of(stage.path("store")).withoutFailback()).start();
    var ledger = new Ledger();
    var load = stage.keep(new Load(pair.url("&failover.maxReconnectDelay=500"), ledger));
    load.producer("plain").consumer("plain").transactedProducer("tx").transactedConsumer("tx");
    flow(ledger);
    for (int i = 1; i <= 4; i++) {
      var from = pair.active();
      var to = pair.other(from);
      pair.awaitSeen();
      assertThat(from.admin().switchover(Optional.empty())).isEqualTo(to.name());
      to.awaitActive();
      from.awaitStandby();
      flow(ledger);
    }
    finish(pair, ledger, load);
  }

  /// An operator who asked for it does not want it undone by the next beat.
  @Test
  void aSwitchoverToABackupThatFailsBackStaysUntilThePrimaryIsStartedAgain() throws Exception {
    var pair = stage.pair().start();
    try (var client = Client.to(pair.primary().url())) {
      client.send("q", "stays");
    }
    Until.holds(
        "the backup has all that the primary has, and says so",
        () ->
            pair.backup().queue("q").filter(queue -> queue.messageCount() == 1).isPresent()
                && pair.backup().status().applied() == pair.primary().status().committed());
    assertThat(pair.primary().admin().switchover(Optional.empty())).isEqualTo("backup");
    pair.backup().awaitActive();
    pair.awaitSeen();
    // It looks ten times a second whether to fail back.
    long since = pair.backup().status().uptimeMillis();
    Until.holds(
        "three seconds have passed", () -> pair.backup().status().uptimeMillis() > since + 3_000);
    assertThat(pair.backup().role()).isEqualTo("active");
    assertThat(pair.primary().role()).isEqualTo("standby");

    pair.primary().kill();
    pair.primary().start().awaitActive();
    assertThat(pair.primary().status().receipts().getFirst().cause()).isEqualTo("handed_over");
  }

  @Test
  void aBackupThatCannotBeReachedLeavesTheBatonToAnother() throws Exception {
    var pair = stage.pair(Pair.Plans.of(stage.path("store")).withoutFailback()).start();
    try (var client = Client.to(pair.primary().url())) {
      client.send("q", "stays");
    }
    try (var other = new ServerSocket(pair.backup().port())) {
      pair.primary().kill();

      assertThat(pair.backup().awaitExit())
          .as(other.toString())
          .isEqualTo(ServerMain.EXIT_CANNOT_LISTEN);
    }
    assertThat(pair.backup().printed())
        .contains("cannot listen on 127.0.0.1:" + pair.backup().port())
        .doesNotContain("active: this node has the baton");
    pair.primary().start().awaitActive();
    try (var client = Client.to(pair.primary().url())) {
      assertThat(client.receive("q", 1)).containsExactly("stays");
    }
  }

  @Test
  void whatAKilledNodeLeavesBehindDoesNotConfuseAnOperator() {
    var node = stage.broker(NodePlan.single("node")).start().awaitActive();
    var running = node.command("status");
    assertThat(running.code()).as(running.out()).isZero();
    assertThat(running.out()).contains("active");
    node.kill();

    for (var word : List.of("status", "stop")) {
      var result = node.command(word);
      assertThat(result.code()).as(result.out()).isEqualTo(Exit.NOT_RUNNING.code());
      assertThat(result.out()).doesNotContain("\tat ");
    }
    node.start().awaitActive();
    var stopped = node.command("stop");
    assertThat(stopped.code()).as(stopped.out()).isZero();
    assertThat(node.awaitExit()).isZero();
  }

  private static void finish(Pair pair, Ledger ledger, Load load) {
    load.stopProducers();
    load.drain(pair.active(), "plain", "tx");
    load.close();
    var account = ledger.account();
    System.out.println(account);
    assertThat(account.clean()).as(account.toString()).isTrue();
  }

  private static void flow(Ledger ledger) {
    long before = ledger.deliveredCount();
    long confirmed = ledger.confirmedCount();
    Until.holds(
        () -> "messages flow: " + ledger.account(),
        Until.PATIENCE,
        () -> ledger.deliveredCount() - before > 100 && ledger.confirmedCount() - confirmed > 100);
  }
}
