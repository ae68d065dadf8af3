package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Client;
import io.batonmq.checks.harness.Ledger;
import io.batonmq.checks.harness.Load;
import io.batonmq.checks.harness.NodePlan;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Ports;
import io.batonmq.checks.harness.Shell;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.ha.ExitCode;
import io.batonmq.log.file.LogVerify;
import io.batonmq.server.platform.DiskStorage;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Locks that do not do what locks are for.
class LockTest {
  @RegisterExtension final Stage stage = new Stage();

  @Test
  void twoNodesThatBothHaveTheLockLoseNothingAndOneOfThemEnds() throws Exception {
    assumeTrue(Shell.noMounts().isEmpty(), Shell.noMounts());
    var pair = stage.pair(Pair.Plans.of(stage.path("store")).withoutFailback());
    var healthy = pair.primary().start().awaitActive();
    var ledger = new Ledger();
    var load = stage.keep(new Load(pair.url("&failover.maxReconnectDelay=500"), ledger));
    load.producer("q").transactedProducer("q").consumer("q");
    Until.holds("messages flow", () -> ledger.deliveredCount() > 100);

    // Where the second node lives another file has the name of the lock, and nobody holds that one:
    // as on
    // a file server that has forgotten.
    var lock = lock(healthy);
    var other = Files.createFile(stage.path("other-lock"));
    var second =
        pair.backup()
            .by(
                "unshare",
                "-m",
                "sh",
                "-c",
                "mount --bind '%s' '%s' && exec \"$@\"".formatted(other, lock),
                "sh");
    second.start().awaitActive();

    assertThat(healthy.awaitExit()).isEqualTo(ExitCode.SUPERSEDED.code());
    assertThat(second.status().receipts().getFirst().cause()).isEqualTo("lock_free");
    long before = ledger.deliveredCount();
    Until.holds("messages flow again", () -> ledger.deliveredCount() - before > 100);
    load.stopProducers();
    load.drain(second, "q");
    load.close();
    var account = ledger.account();
    assertThat(account.clean()).as(account.toString()).isTrue();
    assertThat(second.stop()).isZero();
    assertThat(LogVerify.verify(DiskStorage.open(second.store())).damages()).isEmpty();
  }

  @Test
  void aNodeWhoseLockFileIsGoneClosesEverythingAndEnds() throws Exception {
    var node = stage.broker(NodePlan.single("node")).start().awaitActive();
    endsAtOnce(node, () -> Files.delete(lock(node)));
  }

  @Test
  void aNodeWhoseLockAnotherHasClosesEverythingAndEnds() throws Exception {
    var node = stage.broker(NodePlan.single("node")).start().awaitActive();
    var mine = Files.createFile(stage.path("mine"));
    try (var channel = FileChannel.open(mine, StandardOpenOption.WRITE)) {
      assertThat(channel.tryLock()).isNotNull();
      endsAtOnce(node, () -> Files.move(mine, lock(node), StandardCopyOption.REPLACE_EXISTING));
    }
  }

  private interface Mishap {
    void happen() throws IOException;
  }

  private static void endsAtOnce(Broker node, Mishap mishap) throws Exception {
    try (var client = Client.to(node.url())) {
      var first = new CompletableFuture<String>();
      var gone = new CompletableFuture<String>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              for (int i = 0; ; i++) {
                client.send("q", "number " + i);
                first.complete("");
              }
            } catch (JMSException e) {
              gone.complete("");
            }
          });
      assertThat(Client.outcome(first)).isEqualTo("confirmed ");
      mishap.happen();
      assertThat(Client.outcome(gone)).as("the client's connection").isEqualTo("confirmed ");
    }
    assertThat(node.awaitExit()).isEqualTo(ExitCode.LOCK_LOST.code());
    assertThat(Ports.answers(node.port())).isFalse();
    assertThat(node.printed()).containsPattern("fenced: .*lock of epoch 1 is lost.*exit_code=11");
  }

  private static Path lock(Broker node) throws IOException {
    try (var epochs = Files.newDirectoryStream(node.store(), "epoch-*")) {
      return epochs.iterator().next().resolve("lock");
    }
  }
}
