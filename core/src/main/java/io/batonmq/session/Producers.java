package io.batonmq.session;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Which producers are attached, and until when the others are remembered. A producer that closed its
/// link will not send anything again; one that lost its connection may, on any node, so what it sent is
/// remembered for a while.
final class Producers {
  private final long retentionNanos;
  private final Map<String, Integer> attached = new HashMap<>();

  /// When to forget, in the order in which the deadlines were set, which is theirs.
  private final Map<String, Long> lapses = new LinkedHashMap<>();

  Producers(long retentionNanos) {
    this.retentionNanos = retentionNanos;
  }

  void attach(String producer) {
    attached.merge(producer, 1, Integer::sum);
    lapses.remove(producer);
  }

  /// A link is gone. True if nobody else has the name, so that with a clean end it may be forgotten.
  boolean detach(String producer) {
    Integer links = attached.get(producer);
    if (links == null || links == 1) {
      attached.remove(producer);
      return true;
    }
    attached.put(producer, links - 1);
    return false;
  }

  /// Remembers a producer that is not attached, for a while from now.
  void retain(String producer, long nowNanos) {
    if (!attached.containsKey(producer)) {
      lapses.remove(producer);
      lapses.put(producer, nowNanos + retentionNanos);
    }
  }

  void forget(String producer) {
    lapses.remove(producer);
  }

  /// Takes out those whose time is over, at most `max`.
  void lapse(long nowNanos, int max, Consumer<String> forget) {
    for (int i = 0; i < max && !lapses.isEmpty() && nextDeadline() - nowNanos <= 0; i++) {
      String producer = lapses.keySet().iterator().next();
      lapses.remove(producer);
      forget.accept(producer);
    }
  }

  /// When the next one is to be forgotten; [Long#MAX_VALUE] for never.
  long nextDeadline() {
    return lapses.isEmpty() ? Long.MAX_VALUE : lapses.values().iterator().next();
  }
}
