package io.batonmq.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Queues that keep nothing while nobody consumes, and that a predecessor left with messages: after a take-over
/// nobody consumes anything, and those who did are on their way. They are waited for for a while, as if they were
/// there.
final class Comebacks {
  private final List<LiveQueue> queues = new ArrayList<>();
  private long untilMillis = Schedule.NEVER;

  /// The consumers of a queue are waited for.
  ///
  /// @param millis wall time, the same for all queues
  void await(LiveQueue queue, long millis) {
    queues.add(queue);
    untilMillis = millis;
  }

  /// When they are not waited for any more; [Schedule#NEVER] if nobody is.
  long nextMillis() {
    return untilMillis;
  }

  /// Hands the queues out once the time is over.
  void due(long wall, Consumer<LiveQueue> over) {
    if (untilMillis <= wall) {
      untilMillis = Schedule.NEVER;
      queues.forEach(queue -> {
        queue.awaitNoMore();
        over.accept(queue);
      });
      queues.clear();
    }
  }
}
