package io.batonmq.checks.harness;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/// Waiting for a condition, never for a time; and never for ever.
public final class Until {
  /// Generous: a busy machine starts a process in ten seconds. Nothing waits longer than it has to.
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration LOOK = Duration.ofMillis(20);

  private Until() {}

  /// Waits until the condition holds; a condition that throws does not hold.
  ///
  /// @throws AssertionError after [#PATIENCE], with the sentence
  public static void holds(String sentence, Callable<Boolean> condition) {
    holds(sentence, PATIENCE, condition);
  }

  /// As [#holds(String, Callable)], with a patience of its own.
  public static void holds(String sentence, Duration patience, Callable<Boolean> condition) {
    holds(() -> sentence, patience, condition);
  }

  /// As [#holds(String, Callable)], with a sentence that says what was seen last.
  public static void holds(
      Supplier<String> sentence, Duration patience, Callable<Boolean> condition) {
    try {
      Awaitility.await()
          .atMost(patience)
          .pollInSameThread()
          .pollDelay(Duration.ZERO)
          .pollInterval(LOOK)
          .ignoreExceptions()
          .until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "not within " + patience.toSeconds() + " s: " + sentence.get(), e.getCause());
    }
  }
}
