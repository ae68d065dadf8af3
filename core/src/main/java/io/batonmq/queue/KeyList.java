package io.batonmq.queue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

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

  public void addAll(KeyList others) {
    if (keys.length - size < others.size) {
      keys = Arrays.copyOf(keys, Math.max(keys.length * 2, size + others.size));
    }
    System.arraycopy(others.keys, 0, keys, size, others.size);
    size += others.size;
  }

  /// Those that are not in another list.
  public KeyList without(KeyList others) {
    Set<Long> out = new HashSet<>();
    for (int i = 0; i < others.size; i++) {
      out.add(others.keys[i]);
    }
    KeyList rest = new KeyList();
    for (int i = 0; i < size; i++) {
      if (!out.contains(keys[i])) {
        rest.add(keys[i]);
      }
    }
    return rest;
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

  public void set(int index, long key) {
    if (index >= size) {
      throw new IndexOutOfBoundsException(index);
    }
    keys[index] = key;
  }

  public void clear() {
    size = 0;
  }

  /// A copy of `[from, to)`.
  public KeyList part(int from, int to) {
    KeyList part = new KeyList();
    part.keys = Arrays.copyOfRange(keys, from, Math.max(to, from + 1));
    part.size = to - from;
    return part;
  }

  public long[] toArray() {
    return Arrays.copyOf(keys, size);
  }
}
