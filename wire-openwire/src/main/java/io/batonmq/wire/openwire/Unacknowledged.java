package io.batonmq.wire.openwire;

import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The messages that a consumer has and has not done with, in the order in which they went to it, by the numbers that
/// they went under. An acknowledgement names one message, or all from one to another.
final class Unacknowledged {
  private final NavigableMap<Long, Entry> entries = new TreeMap<>();

  /// The same by the ids that producers gave; null until somebody names a message so.
  private @Nullable NavigableSet<Given> byId;

  /// A message's id, and the number that it went under: one message may have gone twice, from two destinations.
  private record Given(long sequence, String producer, long number) implements Comparable<Given> {
    static Given of(Struct messageId, long number) {
      Struct producer = messageId.child(Field.PRODUCER_ID);
      return new Given(
          messageId.large(Field.PRODUCER_SEQUENCE_ID),
          producer == null ? "" : Ids.member(producer),
          number);
    }

    boolean same(Given other) {
      return sequence == other.sequence && producer.equals(other.producer);
    }

    @Override
    public int compareTo(Given other) {
      int bySequence = Long.compare(sequence, other.sequence);
      int byProducer = bySequence != 0 ? bySequence : producer.compareTo(other.producer);
      return byProducer != 0 ? byProducer : Long.compare(number, other.number);
    }
  }

  /// One message.
  static final class Entry {
    final Leg leg;
    final long delivery;
    final Struct messageId;

    /// Whether the peer said that it has seen it.
    boolean seen;

    /// The transaction that acknowledges it; 0 for none.
    long transaction;

    Entry(Leg leg, long delivery, Struct messageId) {
      this.leg = leg;
      this.delivery = delivery;
      this.messageId = messageId;
    }

    void see() {
      if (!seen) {
        seen = true;
        leg.extension++;
      }
    }
  }

  void add(Entry entry) {
    entries.put(sequence(entry), entry);
    if (byId != null) {
      byId.add(Given.of(entry.messageId, sequence(entry)));
    }
  }

  private static long sequence(Entry entry) {
    return entry.messageId.large(Field.BROKER_SEQUENCE_ID);
  }

  boolean remove(Entry entry) {
    boolean removed = entries.remove(sequence(entry), entry);
    if (removed && byId != null) {
      byId.remove(Given.of(entry.messageId, sequence(entry)));
    }
    return removed;
  }

  /// Forgets those of a leg that is gone.
  void removeAll(Leg leg) {
    entries.values().removeIf(entry -> entry.leg == leg);
    byId = null;
  }

  void clear() {
    entries.clear();
    byId = null;
  }

  /// Those after a number.
  List<Entry> after(long sequence) {
    return List.copyOf(entries.tailMap(sequence, false).values());
  }

  /// Those that an acknowledgement names, from the first message in it, or the oldest, to the last one; none if that
  /// is not here: it was given to somebody else meanwhile, or acknowledged before.
  List<Entry> named(Struct ack, boolean onlyLast) {
    Long last = find(ack.child(Field.LAST_MESSAGE_ID));
    if (last == null) {
      return List.of();
    }
    if (onlyLast) {
      return List.copyOf(entries.subMap(last, true, last, true).values());
    }
    Struct firstId = ack.child(Field.FIRST_MESSAGE_ID);
    Long first = firstId == null ? entries.firstKey() : find(firstId);
    if (first != null && first <= last) {
      return List.copyOf(entries.subMap(first, true, last, true).values());
    }
    // The first one is with somebody else now. What stands before the others was not processed.
    return entries.headMap(last, true).descendingMap().values().stream()
        .limit(Math.max(1, ack.number(Field.MESSAGE_COUNT)))
        .toList();
  }

  private @Nullable Long find(@Nullable Struct messageId) {
    if (messageId == null) {
      return null;
    }
    long sequence = messageId.large(Field.BROKER_SEQUENCE_ID);
    Entry entry = entries.get(sequence);
    if (entry != null && Ids.sameMessage(entry.messageId, messageId)) {
      return sequence;
    }
    // A client that makes the id anew does not know the broker's number.
    NavigableSet<Given> index = byId;
    if (index == null) {
      index = new TreeSet<>();
      for (Entry one : entries.values()) {
        index.add(Given.of(one.messageId, sequence(one)));
      }
      byId = index;
    }
    Given wanted = Given.of(messageId, Long.MIN_VALUE);
    Given first = index.ceiling(wanted);
    return first != null && first.same(wanted) ? first.number : null;
  }
}
