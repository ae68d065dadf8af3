package io.batonmq.queue;

import io.batonmq.log.SnapshotPlace;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Up to 512 references of one lane, three words each:
///
/// | word | bits | what |
/// |---|---|---|
/// | 0 | 63-32 | sequence, less that of the chunk's first entry |
/// | 0 | 31-16 | origin |
/// | 0 | 15-6 | delivery count |
/// | 0 | 5 | moved because it expired |
/// | 0 | 4 | durable |
/// | 0 | 3 | redelivered |
/// | 0 | 1-0 | state: 0 available, 1 out, 2 gone, 3 waits for its time |
/// | 1 | 63-0 | position of the body's record |
/// | 2 | 63-34 | size |
/// | 2 | 33-0 | expiry |
///
/// A frozen chunk is being read by a snapshot on another thread: its owner copies it before the next
/// change, so that the snapshot is of one moment. Being what it is for ever, it also knows where the
/// snapshot's lane has written it; a copy does not.
final class Chunk {
  static final int CAPACITY = 512;

  private static final int WORDS = 3;
  private static final int FIRST_CAPACITY = 16;

  private static final long STATE = 0b11;
  static final int AVAILABLE = 0;
  static final int OUT = 1;
  static final int GONE = 2;
  static final int WAITING = 3;

  private static final long REDELIVERED = 1L << 3;
  private static final long DURABLE = 1L << 4;
  private static final long EXPIRED = 1L << 5;
  private static final int COUNT_SHIFT = 6;
  private static final long COUNT_MASK = Reference.DELIVERY_COUNT_MAX;
  private static final int ORIGIN_SHIFT = 16;
  private static final int OFFSET_SHIFT = 32;
  private static final int SIZE_SHIFT = 34;

  private final long base;
  private long[] words;
  private int count;
  private int available;
  private int out;
  private int waiting;

  /// Lower bound of the expiries of available entries; [Long#MAX_VALUE] if none expires.
  private long expiryMin = Long.MAX_VALUE;

  private boolean frozen;

  /// The lane that writes snapshots alone looks at it and sets it.
  private @Nullable SnapshotPlace place;

  Chunk(long base, boolean first) {
    this.base = base;
    this.words = new long[(first ? FIRST_CAPACITY : CAPACITY) * WORDS];
  }

  private Chunk(Chunk original) {
    this.base = original.base;
    this.words = original.words.clone();
    this.count = original.count;
    this.available = original.available;
    this.out = original.out;
    this.waiting = original.waiting;
    this.expiryMin = original.expiryMin;
  }

  /// The same entries with higher sequences. Takes no longer for many than for few; this one is not to be used
  /// any more.
  private Chunk(Chunk original, long more) {
    this.base = original.base + more;
    this.words = original.words;
    this.count = original.count;
    this.available = original.available;
    this.out = original.out;
    this.waiting = original.waiting;
    this.expiryMin = original.expiryMin;
    // What a snapshot reads it reads by the original, in the same words.
    this.frozen = original.frozen;
  }

  Chunk moved(long more) {
    return new Chunk(this, more);
  }

  /// This chunk, or a copy of it if a snapshot holds this one.
  Chunk writable() {
    return frozen ? new Chunk(this) : this;
  }

  void freeze() {
    frozen = true;
  }

  boolean frozen() {
    return frozen;
  }

  @Nullable SnapshotPlace place() {
    return place;
  }

  void placed(SnapshotPlace where) {
    place = where;
  }

  long base() {
    return base;
  }

  int count() {
    return count;
  }

  int available() {
    return available;
  }

  int out() {
    return out;
  }

  int live() {
    return available + out + waiting;
  }

  long expiryMin() {
    return expiryMin;
  }

  boolean takes(long sequence) {
    return count < CAPACITY && sequence - base <= 0xFFFF_FFFFL;
  }

  void add(Reference reference, boolean waits) {
    if (count * WORDS == words.length) {
      words = Arrays.copyOf(words, Math.min(words.length * 2, CAPACITY * WORDS));
    }
    int at = count * WORDS;
    words[at] =
        (reference.sequence() - base) << OFFSET_SHIFT
            | (long) reference.origin() << ORIGIN_SHIFT
            | (long) reference.deliveryCount() << COUNT_SHIFT
            | (reference.expired() ? EXPIRED : 0)
            | (reference.durable() ? DURABLE : 0)
            | (reference.redelivered() ? REDELIVERED : 0)
            | (waits ? WAITING : reference.out() ? OUT : AVAILABLE);
    words[at + 1] = reference.position();
    words[at + 2] = (long) reference.size() << SIZE_SHIFT | reference.expiry();
    count++;
    if (waits) {
      waiting++;
    } else if (reference.out()) {
      out++;
    } else {
      available++;
      lowerExpiry(reference.expiry());
    }
  }

