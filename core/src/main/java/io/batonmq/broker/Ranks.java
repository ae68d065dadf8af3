package io.batonmq.broker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// Rows by priority, the highest first. Most often there is one.
final class Ranks<T> implements Iterable<ArrayDeque<T>> {
  private final List<Rank<T>> ranks = new ArrayList<>(1);

  private record Rank<T>(int priority, ArrayDeque<T> row) {}

  /// The row of a priority, which is made if it is not there.
  ArrayDeque<T> row(int priority) {
    int at = 0;
    while (at < ranks.size() && ranks.get(at).priority > priority) {
      at++;
    }
    if (at == ranks.size() || ranks.get(at).priority != priority) {
      ranks.add(at, new Rank<>(priority, new ArrayDeque<>()));
    }
    return ranks.get(at).row;
  }

  void remove(T one, int priority) {
    ArrayDeque<T> row = row(priority);
    row.remove(one);
    if (row.isEmpty()) {
      ranks.removeIf(rank -> rank.priority == priority);
    }
  }

  void clear() {
    ranks.clear();
  }

  @Override
  public Iterator<ArrayDeque<T>> iterator() {
    Iterator<Rank<T>> each = ranks.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return each.hasNext();
      }

      @Override
      public ArrayDeque<T> next() {
        return each.next().row;
      }
    };
  }
}
