package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.batonmq.checks.harness.Client;
import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Ports;
import io.batonmq.checks.harness.Shell;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.StreamingPeer;
import io.batonmq.checks.harness.Until;
import io.batonmq.ha.ExitCode;
import io.batonmq.log.file.LogVerify;
import io.batonmq.server.platform.DiskStorage;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Disks that are full, and disks that fail.
class DiskTest {
  private static final String TEXT = "x".repeat(10_000);
  private static final Duration HELD_BACK = Duration.ofSeconds(3);

  /// What a disk takes that is filled and stays full for 30 s.
  private static final Duration FULL_FOR_LONG = Duration.ofMinutes(3);

  @RegisterExtension final Stage stage = new Stage();

  @BeforeEach
  void onlyWhereDisksCanBeMade() {
    assumeTrue(Shell.noMounts().isEmpty(), Shell.noMounts());
  }

  @Test
  void aFullDiskHoldsProducersBackAndConsumersGoOn() throws Exception {
    stage.keep(Shell.memoryDisk(stage.path("disk"), "48m"));
    var plan = NodePlan.single("node").withStore(stage.path("disk/data")).withSegments("1M");
    var node = stage.broker(plan).start().awaitActive();
    var ballast = stage.path("disk/ballast");
    int confirmed = 0;
    try (var client = Client.to(node.url())) {
      client.send("q", TEXT);
      confirmed++;
      fillUp(ballast);
      CompletableFuture<String> held;
      while (true) {
        held = client.sending("q", TEXT);
        if (!Client.isConfirmedWithin(held, HELD_BACK)) {
          break;
        }
        confirmed++;
        assertThat(confirmed).as("nobody is held back").isLessThan(5_000);
      }
      System.out.println(
          "held back after " + confirmed + ": " + (held.isDone() ? Client.outcome(held) : "waits"));
      assertThat(node.running()).isTrue();

      try (var consumer = Client.to(node.url())) {
        assertThat(consumer.receive("q", confirmed)).hasSize(confirmed);
      }
      Until.holds("all is acknowledged", () -> node.queue("q").orElseThrow().messageCount() == 0);

      Files.delete(ballast);
      if (!held.isDone()) {
        assertThat(Client.outcome(held)).startsWith("confirmed");
      }
      Until.holds("there is room again", () -> sends(node.url()));
    }
    assertThat(node.stop()).isZero();
    assertThat(LogVerify.verify(DiskStorage.open(node.store())).damages()).isEmpty();
  }

  /// Nothing else is on the disk that somebody could delete.
  @Test
  void aDiskThatTheBacklogHasFilledHasRoomAgainWhenThatIsConsumed() throws Exception {
    stage.keep(Shell.memoryDisk(stage.path("disk"), "48m"));
    var plan = NodePlan.single("node").withStore(stage.path("disk/data")).withSegments("1M");
    var node = stage.broker(plan).start().awaitActive();
    for (int time = 0; time < 2; time++) {
      int confirmed = 0;
      try (var client = Client.to(node.url())) {
        var held = client.sending("q", TEXT);
        while (Client.isConfirmedWithin(held, HELD_BACK)) {
          confirmed++;
          assertThat(confirmed).as("nobody is held back").isLessThan(10_000);
          held = client.sending("q", TEXT);
        }
        try (var consumer = Client.to(node.url())) {
          assertThat(consumer.receive("q", confirmed)).hasSize(confirmed);
        }
        Until.holds("there is room again, time " + time, () -> sends(node.url()));
      }
      try (var consumer = Client.to(node.url())) {
        // What was held back may have come.
        consumer.receive("again", 1);
        if (node.queue("q").orElseThrow().messageCount() > 0) {
          consumer.receive("q", 1);
        }
      }
    }
    assertThat(node.stop()).isZero();
    assertThat(LogVerify.verify(DiskStorage.open(node.store())).damages()).isEmpty();
  }

  @Test
  void aMessageThatTheDiskHasNoRoomForIsRefusedAndLeavesNothing() throws Exception {
    stage.keep(Shell.memoryDisk(stage.path("disk"), "48m"));
    var plan = NodePlan.single("node").withStore(stage.path("disk/data")).withSegments("1M");
    var node = stage.broker(plan).start().awaitActive();
    try (var client = Client.to(node.url())) {
      client.send("q", TEXT);
      for (int time = 0; time < 2; time++) {
        try (var peer = new StreamingPeer(node.port())) {
          assertThatThrownBy(() -> peer.send("large", "one", 100 << 20))
              .hasMessageContaining("the disk is full");
        }
        Until.holds("there is room again, time " + time, () -> sends(node.url()));
      }
      assertThat(client.receive("q", 1)).containsExactly(TEXT);
    }
    assertThat(node.stop()).isZero();
    assertThat(LogVerify.verify(DiskStorage.open(node.store())).damages()).isEmpty();
  }

