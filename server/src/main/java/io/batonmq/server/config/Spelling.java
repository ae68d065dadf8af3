package io.batonmq.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/// Finds the name that a misspelt one was meant to be.
final class Spelling {
  /// Longer names than this are nobody's slip of the finger.
  private static final int LENGTH_MAX = 64;

  private Spelling() {}

  /// The nearest of `known`, if it is near enough to be meant: a third of the letters may be wrong.
  static Optional<String> nearest(String name, Collection<String> known) {
    if (name.length() > LENGTH_MAX) {
      return Optional.empty();
    }
    var meant = name.toLowerCase(Locale.ROOT);
    record Candidate(String name, int distance) {}
    return known.stream()
        .map(other -> new Candidate(other, distance(meant, other.toLowerCase(Locale.ROOT))))
        .filter(candidate -> candidate.distance <= Math.max(1, name.length() / 3))
        .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
        .map(Candidate::name);
  }

  /// Letters to insert, drop, replace or swap with their neighbour to make one word the other.
  static int distance(String one, String other) {
    var rows = new int[one.length() + 1][other.length() + 1];
    IntStream.rangeClosed(0, one.length()).forEach(i -> rows[i][0] = i);
    IntStream.rangeClosed(0, other.length()).forEach(j -> rows[0][j] = j);
    for (int i = 1; i <= one.length(); i++) {
      for (int j = 1; j <= other.length(); j++) {
        int replaced = rows[i - 1][j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        rows[i][j] = Math.min(replaced, 1 + Math.min(rows[i - 1][j], rows[i][j - 1]));
        if (i > 1
            && j > 1
            && one.charAt(i - 1) == other.charAt(j - 2)
            && one.charAt(i - 2) == other.charAt(j - 1)) {
          rows[i][j] = Math.min(rows[i][j], 1 + rows[i - 2][j - 2]);
        }
      }
    }
    return rows[one.length()][other.length()];
  }
}
