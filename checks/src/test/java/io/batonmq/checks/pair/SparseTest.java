package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Client;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.log.file.LogVerify;
import io.batonmq.server.platform.DiskStorage;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The active node is killed while it gives the space back that a few kept messages hold.
class SparseTest {
  /// `-Dbaton.rewritings=20` is the long form: `scripts/long-checks`.
  private static final int ROUNDS = Integer.getInteger("baton.rewritings", 2);

  /// So that a snapshot is due after a few hundred messages.
  private static final String BULK = "b".repeat(500_000);

  private static final int BULK_PER_KEPT = 8;

  @RegisterExtension final Stage stage = new Stage();

  private final List<String> kept = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean over;

  @Test
  void whatWasKeptIsThereHoweverOftenTheActiveIsKilledWhileItRewrites() throws Exception {
    var pair =
        stage
            .pair(
                Pair.Plans.of(stage.path("store"))
                    .withoutFailback()
                    .with(plan -> plan.withSegments("4M")))
            .start();
    var churning = CompletableFuture.runAsync(() -> churn(pair));
    var active = pair.primary();

    for (int round = 1; round <= ROUNDS; round++) {
      // Either while the file is written that nobody reads yet, or when the old one is about to go.
      var moment = round % 2 == 1 ? "rewriting-" : "sparse-";
      var before = files(active.store());
      Until.holds(
          "a file " + moment + " appears",
          () ->
              files(pair.primary().store()).stream()
                  .anyMatch(it -> !before.contains(it) && it.contains("/" + moment)));
      active.kill();
      var next = pair.other(active).awaitActive();
      active.start().awaitStandby();
      pair.awaitSeen();
      active = next;
    }
    over = true;
    churning.get(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS);

    try (var client = Client.to(pair.url())) {
      assertThat(client.receive("kept", kept.size())).isEqualTo(kept);
    }
    assertThat(active.queue("kept").orElseThrow().messageCount()).isZero();
    assertThat(pair.other(active).stop()).isZero();
    assertThat(active.stop()).isZero();
    assertThat(LogVerify.verify(DiskStorage.open(active.store())).damages()).isEmpty();
  }

  /// Sends and takes a lot, and sends a little that stays.
  private void churn(Pair pair) {
    var url = pair.url("&failover.maxReconnectDelay=500&jms.prefetchPolicy.all=" + BULK_PER_KEPT);
    try (var client = Client.to(url)) {
      while (!over) {
        for (int i = 0; i < BULK_PER_KEPT; i++) {
          client.send("bulk", BULK);
        }
        client.receive("bulk", BULK_PER_KEPT);
        var text = "kept " + kept.size();
        client.send("kept", text);
        kept.add(text);
      }
    } catch (JMSException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Set<String> files(Path store) {
    try (var walk = Files.walk(store)) {
      return walk.map(Path::toString).collect(Collectors.toCollection(HashSet::new));
    } catch (NoSuchFileException e) {
      return Set.of();
    } catch (UncheckedIOException e) {
      // One went while it was looked at.
      return Set.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
