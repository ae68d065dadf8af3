package io.batonmq.queue;

import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// The references of one queue that have one priority, in the order of their sequences. An entry keeps
/// its place while a consumer has it, so a release restores the order by doing nothing.
final class Lane {
  private final int priority;

  /// `chunks[head]` to `chunks[head + size - 1]`, ascending; each but the last has a live entry.
  private @Nullable Chunk[] chunks = new Chunk[4];

  private int head;
  private int size;
  private int available;
  private int out;
  private long lastSequence = -1;

  /// No available entry has a lower sequence.
  private long availableFrom;

  Lane(int priority) {
    this.priority = priority;
  }

  int available() {
    return available;
  }

  int out() {
    return out;
  }

  /// @param waits whether its time has not come
  void append(Reference reference, boolean waits) {
    long sequence = reference.sequence();
    if (sequence <= lastSequence) {
      throw new IllegalStateException(
          "sequence " + sequence + " comes after " + lastSequence + " in the same lane");
    }
    if (size > 0 && !chunk(size - 1).takes(sequence) && chunk(size - 1).live() == 0) {
      dropChunk(size - 1);
    }
    if (size == 0 || !chunk(size - 1).takes(sequence)) {
      addChunk(new Chunk(sequence, size == 0));
    }
    writable(size - 1).add(reference, waits);
    lastSequence = sequence;
    if (waits) {
      return;
    }
    if (reference.out()) {
      out++;
    } else {
      countAvailable(sequence);
    }
  }

  /// Takes over all entries of another lane, none of which is out, with higher sequences. More than one chunk
  /// is taken over as it is: in time proportional to the number of chunks.
  void join(Lane other, long more) {
    if (other.size == 0) {
      return;
    }
    if (other.size == 1) {
      Chunk few = other.chunk(0);
      for (int index = 0; index < few.count(); index++) {
        if (few.state(index) != Chunk.GONE) {
          append(few.get(index, priority).later(more), few.state(index) == Chunk.WAITING);
        }
      }
      return;
    }
    long first = other.chunk(0).base() + more;
    if (first <= lastSequence) {
      throw new IllegalStateException(
          "sequence " + first + " comes after " + lastSequence + " in the same lane");
    }
    if (size > 0 && chunk(size - 1).live() == 0) {
      dropChunk(size - 1);
    }
    for (int i = 0; i < other.size; i++) {
      Chunk chunk = other.chunk(i);
      if (chunk.live() > 0) {
        addChunk(chunk.moved(more));
      }
    }
    if (available == 0) {
      availableFrom = other.availableFrom + more;
    }
    available += other.available;
    lastSequence = other.lastSequence + more;
  }

  private void countAvailable(long sequence) {
    if (available == 0 || sequence < availableFrom) {
      availableFrom = sequence;
    }
    available++;
  }

  /// The first available entry at or after a sequence, or -1.
  long nextAvailable(long from) {
    if (available == 0) {
      return -1;
    }
    boolean whole = from <= availableFrom;
    long start = whole ? availableFrom : from;
    for (int i = Math.max(0, floor(start)); i < size; i++) {
      Chunk chunk = chunk(i);
      if (chunk.available() == 0) {
        continue;
      }
      int index = chunk.nextAvailable(chunk.ceiling(start));
      if (index >= 0) {
        long found = chunk.sequence(index);
        if (whole) {
          availableFrom = found;
        }
        return found;
      }
    }
    return -1;
  }

  @Nullable Reference find(long sequence) {
    int at = floor(sequence);
    if (at < 0) {
      return null;
    }
    Chunk chunk = chunk(at);
    int index = chunk.find(sequence);
    return index < 0 || chunk.state(index) == Chunk.GONE ? null : chunk.get(index, priority);
  }

  void deliver(long sequence) {
    int at = locate(sequence);
    Chunk chunk = writable(at);
    chunk.deliver(chunk.find(sequence));
    available--;
    out++;
  }

  /// Answers when the entry expires.
  long release(long sequence, boolean counted) {
    int at = locate(sequence);
    Chunk chunk = writable(at);
    int index = chunk.find(sequence);
    chunk.release(index, counted);
    out--;
    countAvailable(sequence);
    return chunk.expiry(index);
  }

  /// What is out waits for its next attempt. Answers what it is now.
  Reference defer(long sequence) {
    int at = locate(sequence);
    Chunk chunk = writable(at);
    int index = chunk.find(sequence);
    chunk.defer(index);
    out--;
    return chunk.get(index, priority);
  }

  /// What is available waits for its time.
  void hold(long sequence) {
    int at = locate(sequence);
    Chunk chunk = writable(at);
    chunk.hold(chunk.find(sequence));
    available--;
  }

  /// The time of what waits has come. Answers when the entry expires.
  long admit(long sequence) {
    int at = locate(sequence);
    Chunk chunk = writable(at);
    int index = chunk.find(sequence);
    chunk.admit(index);
    countAvailable(sequence);
    return chunk.expiry(index);
  }

