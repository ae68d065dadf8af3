package io.batonmq.broker;

import java.util.TreeMap;
import java.util.function.Consumer;

/// The queues whose [DispatchGate] opens at a time, under that time.
final class Openings {
  private final TreeMap<Opening, LiveQueue> openings = new TreeMap<>();

  private record Opening(long millis, int queue) implements Comparable<Opening> {
    @Override
    public int compareTo(Opening other) {
      int earlier = Long.compare(millis, other.millis);
      return earlier != 0 ? earlier : Integer.compare(queue, other.queue);
    }
  }

  /// A queue's time may be another one now.
  void note(LiveQueue queue) {
    long millis = queue.queue().deleted() ? Schedule.NEVER : queue.gate().untilMillis();
    if (millis != queue.openingMillis) {
      openings.remove(new Opening(queue.openingMillis, queue.queue().id()));
      queue.openingMillis = millis;
      if (millis != Schedule.NEVER) {
        openings.put(new Opening(millis, queue.queue().id()), queue);
      }
    }
  }

  /// The earliest time; [Schedule#NEVER] if there is none.
  long nextMillis() {
    return openings.isEmpty() ? Schedule.NEVER : openings.firstKey().millis();
  }

  /// Hands out the queues whose time has come.
  void due(long wall, Consumer<LiveQueue> opened) {
    while (nextMillis() <= wall) {
      LiveQueue queue = openings.firstEntry().getValue();
      openings.remove(openings.firstKey());
      queue.openingMillis = Schedule.NEVER;
      opened.accept(queue);
    }
  }
}
