package io.batonmq.broker;

import io.batonmq.queue.Reference;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The places that messages were moved or diverted from, numbered so that a reference can name one in 16 bits. A
/// number is free again when no reference names it. The smallest free one is taken next, so every node
/// gives the same numbers.
public final class Origins {
  private final TreeMap<Integer, Entry> entries = new TreeMap<>();
  private final Map<Place, Integer> numbers = new HashMap<>();

  /// Where a message was before it came to another address.
  ///
  /// @param queue that it was moved from; the name of the divert, if one brought it; empty if no queue took it there
  /// @param diverted whether it came elsewhere when it was sent, as the copy of a divert or because no queue took it;
  ///     otherwise it was moved later
  public record Place(String address, String queue, boolean diverted) {
    /// Of a message that is moved out of a queue: the first such place stays. Where a copy was diverted from
    /// does not count as one: what is known about a dead message is the queue that it died in.
    static Place moved(@Nullable Place before, BoundQueue source) {
      return before != null && !before.diverted
          ? before
          : new Place(source.address().name(), source.name(), false);
    }
  }

  private static final class Entry {
    final Place place;
    int references;

    Entry(Place place) {
      this.place = place;
    }
  }

  /// The place of a number; null for 0.
  public @Nullable Place place(int origin) {
    Entry entry = entries.get(origin);
    return entry == null ? null : entry.place;
  }

  /// A number for a place, with one reference more; 0 when all numbers are in use.
  int refer(Place place) {
    Integer number = numbers.get(place);
    if (number == null) {
      number = free();
      if (number == 0) {
        return 0;
      }
      put(number, place);
    }
    refer(number);
    return number;
  }

  void refer(int origin) {
    Entry entry = entries.get(origin);
    if (entry != null) {
      entry.references++;
    }
  }

  void release(int origin) {
    release(origin, 1);
  }

  /// As many references are gone.
  void release(int origin, int count) {
    Entry entry = entries.get(origin);
    if (entry == null) {
      return;
    }
    entry.references -= count;
    if (entry.references == 0) {
      entries.remove(origin);
      numbers.remove(entry.place);
    }
  }

  void put(int origin, Place place) {
    entries.put(origin, new Entry(place));
    numbers.put(place, origin);
  }

  Map<Integer, Place> places() {
    Map<Integer, Place> places = new TreeMap<>();
    entries.forEach((origin, entry) -> places.put(origin, entry.place));
    return places;
  }

  private int free() {
    int candidate = 1;
    for (int used : entries.keySet()) {
      if (used != candidate) {
        break;
      }
      candidate++;
    }
    return candidate > Reference.ORIGIN_MAX ? 0 : candidate;
  }
}
