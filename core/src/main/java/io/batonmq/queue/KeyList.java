package io.batonmq.queue;

import java.util.Arrays;

/// A growing list of keys, without boxes.
public final class KeyList {
  private long[] keys = new long[16];
  private int size;

  public void add(long key) {
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, size * 2);
    }
    keys[size++] = key;
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public long get(int index) {
    if (index >= size) {
      throw new IndexOutOfBoundsException(index);
    }
    return keys[index];
  }

  public void clear() {
    size = 0;
  }

  public long[] toArray() {
    return Arrays.copyOf(keys, size);
  }
}