  /// Index of an entry, or -1.
  int find(long sequence) {
    int index = ceiling(sequence);
    return index < count && sequence(index) == sequence ? index : -1;
  }

  /// Index of the first entry at or after a sequence.
  int ceiling(long sequence) {
    long wanted = sequence - base;
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (words[middle * WORDS] >>> OFFSET_SHIFT < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Index of the first available entry at or after an index, or -1.
  int nextAvailable(int index) {
    for (int i = index; i < count; i++) {
      if (state(i) == AVAILABLE) {
        return i;
      }
    }
    return -1;
  }

  long sequence(int index) {
    return base + (words[index * WORDS] >>> OFFSET_SHIFT);
  }

  int state(int index) {
    return (int) (words[index * WORDS] & STATE);
  }

  int size(int index) {
    return (int) (words[index * WORDS + 2] >>> SIZE_SHIFT);
  }

  long expiry(int index) {
    return words[index * WORDS + 2] & Reference.EXPIRY_MAX;
  }

  Reference get(int index, int priority) {
    int at = index * WORDS;
    long word = words[at];
    return new Reference(
        Keys.of(sequence(index), priority),
        words[at + 1],
        size(index),
        (word & STATE) == OUT,
        (word & DURABLE) != 0,
        (word & REDELIVERED) != 0,
        (int) (word >>> COUNT_SHIFT & COUNT_MASK),
        expiry(index),
        (int) (word >>> ORIGIN_SHIFT & Reference.ORIGIN_MAX),
        (word & EXPIRED) != 0);
  }

  void deliver(int index) {
    require(index, AVAILABLE);
    words[index * WORDS] = (words[index * WORDS] & ~STATE) | OUT;
    available--;
    out++;
  }

  void release(int index, boolean counted) {
    require(index, OUT);
    long word = (words[index * WORDS] & ~STATE) | AVAILABLE | REDELIVERED;
    if (counted && (word >>> COUNT_SHIFT & COUNT_MASK) != COUNT_MASK) {
      word += 1L << COUNT_SHIFT;
    }
    words[index * WORDS] = word;
    out--;
    available++;
    lowerExpiry(expiry(index));
  }

  /// An attempt failed, and the next one waits.
  void defer(int index) {
    release(index, true);
    hold(index);
  }

  /// What is available waits for its time.
  void hold(int index) {
    require(index, AVAILABLE);
    words[index * WORDS] = (words[index * WORDS] & ~STATE) | WAITING;
    available--;
    waiting++;
  }

  /// The time of what waits has come.
  void admit(int index) {
    require(index, WAITING);
    words[index * WORDS] = (words[index * WORDS] & ~STATE) | AVAILABLE;
    waiting--;
    available++;
    lowerExpiry(expiry(index));
  }

  void remove(int index) {
    switch (state(index)) {
      case AVAILABLE -> available--;
      case OUT -> out--;
      case WAITING -> waiting--;
      default -> throw new IllegalStateException("removed twice: sequence " + sequence(index));
    }
    words[index * WORDS] = (words[index * WORDS] & ~STATE) | GONE;
  }

  /// Whether most of what was here is gone.
  boolean sparse() {
    return count >= FIRST_CAPACITY && live() <= count / 4;
  }

  /// Whether this chunk and the one that follows it would make one that is far from full.
  boolean joins(Chunk next) {
    return live() + next.live() <= CAPACITY / 4
        && next.sequence(next.count - 1) - base <= 0xFFFF_FFFFL;
  }

  /// What is not gone of some chunks that follow each other, in one.
  static Chunk compact(Chunk... some) {
    Chunk compact = new Chunk(some[0].base, true);
    for (Chunk chunk : some) {
      for (int i = 0; i < chunk.count; i++) {
        if (chunk.state(i) != GONE) {
          compact.add(chunk.get(i, 0), chunk.state(i) == WAITING);
        }
      }
    }
    return compact;
  }

  /// Makes the lower bound exact again, after what was due has gone.
  void refreshExpiry() {
    expiryMin = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      if (state(i) == AVAILABLE) {
        lowerExpiry(expiry(i));
      }
    }
  }

  private void lowerExpiry(long expiry) {
    if (expiry != 0 && expiry < expiryMin) {
      expiryMin = expiry;
    }
  }

  private void require(int index, int state) {
    if (state(index) != state) {
      throw new IllegalStateException(
          "sequence " + sequence(index) + " is in state " + state(index) + ", not " + state);
    }
  }
}
