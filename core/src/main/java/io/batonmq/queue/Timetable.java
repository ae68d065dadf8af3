package io.batonmq.queue;

import io.batonmq.log.SnapshotPlace;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// When the messages of one queue that wait for their time are to be looked at: pairs of a time and a key,
/// in this order, 16 bytes each, in pages of up to 512.
///
/// Finding a place is two binary searches; whatever falls due stands at the front. A page that a snapshot
/// holds is copied before the next change, as chunks of references are.
final class Timetable {
  /// Times above this one are cut down to it: some year after 4000.
  static final long MILLIS_MAX = (1L << 46) - 1;

  private @Nullable Page[] pages = new Page[4];
  private int count;
  private int size;

  /// Up to 512 pairs, those from `from` to `to`: `words[2 * i]` is the time, `words[2 * i + 1]` twice the key,
  /// and one more if the log knows of the message.
  static final class Page {
    static final int CAPACITY = 512;
    private static final int FIRST_CAPACITY = 8;
    private static final long DURABLE = 1;

    private long[] words;
    private int from;
    private int to;
    private boolean frozen;

    /// The lane that writes snapshots alone looks at it and sets it.
    private @Nullable SnapshotPlace place;

    Page() {
      this.words = new long[2 * FIRST_CAPACITY];
    }

    private Page(Page original) {
      this.words = original.words.clone();
      this.from = original.from;
      this.to = original.to;
    }

    int size() {
      return to - from;
    }

    long millis(int index) {
      return words[2 * (from + index)];
    }

    long key(int index) {
      return words[2 * (from + index) + 1] >>> 1;
    }

    boolean durable(int index) {
      return (words[2 * (from + index) + 1] & DURABLE) != 0;
    }

    @Nullable SnapshotPlace place() {
      return place;
    }

    void placed(SnapshotPlace where) {
      place = where;
    }

    /// Index of the first pair that is not before this one.
    private int ceiling(long millis, long key) {
      int low = 0;
      int high = size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (before(millis(middle), key(middle), millis, key)) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    private void insert(int index, long millis, long key, boolean durable) {
      if (to == words.length / 2) {
        if (from > 0) {
          System.arraycopy(words, 2 * from, words, 0, 2 * size());
          to -= from;
          from = 0;
        } else {
          words = Arrays.copyOf(words, Math.min(words.length * 2, 2 * CAPACITY));
        }
      }
      int at = 2 * (from + index);
      System.arraycopy(words, at, words, at + 2, 2 * (to - from - index));
      words[at] = millis;
      words[at + 1] = key << 1 | (durable ? DURABLE : 0);
      to++;
    }

    private void remove(int index) {
      if (index == 0) {
        from++;
        return;
      }
      int at = 2 * (from + index);
      System.arraycopy(words, at + 2, words, at, 2 * (to - from - index - 1));
      to--;
    }

    /// Takes the upper half away.
    private Page split() {
      Page upper = new Page();
      int half = size() / 2;
      upper.words = new long[2 * CAPACITY];
      upper.to = size() - half;
      System.arraycopy(words, 2 * (from + half), upper.words, 0, 2 * upper.to);
      to = from + half;
      return upper;
    }
  }

  int size() {
    return size;
  }

  /// The earliest time; [Long#MAX_VALUE] if nothing waits.
  long first() {
    return size == 0 ? Long.MAX_VALUE : page(0).millis(0);
  }

  void add(long millis, long key, boolean durable) {
    int at = count == 0 ? add(0, new Page()) : floor(millis, key);
    Page page = writable(at);
    int index = page.ceiling(millis, key);
    if (page.size() == Page.CAPACITY) {
      if (at == count - 1 && index == Page.CAPACITY) {
        // In the order of their times, as most come: full pages stay full.
        page = page(add(count, new Page()));
        index = 0;
      } else {
        Page upper = page.split();
        add(at + 1, upper);
        if (index > page.size()) {
          index -= page.size();
          page = upper;
        }
      }
    }
    page.insert(index, millis, key, durable);
    size++;
  }

  /// Takes over the pairs of another one.
  ///
  /// @param more what is added to the sequences of their keys
  void join(Timetable other, long more) {
    for (int at = 0; at < other.count; at++) {
      Page page = other.page(at);
      for (int index = 0; index < page.size(); index++) {
        long key = page.key(index);
        add(
            page.millis(index),
            Keys.of(Keys.sequence(key) + more, Keys.priority(key)),
            page.durable(index));
      }
    }
  }

  /// Removes a pair; false if it is not there.
  boolean remove(long millis, long key) {
    if (count == 0) {
      return false;
    }
    int at = floor(millis, key);
    Page page = page(at);
    int index = page.ceiling(millis, key);
    if (index == page.size() || page.millis(index) != millis || page.key(index) != key) {
      return false;
    }
    remove(at, index);
    return true;
  }

  /// Removes the pair of a key that stands near the front, as all do whose time has come.
  boolean removeFirst(long key) {
    for (int at = 0; at < count; at++) {
      Page page = page(at);
      for (int index = 0; index < page.size(); index++) {
        if (page.key(index) == key) {
          remove(at, index);
          return true;
        }
      }
    }
    return false;
  }

  private void remove(int at, int index) {
    Page page = writable(at);
    page.remove(index);
    size--;
    if (page.size() == 0) {
      System.arraycopy(pages, at + 1, pages, at, count - at - 1);
      pages[--count] = null;
    }
  }

  /// Visits the pairs that come after this one, in order.
  void after(long millis, long key, MessageQueue.WaitingVisitor visitor) {
    if (count == 0) {
      return;
    }
    int at = floor(millis, key + 1);
    int index = page(at).ceiling(millis, key + 1);
    while (at < count) {
      Page page = page(at);
      while (index < page.size()) {
        if (!visitor.visit(page.millis(index), page.key(index))) {
          return;
        }
        index++;
      }
      at++;
      index = 0;
    }
  }

  /// The pages as they are now, for another thread to read.
  Page[] freeze() {
    Page[] frozen = new Page[count];
    for (int i = 0; i < count; i++) {
      frozen[i] = page(i);
      frozen[i].frozen = true;
    }
    return frozen;
  }

  private static boolean before(long millis, long key, long otherMillis, long otherKey) {
    return millis != otherMillis ? millis < otherMillis : key < otherKey;
  }

  /// The page that a pair is in, or belongs into.
  private int floor(long millis, long key) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      Page page = page(middle);
      if (before(millis, key, page.millis(0), page.key(0))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return Math.max(0, low - 1);
  }

  private Page page(int index) {
    Page page = pages[index];
    if (page == null) {
      throw new IllegalStateException("no page " + index + " of " + count);
    }
    return page;
  }

  private Page writable(int index) {
    Page page = page(index);
    if (page.frozen) {
      page = new Page(page);
      pages[index] = page;
    }
    return page;
  }

  private int add(int index, Page page) {
    if (count == pages.length) {
      pages = Arrays.copyOf(pages, count * 2);
    }
    System.arraycopy(pages, index, pages, index + 1, count - index);
    pages[index] = page;
    count++;
    return index;
  }
}