  /// A client fills the disk in a transaction and does nothing more: others are not held back for ever.
  @Test
  void aTransactionThatFillsTheDiskIsRolledBackAndTheOthersGoOn() throws Exception {
    stage.keep(Shell.memoryDisk(stage.path("disk"), "48m"));
    var plan = NodePlan.single("node").withStore(stage.path("disk/data")).withSegments("1M");
    var node = stage.broker(plan).start().awaitActive();
    try (var stranger = new JmsConnectionFactory(node.url()).createConnection();
        var client = Client.to(node.url())) {
      client.send("q", TEXT);
      var session = stranger.createSession(Session.SESSION_TRANSACTED);
      var producer = session.createProducer(session.createQueue("hoard"));
      var filling =
          CompletableFuture.runAsync(() -> {
            try {
              while (true) {
                producer.send(session.createTextMessage(TEXT));
              }
            } catch (JMSException e) {
              throw new IllegalStateException(e);
            }
          });
      Until.holds(
          "it is rolled back",
          FULL_FOR_LONG,
          () -> node.printed().contains("store full given_up=transaction user=" + NodePlan.USER));
      client.send("q", TEXT);
      assertThat(client.receive("q", 2)).hasSize(2);
      // It is rolled back, whatever it does.
      assertThatThrownBy(session::commit).isInstanceOf(JMSException.class);
      assertThat(node.queue("hoard").orElseThrow().messageCount()).isZero();
      stranger.close();
      assertThat(filling).failsWithin(Until.PATIENCE);
    }
    assertThat(node.stop()).isZero();
    assertThat(LogVerify.verify(DiskStorage.open(node.store())).damages()).isEmpty();
  }

  @Test
  void aNodeThatWasKilledOnAFullDiskHasEverythingWhenThereIsRoomAgain() throws Exception {
    stage.keep(Shell.memoryDisk(stage.path("disk"), "48m"));
    var plan = NodePlan.single("node").withStore(stage.path("disk/data")).withSegments("1M");
    var node = stage.broker(plan).start().awaitActive();
    var ballast = stage.path("disk/ballast");
    try (var client = Client.to(node.url())) {
      client.send("q", TEXT);
    }
    node.kill();
    fillUp(ballast);

    node.start();
    // It cannot make the files of a new epoch: it waits, says so once, and goes on by itself.
    node.awaitPrinted("no space left on the disk");
    assertThat(node.running()).isTrue();
    assertThat(node.role()).isEqualTo("standby");

    Files.delete(ballast);
    node.awaitActive();
    assertThat(node.printed()).doesNotContain("\tat ");
    assertThat(node.printed().split("no space left", -1)).as(node.printed()).hasSize(2);
    try (var client = Client.to(node.url())) {
      assertThat(client.receive("q", 1)).containsExactly(TEXT);
    }
    assertThat(node.stop()).isZero();
  }

  private static boolean sends(String url) {
    try (var client = Client.to(url)) {
      client.send("again", TEXT);
      return true;
    } catch (JMSException e) {
      return false;
    }
  }

  @Test
  void aDiskThatFailsEndsTheNode() throws Exception {
    // A disk that loses most of itself: what is written beyond its new end fails.
    stage.keep(Shell.memoryDisk(stage.path("under"), "200m"));
    var image = stage.path("under/image");
    resize(image, 150 << 20);
    Shell.run("mkfs.ext4", "-q", "-F", "-O", "^has_journal", image.toString());
    var loop = Shell.attempt("losetup", "-f", "--show", image.toString());
    assumeTrue(loop.code() == 0, "this machine has no loop devices: " + loop.out());
    var device = loop.out().strip();
    stage.keep(() -> Shell.attempt("losetup", "-d", device));
    var disk = Files.createDirectories(stage.path("disk"));
    Shell.run("mount", device, disk.toString());
    stage.keep(() -> Shell.attempt("umount", "-l", disk.toString()));
    var plan = NodePlan.single("node").withStore(disk.resolve("data")).withSegments("1M");
    var node = stage.broker(plan).start().awaitActive();
    try (var client = Client.to(node.url())) {
      client.send("q", TEXT);
      resize(image, 64 << 10);
      Shell.run("losetup", "-c", device);
      assertThat(Client.outcome(client.sendingOn("q", TEXT))).startsWith("failed");
    }
    assertThat(node.awaitExit()).isEqualTo(ExitCode.STORE_FAILED.code());
    assertThat(node.printed()).containsPattern("fenced: .*store failed.*exit_code=12");
    assertThat(Ports.answers(node.port())).isFalse();
  }

  private static void resize(Path image, long bytes) throws IOException {
    try (var file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(bytes);
    }
  }

  @Test
  void aStoreThatIsRemovedEndsTheNode() throws Exception {
    var node = stage.broker(NodePlan.single("node")).start().awaitActive();
    try (var client = Client.to(node.url())) {
      client.send("q", TEXT);
      Shell.run("rm", "-rf", node.store().toString());
      assertThat(Client.outcome(client.sendingOn("q", TEXT))).startsWith("failed");
    }
    // Which of its looks comes first decides what it takes it for; no backup is there to be
    // superseded by.
    assertThat(node.awaitExit())
        .isBetween(ExitCode.SUPERSEDED.code(), ExitCode.STORE_FAILED.code());
    assertThat(node.printed()).contains("fenced: nothing more is confirmed here");
    assertThat(Ports.answers(node.port())).isFalse();
  }

  private static void fillUp(Path ballast) throws IOException {
    var block = new byte[64 << 10];
    try (var out = Files.newOutputStream(ballast)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      if (!String.valueOf(full.getMessage()).contains("space")) {
        throw full;
      }
    }
  }
}
