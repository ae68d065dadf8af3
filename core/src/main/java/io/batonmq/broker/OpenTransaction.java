package io.batonmq.broker;

import io.batonmq.message.Identity;
import io.batonmq.queue.KeyList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A transaction of which the log has a part, and not yet its end.
final class OpenTransaction {
  final List<Sent> sends = new ArrayList<>();
  final Map<Integer, KeyList> acknowledged = new LinkedHashMap<>();

  /// A message that nobody sees before the commit.
  record Sent(
      long position,
      int size,
      int priority,
      long expiryMillis,
      long deliveryMillis,
      int address,
      int[] queues,
      @Nullable Identity identity,
      long floor) {}

  void acknowledge(int queue, long[] keys) {
    KeyList list = acknowledged.computeIfAbsent(queue, _ -> new KeyList());
    for (long key : keys) {
      list.add(key);
    }
  }
}
