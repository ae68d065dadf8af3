package io.batonmq.checks.harness;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What became of every message, as its producers and consumers saw it.
///
/// A message has the name of its producer and a number that grows. A delivery after a *final* one (whose
/// acknowledgement was confirmed), or a second one that does not say that it is one, means that the
/// message was in the queue twice.
public final class Ledger {
  private static final int EXAMPLES_MAX = 5;

  private final Map<Id, Entry> entries = new LinkedHashMap<>();
  private final Map<String, Long> newest = new HashMap<>();
  private final List<String> examples = new ArrayList<>();
  private final List<String> errors = new ArrayList<>();
  private long deliveries;
  private long flagged;
  private long strange;
  private long outOfOrder;

  /// A message.
  ///
  /// @param batch of messages that are there together or not at all; 0 for one by itself
  public record Id(String producer, long number, long batch) {}

  private static final class Entry {
    boolean confirmed;
    boolean done;
    int deliveries;
    int unflagged;
    int afterDone;
  }

  /// The account, in numbers. All but the first five and `flagged` have to be 0.
  ///
  /// @param doubtful sent, and the client was told neither that it is there nor that it is not
  /// @param received different messages that were delivered
  /// @param flagged deliveries that say that they may not be the first
  /// @param lost confirmed and never delivered
  /// @param enqueuedTwice delivered again after a confirmed acknowledgement, or twice as the first time
  /// @param unflagged delivered again without saying so
  /// @param outOfOrder first deliveries to a consumer that were overtaken by a later one of the producer
  /// @param halves batches of which some messages were delivered and some were not
  /// @param strange deliveries of what nobody sent
  public record Account(
      long sent,
      long confirmed,
      long doubtful,
      long received,
      long deliveries,
      long flagged,
      long lost,
      long enqueuedTwice,
      long unflagged,
      long outOfOrder,
      long halves,
      long strange,
      List<String> examples,
      List<String> errors) {

    /// Whether nothing went wrong.
    public boolean clean() {
      return lost == 0
          && enqueuedTwice == 0
          && unflagged == 0
          && outOfOrder == 0
          && halves == 0
          && strange == 0
          && errors.isEmpty();
    }
  }

  // ---- producers

  public synchronized void sent(Id id) {
    entries.put(id, new Entry());
  }

  public synchronized void confirmed(Id id) {
    entry(id).confirmed = true;
  }

  // ---- consumers

  /// A delivery, as soon as the application has it.
  public synchronized void delivered(Id id, String consumer, boolean redelivered) {
    deliveries++;
    var entry = entries.get(id);
    if (entry == null) {
      strange++;
      example("nobody sent " + id);
      return;
    }
    entry.deliveries++;
    if (entry.done) {
      entry.afterDone++;
      example(id + " came again after its acknowledgement was confirmed, to " + consumer);
    }
    if (redelivered) {
      flagged++;
      return;
    }
    entry.unflagged++;
    if (entry.deliveries > 1) {
      example(id + " came again to " + consumer + " without saying so");
    }
    var before = newest.merge(consumer + " " + id.producer(), id.number(), Math::max);
    if (before > id.number()) {
      outOfOrder++;
      example(id + " came to " + consumer + " after number " + before);
    }
  }

  /// The acknowledgement of its last delivery was confirmed.
  public synchronized void done(Id id) {
    entry(id).done = true;
  }

  // ---- anyone

  /// What an application would have seen and should not have.
  public synchronized void error(String sentence) {
    errors.add(sentence);
  }

  private void example(String sentence) {
    if (examples.size() < EXAMPLES_MAX) {
      examples.add(sentence);
    }
  }

  private Entry entry(Id id) {
    var entry = entries.get(id);
    if (entry == null) {
      throw new IllegalStateException("nobody sent " + id);
    }
    return entry;
  }

  /// Number of messages that are confirmed.
  public synchronized long confirmedCount() {
    return entries.values().stream().filter(entry -> entry.confirmed).count();
  }

  /// Number of deliveries.
  public synchronized long deliveredCount() {
    return deliveries;
  }

  /// Number of messages that are confirmed and have not been delivered.
  public synchronized long missing() {
    return entries.values().stream()
        .filter(entry -> entry.confirmed && entry.deliveries == 0)
        .count();
  }

  /// The messages of a producer that were delivered.
  public synchronized Set<Id> received(String producer) {
    return entries.entrySet().stream()
        .filter(each -> each.getKey().producer().equals(producer) && each.getValue().deliveries > 0)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /// Those of them of which no acknowledgement was confirmed.
  public synchronized Set<Id> undone(String producer) {
    return received(producer).stream().filter(id -> !entry(id).done).collect(Collectors.toSet());
  }

  public synchronized Account account() {
    long confirmed = 0;
    long doubtful = 0;
    long received = 0;
    long lost = 0;
    long twice = 0;
    long unflagged = 0;
    Map<Id, boolean[]> batches = new HashMap<>();
    for (var each : entries.entrySet()) {
      var id = each.getKey();
      var entry = each.getValue();
      confirmed += entry.confirmed ? 1 : 0;
      doubtful += entry.confirmed ? 0 : 1;
      received += entry.deliveries > 0 ? 1 : 0;
      if (entry.confirmed && entry.deliveries == 0) {
        lost++;
        example("lost: " + id);
      }
      twice += entry.afterDone + Math.max(0, entry.unflagged - 1);
      unflagged += Math.max(0, entry.unflagged - 1);
      if (id.batch() != 0) {
        var seen =
            batches.computeIfAbsent(new Id(id.producer(), 0, id.batch()), _ -> new boolean[2]);
        seen[entry.deliveries > 0 ? 1 : 0] = true;
      }
    }
    long halves = batches.values().stream().filter(seen -> seen[0] && seen[1]).count();
    return new Account(
        entries.size(),
        confirmed,
        doubtful,
        received,
        deliveries,
        flagged,
        lost,
        twice,
        unflagged,
        outOfOrder,
        halves,
        strange,
        List.copyOf(examples),
        List.copyOf(errors));
  }
}
