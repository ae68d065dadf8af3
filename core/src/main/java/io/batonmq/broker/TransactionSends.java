package io.batonmq.broker;

import io.batonmq.message.Identity;
import io.batonmq.queue.KeyList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

  final List<Volatile> volatiles = new ArrayList<>();

  /// Producers whose identities the commit brings into effect.
  final Set<String> producers = new LinkedHashSet<>();

  /// References to be placed at commit.
  ///
  /// @param places where it was diverted from, for those queues that it was diverted to
  /// @param position of the body; not negative if the log has it, and then what is logged of the transaction keeps it
  ///     there
  record Volatile(
      List<LiveQueue> queues,
      Map<LiveQueue, Origins.Place> places,
      long position,
      int size,
      int priority,
      long expiryMillis,
      long deliveryMillis,
      @Nullable Identity identity,
      int address) {

    /// Whether the message is in the log, for queues that last.
    boolean logged() {
      return position >= 0;
    }
  }

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
    return logged == 0 && volatiles.isEmpty() && !acknowledged && taken.isEmpty();
  }

  public Iterable<String> producers() {
    return producers;
  }
}
