package io.batonmq.broker;

import io.batonmq.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The last messages that were sent to topics, for subscriptions that come later and want them: of each topic as
/// many as its [Recovery] says, of all together as many bytes as there is room for, the oldest going first. They are
/// in the memory of the active node only: a take-over forgets them.
///
/// What was sent in a transaction stands apart until its end, in the same room.
final class RecentMessages {
  /// In no transaction: they were sent.
  private static final long SENT = 0;

  private final long bytesMax;

  /// All of them, by their numbers; the first is the first of its row too.
  private final LinkedHashMap<Long, Recent> all = new LinkedHashMap<>();

  /// By transaction and address.
  private final Map<Long, Map<LiveAddress, Row>> rows = new HashMap<>();

  private long bytes;
  private long last;

  /// @param client the client id of its sender; empty if it is not known
  /// @param wallMillis when it was sent
  record Recent(
      long number,
      long transaction,
      LiveAddress address,
      Message message,
      String client,
      long wallMillis) {}

  private static final class Row {
    final ArrayDeque<Recent> messages = new ArrayDeque<>();
    long bytes;
  }

  RecentMessages(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// A message was sent.
  ///
  /// @param sends the transaction that makes it visible, null for none
  void add(
      LiveAddress address,
      Message message,
      String client,
      @Nullable TransactionSends sends,
      long wall) {
    put(new Recent(++last, sends == null ? SENT : sends.id(), address, message, client, wall));
  }

  private void put(Recent recent) {
    Recovery limits = recent.address.settings().recovery();
    int cost = Bodies.cost(recent.message);
    Row row =
        rows.computeIfAbsent(recent.transaction, _ -> new LinkedHashMap<>())
            .computeIfAbsent(recent.address, _ -> new Row());
    row.messages.add(recent);
    row.bytes += cost;
    all.put(recent.number, recent);
    bytes += cost;
    while (!row.messages.isEmpty()
        && (row.messages.size() > limits.messages()
            || row.bytes > limits.bytes()
            || limits.outdated(row.messages.getFirst().wallMillis, recent.wallMillis))) {
      remove(row.messages.getFirst());
    }
    while (bytes > bytesMax) {
      remove(all.values().iterator().next());
    }
  }

  private void remove(Recent recent) {
    Map<LiveAddress, Row> byAddress = rows.getOrDefault(recent.transaction, Map.of());
    Row row = byAddress.get(recent.address);
    if (row == null || !row.messages.remove(recent)) {
      throw new IllegalStateException("no message " + recent.number + " is kept");
    }
    int cost = Bodies.cost(recent.message);
    row.bytes -= cost;
    bytes -= cost;
    all.remove(recent.number);
    if (row.messages.isEmpty()) {
      byAddress.remove(recent.address);
    }
    if (byAddress.isEmpty()) {
      rows.remove(recent.transaction);
    }
  }

  /// Of what a transaction has, some was sent before.
  void dropKnown(TransactionSends sends, Predicate<Recent> known) {
    staged(sends).stream().filter(known).forEach(this::remove);
  }

  /// What a transaction has was sent now, or not at all.
  void end(TransactionSends sends, boolean committed) {
    List<Recent> staged = staged(sends);
    staged.forEach(this::remove);
    if (!committed) {
      return;
    }
    for (Recent one : staged) {
      if (!one.address.deleted()) {
        put(new Recent(++last, SENT, one.address, one.message, one.client, one.wallMillis));
      }
    }
  }

  private List<Recent> staged(TransactionSends sends) {
    List<Recent> staged = new ArrayList<>();
    rows.getOrDefault(sends.id(), Map.of()).values().forEach(row -> staged.addAll(row.messages));
    return staged;
  }

  /// The address is gone.
  void forget(LiveAddress address) {
    row(address).forEach(this::remove);
  }

  /// What somebody may have who comes now, in the order in which it was sent.
  List<Recent> of(LiveAddress address, long wall) {
    Recovery limits = address.settings().recovery();
    List<Recent> found = row(address);
    found.removeIf(one ->
        limits.outdated(one.wallMillis, wall)
            || (one.message.expiryMillis() != 0 && one.message.expiryMillis() <= wall));
    return found;
  }

  private List<Recent> row(LiveAddress address) {
    Row row = rows.getOrDefault(SENT, Map.of()).get(address);
    return row == null ? new ArrayList<>() : new ArrayList<>(row.messages);
  }
}
