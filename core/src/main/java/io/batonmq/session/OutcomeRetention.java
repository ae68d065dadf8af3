package io.batonmq.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongConsumer;

/// Until when the outcomes of transactions are kept whose session was lost: its client may come back to
/// any node and ask.
final class OutcomeRetention {
  private final long retentionNanos;

  /// When to forget, in the order in which the deadlines were set, which is theirs.
  private final Map<Long, Long> lapses = new LinkedHashMap<>();

  OutcomeRetention(long retentionNanos) {
    this.retentionNanos = retentionNanos;
  }

  /// Keeps what is known of a session for a while from now.
  void retain(long session, long nowNanos) {
    lapses.remove(session);
    lapses.put(session, nowNanos + retentionNanos);
  }

  /// Takes out those whose time is over, at most `max`.
  void lapse(long nowNanos, int max, LongConsumer forget) {
    for (int i = 0; i < max && !lapses.isEmpty() && nextDeadline() - nowNanos <= 0; i++) {
      long session = lapses.keySet().iterator().next();
      lapses.remove(session);
      forget.accept(session);
    }
  }

  /// When the next one is to be forgotten; [Long#MAX_VALUE] for never.
  long nextDeadline() {
    return lapses.isEmpty() ? Long.MAX_VALUE : lapses.values().iterator().next();
  }
}
