package io.batonmq.checks.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.batonmq.checks.harness.Broker;
import io.batonmq.checks.harness.Client;
import io.batonmq.checks.harness.Pair;
import io.batonmq.checks.harness.Stage;
import io.batonmq.checks.harness.Until;
import io.batonmq.server.admin.ReceiptView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What a take-over costs does not grow with what waits.
class BacklogTest {
  /// `-Dbaton.backlog=1000000` is the long form: `scripts/long-checks`.
  private static final int MESSAGES = Integer.getInteger("baton.backlog", 50_000);

  private static final int FILLERS = 2;
  private static final long LOG_BYTES_MAX = 1 << 20;
  private static final long TAKE_MILLIS_MORE = 1_500;

  /// A follower at rest is one mark behind what the active has committed.
  private static final long FOLLOWED_BYTES = 1_000;

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @RegisterExtension final Stage stage = new Stage();

  @Test
  void aTakeOverWithManyMessagesWaitingReadsLittleAndTakesNoLonger() throws Exception {
    var heap = MESSAGES > 100_000 ? "512m" : "192m";
    var pair =
        stage
            .pair(
                Pair.Plans.of(stage.path("store"))
                    .withoutFailback()
                    .with(plan -> plan.withHeap(heap)))
            .start();
    var empty = takeOver(pair, pair.primary());
    var loaded = pair.backup();
    fill(loaded);

    var full = takeOver(pair, loaded);

    System.out.println("empty " + empty + "\nwith " + MESSAGES + " " + full);
    assertThat(full.logBytesRead()).isLessThan(LOG_BYTES_MAX);
    assertThat(full.takeMillis()).isLessThan(empty.takeMillis() + TAKE_MILLIS_MORE);
    assertThat(pair.primary().queue("backlog").orElseThrow().messageCount()).isEqualTo(MESSAGES);
    try (var client = Client.to(pair.primary().url())) {
      assertThat(client.receive("backlog", 100)).hasSize(100);
    }
  }

  /// Kills the active when the other has followed it, and answers the receipt of that other.
  private static ReceiptView takeOver(Pair pair, Broker active) throws Exception {
    var next = pair.other(active);
    long committed = active.status().committed();
    Until.holds(
        next.name() + " has followed",
        PATIENCE,
        () -> next.status().applied() + FOLLOWED_BYTES >= committed);
    active.kill();
    var receipt = next.awaitActive().status().receipts().getFirst();
    active.start().awaitStandby();
    pair.awaitSeen();
    return receipt;
  }

  private static void fill(Broker broker) throws Exception {
    var fillers = new ArrayList<CompletableFuture<Void>>();
    for (int i = 0; i < FILLERS; i++) {
      fillers.add(
          CompletableFuture.runAsync(() -> {
            try (var client = Client.to(broker.url())) {
              client.fill("backlog", MESSAGES / FILLERS, "waits");
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          }));
    }
    for (var filler : fillers) {
      filler.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }
}