  /// The state of an entry, as [Chunk] numbers it.
  int state(long sequence) {
    Chunk chunk = chunk(locate(sequence));
    return chunk.state(chunk.find(sequence));
  }

  /// Removes an entry and answers what it was.
  Reference remove(long sequence) {
    int at = locate(sequence);
    Chunk chunk = writable(at);
    int index = chunk.find(sequence);
    Reference removed = chunk.get(index, priority);
    int state = chunk.state(index);
    chunk.remove(index);
    if (state == Chunk.OUT) {
      out--;
    } else if (state == Chunk.AVAILABLE) {
      available--;
    }
    if (chunk.live() == 0 && at < size - 1) {
      dropChunk(at);
    } else if (chunk.live() > 0 && chunk.sparse()) {
      compact(at);
    }
    return removed;
  }

  /// Gives back what the gone entries of a chunk cost: where few wait long among many that pass, each of the few
  /// would otherwise keep 12 KiB.
  private void compact(int at) {
    if (at > 0 && chunk(at - 1).joins(chunk(at))) {
      chunks[head + at - 1] = Chunk.compact(chunk(at - 1), chunk(at));
      dropChunk(at);
    } else {
      chunks[head + at] = Chunk.compact(chunk(at));
    }
  }

  /// Every entry that is out becomes available, its fate unknown and so counted, but for those held.
  void releaseAll(LongPredicate held) {
    int left = out;
    for (int i = 0; left > 0 && i < size; i++) {
      if (chunk(i).out() == 0) {
        continue;
      }
      Chunk chunk = writable(i);
      for (int index = 0; index < chunk.count(); index++) {
        if (chunk.state(index) != Chunk.OUT) {
          continue;
        }
        left--;
        long sequence = chunk.sequence(index);
        if (!held.test(Keys.of(sequence, priority))) {
          chunk.release(index, true);
          out--;
          countAvailable(chunk.sequence(index));
        }
      }
    }
  }

  /// Lower bound of the expiries of what is available.
  long expiryMin() {
    long min = Long.MAX_VALUE;
    for (int i = 0; i < size; i++) {
      min = Math.min(min, chunk(i).expiryMin());
    }
    return min;
  }

  /// Collects available entries that are due, until `into` holds `max`.
  void due(long expiry, int max, KeyList into) {
    for (int i = 0; i < size && into.size() < max; i++) {
      Chunk chunk = chunk(i);
      if (chunk.expiryMin() > expiry) {
        continue;
      }
      int before = into.size();
      for (int index = 0; index < chunk.count() && into.size() < max; index++) {
        long at = chunk.expiry(index);
        if (at != 0 && at <= expiry && chunk.state(index) == Chunk.AVAILABLE) {
          into.add(Keys.of(chunk.sequence(index), priority));
        }
      }
      if (into.size() == before) {
        // What the bound spoke of has been taken or removed since.
        writable(i).refreshExpiry();
      }
    }
  }

  void forEach(Consumer<Reference> visitor) {
    visit(chunks, head, size, priority, visitor);
  }

  /// The chunks as they are now, for another thread to read.
  Chunk[] freeze() {
    Chunk[] frozen = new Chunk[size];
    for (int i = 0; i < size; i++) {
      frozen[i] = chunk(i);
      frozen[i].freeze();
    }
    return frozen;
  }

  static void visit(
      @Nullable Chunk[] chunks, int head, int size, int priority, Consumer<Reference> visitor) {
    for (int i = head; i < head + size; i++) {
      Chunk chunk = chunks[i];
      if (chunk == null) {
        throw new IllegalStateException("no chunk " + i);
      }
      for (int index = 0; index < chunk.count(); index++) {
        if (chunk.state(index) != Chunk.GONE) {
          visitor.accept(chunk.get(index, priority));
        }
      }
    }
  }

  private Chunk chunk(int index) {
    Chunk chunk = chunks[head + index];
    if (chunk == null) {
      throw new IllegalStateException("no chunk " + index + " of " + size);
    }
    return chunk;
  }

  private Chunk writable(int index) {
    Chunk chunk = chunk(index).writable();
    chunks[head + index] = chunk;
    return chunk;
  }

  /// The last chunk that begins at or before a sequence, or -1.
  private int floor(long sequence) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (chunk(middle).base() <= sequence) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  private int locate(long sequence) {
    int at = floor(sequence);
    if (at < 0 || chunk(at).find(sequence) < 0) {
      throw new IllegalStateException("no message with sequence " + sequence);
    }
    return at;
  }

  private void addChunk(Chunk chunk) {
    if (head + size == chunks.length) {
      int length = size * 2 > chunks.length ? chunks.length * 2 : chunks.length;
      @Nullable Chunk[] wider = new Chunk[length];
      System.arraycopy(chunks, head, wider, 0, size);
      chunks = wider;
      head = 0;
    }
    chunks[head + size] = chunk;
    size++;
  }

  private void dropChunk(int index) {
    if (index == 0) {
      chunks[head] = null;
      head++;
    } else {
      System.arraycopy(chunks, head + index + 1, chunks, head + index, size - index - 1);
      chunks[head + size - 1] = null;
    }
    size--;
  }
}
