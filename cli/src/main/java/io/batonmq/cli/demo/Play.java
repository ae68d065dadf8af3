package io.batonmq.cli.demo;

import static io.batonmq.cli.demo.Narrator.number;
import static io.batonmq.cli.demo.Narrator.span;

import io.batonmq.cli.Exit;
import io.batonmq.cli.UserException;
import io.batonmq.cli.Waiting;
import io.batonmq.cli.Waiting.Look;
import io.batonmq.log.file.LogVerify;
import io.batonmq.server.admin.NodeStatus;
import io.batonmq.server.admin.QueueStat;
import io.batonmq.server.platform.DiskStorage;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The demo itself, scene by scene. Each scene waits for what it announces, and no longer than it may.
final class Play {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long STOP_SECONDS_MAX = 10;

  private final Stage stage;
  private final Broker master;
  private final Broker slave;
  private final Narrator narrator;
  private final Duration scene;
  private final Account account = new Account();
  private final Load load;
  private final Set<Broker> onStage = new HashSet<>();

  Play(Stage stage, Narrator narrator, Duration scene) {
    this.stage = stage;
    this.master = stage.master();
    this.slave = stage.slave();
    this.narrator = narrator;
    this.scene = scene;
    this.load = new Load(account, stage.url(), Stage.USER, stage.password());
  }

  Account.Balance perform() throws IOException, InterruptedException {
    try (load) {
      raise();
      stream();
      kill();
      bringBack();
      var balance = settle();
      lower();
      return balance;
    }
  }

  private void raise() throws IOException, InterruptedException {
    enter(master);
    await("master does not become active", () -> master.is("active"));
    narrator.step("master is active: %s".formatted(facts(master)));
    enter(slave);
    await("slave does not stand by", this::slaveFollows);
    narrator.step("slave is standing by, reading the log as it grows: %s".formatted(facts(slave)));
  }

  private void enter(Broker broker) throws IOException {
    broker.start();
    onStage.add(broker);
  }

  private boolean slaveFollows() throws IOException {
    return slave.is("standby")
        && master.status().filter(status -> !status.peers().isEmpty()).isPresent();
  }

  private static String facts(Broker broker) {
    return "localhost:%d, process %d".formatted(broker.port(), broker.process().pid());
  }

  private void stream() throws IOException, InterruptedException {
    account.mark(System.nanoTime());
    load.start();
    await("no message gets through", () -> account.receivedCount() > 0);
    narrator.step("a producer and a consumer are at work: %s".formatted(stage.url()));
    playOn();
  }

  /// Lets the load run for a while.
  private void playOn() throws IOException, InterruptedException {
    long before = account.confirmedCount();
    long start = System.nanoTime();
    long end = start + scene.toNanos();
    Waiting.until(
        () -> {
          mustLive();
          narrator.moving(
              "%s confirmed, %s received"
                  .formatted(number(account.confirmedCount()), number(account.receivedCount())));
          return System.nanoTime() - end >= 0;
        },
        scene.plusSeconds(1));
    long more = account.confirmedCount() - before;
    narrator.step(
        "%s messages confirmed in %s, up to number %s; %s received so far"
            .formatted(
                number(more),
                span(System.nanoTime() - start),
                number(account.confirmedCount()),
                number(account.receivedCount())));
  }

  private void kill() throws IOException, InterruptedException {
    long pid = master.process().pid();
    account.mark(System.nanoTime());
    narrator.blow("kill -9 %d: master is gone in mid-stream".formatted(pid));
    onStage.remove(master);
    master.kill();
    await("slave does not take over", () -> hasTheBaton(slave));
    narrator.good("slave has the baton; %s".formatted(receipt(slave)));
    awaitProgress();
    narrator.step(
        "the stream goes on: the producer had to wait %s, the consumer %s"
            .formatted(span(account.longestPauseNanos()), span(account.longestSilenceNanos())));
    playOn();
  }

  private void bringBack() throws IOException, InterruptedException {
    account.mark(System.nanoTime());
    enter(master);
    narrator.step("master starts again, process %d".formatted(master.process().pid()));
    await("master does not get the baton back", () -> hasTheBaton(master));
    narrator.good("master has the baton again; %s".formatted(receipt(master)));
    await("slave does not stand by again", () -> slave.is("standby"));
    awaitProgress();
    narrator.step(
        "it was handed over in order: the producer had to wait %s, the consumer %s"
            .formatted(span(account.longestPauseNanos()), span(account.longestSilenceNanos())));
    playOn();
  }

  /// The receipt is written when the doors are open, a moment after the role has changed.
  private static boolean hasTheBaton(Broker broker) throws IOException {
    return broker
        .status()
        .filter(status -> status.role().equals("active") && !status.receipts().isEmpty())
        .isPresent();
  }

  private static String receipt(Broker broker) throws IOException {
    return broker
        .status()
        .map(NodeStatus::receipts)
        .filter(receipts -> !receipts.isEmpty())
        .map(List::getFirst)
        .map(it ->
            "epoch %d, %s, taken in %d ms, %s bytes of log read for it"
                .formatted(
                    it.epoch(), cause(it.cause()), it.takeMillis(), number(it.logBytesRead())))
        .orElse("it left no receipt");
  }

  private static String cause(String cause) {
    return switch (cause) {
      case "lock_free" -> "the lock was free";
      case "handed_over" -> "slave handed it over";
      default -> cause;
    };
  }

  /// Something was confirmed and something received after now.
  private void awaitProgress() throws IOException, InterruptedException {
    long confirmed = account.confirmedCount();
    long received = account.receivedCount();
    await(
        "the stream does not go on",
        () -> account.confirmedCount() > confirmed && account.receivedCount() > received);
  }

  private Account.Balance settle() throws IOException, InterruptedException {
    load.stopSending();
    // What is lost shows in the account; it is no reason to wait here for ever.
    Waiting.until(
        () -> account.settled() && queue(master).messageCount() == 0, Duration.ofSeconds(8));
    load.stopReceiving();
    load.mustLive();
    var queue = queue(master);
    narrator.step(
        "the producer has stopped and the consumer took the rest: %d left in the queue"
            .formatted(queue.messageCount()));
    return account.balance(queue.messagesAdded(), queue.messageCount());
  }

  private static QueueStat queue(Broker broker) throws IOException {
    var admin = broker.admin().orElseThrow(() -> new IOException(broker.name() + " is silent"));
    return admin.queues().stream()
        .filter(queue -> queue.name().equals(Load.QUEUE))
        .findFirst()
        .orElseThrow(() -> new IOException("there is no queue " + Load.QUEUE));
  }

  private void lower() throws IOException, InterruptedException {
    slave.stop(STOP_SECONDS_MAX);
    master.stop(STOP_SECONDS_MAX);
    narrator.step("both are stopped");
    var report = LogVerify.verify(DiskStorage.open(stage.store()));
    if (!report.sound()) {
      throw new UserException(Exit.FAILED, "the log is damaged: " + report.damages().getFirst());
    }
    narrator.step(
        "their log reads well: %s records of %d tenures"
            .formatted(number(report.records()), report.tenures()));
  }

  private void await(String otherwise, Look look) throws IOException, InterruptedException {
    boolean seen =
        Waiting.until(
            () -> {
              mustLive();
              return look.seen();
            },
            PATIENCE);
    if (!seen) {
      throw new UserException(
          Exit.FAILED, "%s within %d s".formatted(otherwise, PATIENCE.toSeconds()));
    }
  }

  private void mustLive() {
    for (var broker : onStage) {
      broker.mustLive();
    }
    load.mustLive();
  }
}
