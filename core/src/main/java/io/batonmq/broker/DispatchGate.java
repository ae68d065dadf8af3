package io.batonmq.broker;

/// Keeps a queue of the active node from giving anything until enough consumers are there, or the first of
/// them has waited long enough. It stays open until the last one is gone.
final class DispatchGate {
  private boolean open;
  private boolean waiting;
  private long untilMillis = Schedule.NEVER;

  /// Whether a queue may give now.
  boolean open(QueueSettings settings, int consumers, long wall) {
    int wanted = settings.consumersBeforeDispatch();
    if (settings.consumersMax() > 0) {
      // More will never come.
      wanted = Math.min(wanted, settings.consumersMax());
    }
    if (open || consumers == 0 || wanted == 0) {
      return true;
    }
    if (!waiting) {
      waiting = true;
      untilMillis = until(settings.delayBeforeDispatchMillis(), wall);
    }
    if (consumers >= wanted || wall >= untilMillis) {
      open = true;
      untilMillis = Schedule.NEVER;
    }
    return open;
  }

  private static long until(long delayMillis, long wall) {
    return delayMillis < 0 || delayMillis > Schedule.NEVER - wall
        ? Schedule.NEVER
        : wall + delayMillis;
  }

  /// When it opens whoever is there then; [Schedule#NEVER] if it does not, or is open.
  long untilMillis() {
    return untilMillis;
  }

  /// The last consumer is gone.
  void close() {
    open = false;
    waiting = false;
    untilMillis = Schedule.NEVER;
  }
}
