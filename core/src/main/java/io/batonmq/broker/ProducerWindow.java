package io.batonmq.broker;

import java.util.Arrays;

/// Which sequences of one producer were accepted: a floor, and the ranges above it.
///
/// Sequences may come in any order and with gaps. One that is neither in a range nor below the floor is
/// new: if 5 was refused and 6 accepted, 5 sent again is new. A producer that counts without gaps needs
/// one range for all its life. The floor is raised only when there are more ranges than unanswered
/// sends are allowed, so that every sequence below it has had its answer.
final class ProducerWindow {
  /// Nothing is below it.
  static final long NO_FLOOR = Long.MIN_VALUE;

  private long floor = NO_FLOOR;
  private long[] from = new long[2];
  private long[] to = new long[2];
  private int ranges;

  boolean contains(long sequence) {
    if (sequence <= floor) {
      return true;
    }
    int at = rangeAt(sequence);
    return at >= 0 && sequence <= to[at];
  }

  /// Adds a sequence; false if it was there.
  boolean add(long sequence) {
    if (contains(sequence)) {
      return false;
    }
    int before = rangeAt(sequence);
    int after = before + 1;
    boolean joinsBefore = before >= 0 && to[before] + 1 == sequence;
    boolean joinsAfter = after < ranges && sequence + 1 == from[after];
    if (joinsBefore && joinsAfter) {
      to[before] = to[after];
      remove(after);
    } else if (joinsBefore) {
      to[before] = sequence;
    } else if (joinsAfter) {
      from[after] = sequence;
    } else {
      insert(after, sequence);
    }
    return true;
  }

  /// Adds sequences that follow each other, of which some may be there.
  void addAll(long first, long count) {
    long last = first + count - 1;
    if (count <= 0 || last <= floor) {
      return;
    }
    long lower = Math.max(first, floor + 1);
    long upper = last;
    int begin = rangeAt(lower);
    begin = begin >= 0 && to[begin] + 1 >= lower ? begin : begin + 1;
    int end = begin;
    while (end < ranges && from[end] <= upper + 1) {
      lower = Math.min(lower, from[end]);
      upper = Math.max(upper, to[end]);
      end++;
    }
    if (end == begin) {
      insert(begin, lower);
      to[begin] = upper;
      return;
    }
    from[begin] = lower;
    to[begin] = upper;
    System.arraycopy(from, end, from, begin + 1, ranges - end);
    System.arraycopy(to, end, to, begin + 1, ranges - end);
    ranges -= end - begin - 1;
  }

  /// Adds all that another window has above its floor.
  void addAll(ProducerWindow other) {
    for (int i = 0; i < other.ranges; i++) {
      addAll(other.from[i], other.to[i] - other.from[i] + 1);
    }
  }

  /// Whether any sequence is in a range of another window, and here.
  boolean overlaps(ProducerWindow other) {
    for (int i = 0; i < other.ranges; i++) {
      if (other.from[i] <= floor) {
        return true;
      }
      int at = rangeAt(other.to[i]);
      if (at >= 0 && to[at] >= other.from[i]) {
        return true;
      }
    }
    return false;
  }

  /// The floor that leaves at most `max` ranges once `sequence` is added.
  long floorFor(long sequence, int max) {
    if (ranges < max || contains(sequence)) {
      return floor;
    }
    int at = rangeAt(sequence);
    boolean joins =
        (at >= 0 && to[at] + 1 == sequence) || (at + 1 < ranges && sequence + 1 == from[at + 1]);
    return joins ? floor : Math.max(floor, Math.min(to[0], sequence));
  }

  /// Every sequence up to this one counts as accepted.
  void raise(long newFloor) {
    if (newFloor <= floor) {
      return;
    }
    floor = newFloor;
    while (ranges > 0 && to[0] <= floor) {
      remove(0);
    }
    if (ranges > 0 && from[0] <= floor) {
      from[0] = floor + 1;
    }
  }

  int ranges() {
    return ranges;
  }

  void write(FieldWriter writer) {
    writer.signed(floor);
    writer.number(ranges);
    for (int i = 0; i < ranges; i++) {
      writer.signed(from[i]);
      writer.number(to[i] - from[i]);
    }
  }

  static ProducerWindow read(FieldReader reader) {
    ProducerWindow window = new ProducerWindow();
    window.floor = reader.signed();
    window.ranges = reader.count(2);
    window.from = new long[Math.max(2, window.ranges)];
    window.to = new long[Math.max(2, window.ranges)];
    for (int i = 0; i < window.ranges; i++) {
      window.from[i] = reader.signed();
      window.to[i] = window.from[i] + reader.number();
    }
    return window;
  }

  /// The last range that begins at or before a sequence, or -1.
  private int rangeAt(long sequence) {
    int found = Arrays.binarySearch(from, 0, ranges, sequence);
    return found >= 0 ? found : -found - 2;
  }

  private void insert(int at, long sequence) {
    if (ranges == from.length) {
      from = Arrays.copyOf(from, ranges * 2);
      to = Arrays.copyOf(to, ranges * 2);
    }
    System.arraycopy(from, at, from, at + 1, ranges - at);
    System.arraycopy(to, at, to, at + 1, ranges - at);
    from[at] = sequence;
    to[at] = sequence;
    ranges++;
  }

  private void remove(int at) {
    System.arraycopy(from, at + 1, from, at, ranges - at - 1);
    System.arraycopy(to, at + 1, to, at, ranges - at - 1);
    ranges--;
  }
}
