package io.batonmq.checks.harness;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// Scenarios that share one take-over, so that a pair is started once for many of them. Each is written from its
/// beginning to its end, on a thread of its own, and says where in it the active node is killed; when all of
/// them have come to that place, it is, and they go on.
///
/// ```java
/// return new TakeOver(stage, stage.pair().start())
///     .of("a queue keeps what it has", this::aQueueKeepsWhatItHas)
///     .tests();
/// ```
public final class TakeOver {
  /// One scenario.
  @FunctionalInterface
  public interface Scenario {
    void play(Pair pair, Moment takeOver) throws Exception;
  }

  private final Stage stage;
  private final Pair pair;
  private final Map<String, Scenario> scenarios = new LinkedHashMap<>();
  private volatile String notTakenOver = "";

  public TakeOver(Stage stage, Pair pair) {
    this.stage = stage;
    this.pair = pair;
  }

  /// @param behaviour the sentence that the scenario shows
  public TakeOver of(String behaviour, Scenario scenario) {
    scenarios.put(behaviour, scenario);
    return this;
  }

  /// The place in one scenario.
  public final class Moment {
    private final Phaser all;
    private boolean over;

    private Moment(Phaser all) {
      this.all = all;
    }

    /// Returns when the primary has been killed and the backup lets clients in.
    public void happens() throws InterruptedException, TimeoutException {
      over = true;
      all.awaitAdvanceInterruptibly(all.arrive(), 2 * Until.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (!notTakenOver.isEmpty()) {
        throw new AssertionError(notTakenOver);
      }
    }

    /// A scenario that has failed before keeps nobody waiting.
    private void ended() {
      if (!over) {
        all.arriveAndDeregister();
      }
    }
  }

  /// Plays all of them; each is a test of its own name.
  public Stream<DynamicTest> tests() {
    var all =
        new Phaser(scenarios.size()) {
          @Override
          protected boolean onAdvance(int phase, int parties) {
            // An exception from here would leave everybody waiting.
            try {
              pair.primary().kill();
              pair.backup().awaitActive();
            } catch (RuntimeException | AssertionError e) {
              notTakenOver = "no take-over: " + e;
            }
            return true;
          }
        };
    var played = new LinkedHashMap<String, CompletableFuture<Void>>();
    scenarios.forEach((name, scenario) -> played.put(name, play(name, scenario, new Moment(all))));
    return played.entrySet().stream()
        .map(one -> DynamicTest.dynamicTest(one.getKey(), () -> succeeds(one.getValue())));
  }

  private CompletableFuture<Void> play(String name, Scenario scenario, Moment moment) {
    var done = new CompletableFuture<Void>();
    Thread.ofPlatform()
        .daemon()
        .name(name)
        .start(() -> {
          try {
            scenario.play(pair, moment);
            done.complete(null);
          } catch (Throwable e) {
            done.completeExceptionally(e);
          } finally {
            moment.ended();
          }
        });
    return done;
  }

  private void succeeds(CompletableFuture<Void> scenario) throws Throwable {
    try {
      scenario.get(4 * Until.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      stage.keepEverything();
      throw e.getCause();
    } catch (TimeoutException e) {
      stage.keepEverything();
      throw e;
    }
  }
}
