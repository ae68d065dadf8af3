package io.batonmq.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Queues of which messages are held for those who had them before a take-over, see [Holders]: until a time that is
/// the same for all.
final class Holds {
  /// What a client needs to find the next node and to say what it had, at most; others go on meanwhile.
  static final long MILLIS = 2_000;

  private final List<LiveQueue> queues = new ArrayList<>();
  private long untilMillis = Schedule.NEVER;

  /// A node begins to be active, and has a queue.
  ///
  /// @param wall when it began
  void begin(LiveQueue queue, long wall) {
    // Of an exclusive queue one consumer has everything, in order, whoever had it before.
    if (!queue.queue().settings().exclusive() && queue.queue().holders().begin()) {
      queues.add(queue);
      untilMillis = wall + MILLIS;
    }
  }

  /// When it is over; [Schedule#NEVER] where nothing is held.
  long nextMillis() {
    return untilMillis;
  }

  /// What nobody came for is for everybody, once the time is over.
  void due(long wall, Consumer<LiveQueue> over) {
    if (untilMillis <= wall) {
      untilMillis = Schedule.NEVER;
      queues.forEach(queue -> {
        queue.queue().holders().end();
        // Those who choose have passed over what was held.
        queue.choosers().back(queue.queue().holders().firstSequence());
        over.accept(queue);
      });
      queues.clear();
    }
  }
}
