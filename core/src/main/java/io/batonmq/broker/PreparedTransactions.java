package io.batonmq.broker;

import io.batonmq.message.Identity;
import io.batonmq.queue.KeyList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// The transactions that are prepared: promised to their transaction managers, and neither in effect nor
/// undone until these say so. No takeover, lost connection or timer ends one.
public final class PreparedTransactions {
  private final TreeMap<Xid, Prepared> byXid = new TreeMap<>();
  private final Map<Long, Prepared> byNumber = new HashMap<>();
  private final Map<String, List<Prepared>> byProducer = new HashMap<>();
  private final Map<NamedAt, Integer> names = new HashMap<>();

  private record NamedAt(int address, String id) {}

  record Prepared(long number, OpenTransaction.Promise promise, OpenTransaction content) {}

  public int count() {
    return byXid.size();
  }

  /// Whether somebody's branch of that name is prepared.
  public boolean contains(Xid xid) {
    return byXid.containsKey(xid);
  }

  /// Whether a user's branch of that name is prepared.
  public boolean contains(Xid xid, String user) {
    return find(xid, user) != null;
  }

  /// Whether a user's prepared transaction has that number.
  public boolean contains(long number, String user) {
    Prepared prepared = byNumber.get(number);
    return prepared != null && prepared.promise().user().equals(user);
  }

  /// A user's branches in the order of their names, at most `max`.
  ///
  /// @param after the name that they come after; null to begin with the first
  public List<Xid> list(String user, @Nullable Xid after, int max) {
    List<Xid> found = new ArrayList<>();
    for (Prepared prepared : (after == null ? byXid : byXid.tailMap(after, false)).values()) {
      if (found.size() == max) {
        break;
      }
      if (prepared.promise().user().equals(user)) {
        found.add(prepared.promise().xid());
      }
    }
    return found;
  }

  /// Whether a message is in a prepared transaction: sent again it is answered, and not added. The
  /// transaction takes effect later, perhaps, and with it the message.
  public boolean contains(@Nullable Identity identity, int address) {
    return switch (identity) {
      case Identity.Sequenced(String producer, long sequence) -> {
        for (Prepared prepared : byProducer.getOrDefault(producer, List.of())) {
          if (window(prepared, producer).contains(sequence)) {
            yield true;
          }
        }
        yield false;
      }
      case Identity.Named(String id) -> names.containsKey(new NamedAt(address, id));
      case null -> false;
    };
  }

  /// Whether any of a producer's sequences that a window has is in a prepared transaction.
  boolean overlaps(String producer, ProducerWindow sequences) {
    for (Prepared prepared : byProducer.getOrDefault(producer, List.of())) {
      if (window(prepared, producer).overlaps(sequences)) {
        return true;
      }
    }
    return false;
  }

  private static ProducerWindow window(Prepared prepared, String producer) {
    SentIdentities.Producer sent = prepared.content().identities().producers().get(producer);
    return sent == null ? new ProducerWindow() : sent.window;
  }

  @Nullable Prepared find(Xid xid, String user) {
    Prepared prepared = byXid.get(xid);
    return prepared != null && prepared.promise().user().equals(user) ? prepared : null;
  }

  Iterable<Prepared> all() {
    return byXid.values();
  }

  void add(long number, OpenTransaction transaction, OpenTransaction.Promise promise) {
    if (byXid.containsKey(promise.xid())) {
      throw new IllegalStateException("the branch " + promise.xid() + " is prepared already");
    }
    Prepared prepared = new Prepared(number, promise, transaction);
    for (String producer : transaction.identities().producers().keySet()) {
      byProducer.computeIfAbsent(producer, _ -> new ArrayList<>(1)).add(prepared);
    }
    transaction
        .identities()
        .names()
        .forEach((address, ids) ->
            ids.keySet().forEach(id -> names.merge(new NamedAt(address, id), 1, Integer::sum)));
    transaction.promise = promise;
    byXid.put(promise.xid(), prepared);
    byNumber.put(number, prepared);
  }

  /// It is ended, if it was prepared at all.
  void remove(long number) {
    Prepared prepared = byNumber.remove(number);
    if (prepared == null) {
      return;
    }
    byXid.remove(prepared.promise().xid());
    SentIdentities identities = prepared.content().identities();
    for (String producer : identities.producers().keySet()) {
      List<Prepared> all = byProducer.get(producer);
      if (all != null && all.remove(prepared) && all.isEmpty()) {
        byProducer.remove(producer);
      }
    }
    identities
        .names()
        .forEach((address, ids) ->
            ids.keySet()
                .forEach(id ->
                    names.computeIfPresent(
                        new NamedAt(address, id), (_, count) -> count == 1 ? null : count - 1)));
  }

  /// Adds what is acknowledged in them to the keys that a map has by queue.
  void collect(Map<Integer, KeyList> into) {
    for (Prepared prepared : byXid.values()) {
      prepared
          .content()
          .acknowledged()
          .forEach((queue, keys) -> into.computeIfAbsent(queue, _ -> new KeyList()).addAll(keys));
    }
  }

  /// How many messages of some queues are acknowledged in them.
  long acknowledgedCount(IntPredicate queues) {
    long count = 0;
    for (Prepared prepared : byXid.values()) {
      for (Map.Entry<Integer, KeyList> taken : prepared.content().acknowledged().entrySet()) {
        if (queues.test(taken.getKey())) {
          count += taken.getValue().size();
        }
      }
    }
    return count;
  }
}
