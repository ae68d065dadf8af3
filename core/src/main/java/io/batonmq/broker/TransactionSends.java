package io.batonmq.broker;

import io.batonmq.queue.KeyList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What was done in one transaction, as far as only the active node knows.
public final class TransactionSends {
  private final long id;

  /// How many of them are in the log.
  int logged;

  /// Whether acknowledgements of it are in the log.
  boolean acknowledged;

  /// Keys of what was acknowledged beside those.
  final Map<LiveQueue, KeyList> taken = new LinkedHashMap<>();

  /// The queues that they will appear in.
  final Set<LiveQueue> targets = new LinkedHashSet<>();

  final StagedVolatiles staged = new StagedVolatiles();

  /// Producers whose identities the commit brings into effect.
  final Set<String> producers = new LinkedHashSet<>();

  public TransactionSends(long id) {
    this.id = id;
  }

  public long id() {
    return id;
  }

  /// A message of it will appear in these queues.
  void send(List<LiveQueue> queues) {
    for (LiveQueue queue : queues) {
      if (targets.add(queue)) {
        queue.expect();
      }
    }
  }

  /// Whether it has nothing that is known here.
  public boolean isEmpty() {
    return logged == 0 && staged.count() == 0 && !acknowledged && taken.isEmpty();
  }

  public Iterable<String> producers() {
    return producers;
  }
}
