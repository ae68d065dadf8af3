package io.batonmq.message;

import java.util.List;

/// A pattern over addresses: words between dots, where `*` stands for one word and `#` for any number
/// of them, none too; or as [Wildcards] has it.
///
/// Matching goes through the name once and never back further than to the last `#`, so nobody can send
/// a name that is slow to match. Patterns are ordered by how much they say: word by word from the left,
/// a plain word, or the end, before `*` before `#`; where they agree, the longer one first.
public final class AddressPattern implements Comparable<AddressPattern> {
  private final String text;
  private final Wildcards syntax;
  private final List<String> words;

  /// A pattern as it is usually written.
  public AddressPattern(String text) {
    this(text, Wildcards.DEFAULTS);
  }

  public AddressPattern(String text, Wildcards syntax) {
    this.text = text;
    this.syntax = syntax;
    this.words = syntax.words(text);
  }

  /// The pattern as it was written.
  public String text() {
    return text;
  }

  public boolean matches(String address) {
    return matches(syntax.words(address));
  }

  /// Whether any name fits both patterns.
  public boolean overlaps(AddressPattern other) {
    int rows = words.size();
    int columns = other.words.size();
    boolean[][] fits = new boolean[rows + 1][columns + 1];
    for (int i = rows; i >= 0; i--) {
      for (int j = columns; j >= 0; j--) {
        boolean any = i < rows && syntax.any(words.get(i));
        boolean otherAny = j < columns && syntax.any(other.words.get(j));
        fits[i][j] =
            (i == rows && j == columns)
                || (any && (fits[i + 1][j] || (j < columns && fits[i][j + 1])))
                || (otherAny && (fits[i][j + 1] || (i < rows && fits[i + 1][j])))
                || (i < rows
                    && j < columns
                    && !any
                    && !otherAny
                    && (syntax.single(words.get(i))
                        || syntax.single(other.words.get(j))
                        || words.get(i).equals(other.words.get(j)))
                    && fits[i + 1][j + 1]);
      }
    }
    return fits[0][0];
  }

  /// Whether all names that fit another pattern fit this one. False for some where that can be seen only by
  /// looking at several words together, such as `*.#` and `#.a`.
  public boolean covers(AddressPattern other) {
    int rows = words.size();
    int columns = other.words.size();
    boolean[][] covered = new boolean[rows + 1][columns + 1];
    for (int i = rows; i >= 0; i--) {
      for (int j = columns; j >= 0; j--) {
        if (i == rows) {
          covered[i][j] = j == columns;
        } else if (syntax.any(words.get(i))) {
          covered[i][j] = covered[i + 1][j] || (j < columns && covered[i][j + 1]);
        } else {
          covered[i][j] =
              j < columns
                  && !syntax.any(other.words.get(j))
                  && (syntax.single(words.get(i)) || words.get(i).equals(other.words.get(j)))
                  && covered[i + 1][j + 1];
        }
      }
    }
    return covered[0][0];
  }

  private boolean matches(List<String> name) {
    int word = 0;
    int at = 0;
    int lastHash = -1;
    int resume = 0;
    while (at < name.size()) {
      if (word < words.size() && syntax.any(words.get(word))) {
        lastHash = word++;
        resume = at;
      } else if (word < words.size()
          && (syntax.single(words.get(word)) || words.get(word).equals(name.get(at)))) {
        word++;
        at++;
      } else if (lastHash >= 0) {
        word = lastHash + 1;
        at = ++resume;
      } else {
        return false;
      }
    }
    while (word < words.size() && syntax.any(words.get(word))) {
      word++;
    }
    return word == words.size();
  }

  /// The more specific pattern comes first.
  @Override
  public int compareTo(AddressPattern other) {
    int all = Math.max(words.size(), other.words.size());
    for (int i = 0; i < all; i++) {
      int difference = Integer.compare(rank(i), other.rank(i));
      if (difference != 0) {
        return difference;
      }
    }
    int longer = Integer.compare(other.words.size(), words.size());
    return longer != 0 ? longer : text.compareTo(other.text);
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof AddressPattern other && other.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }

  /// A pattern that has ended says that nothing follows, which is as much as a word: `a.b` is more
  /// specific than `a.b.#`, which fits it too.
  private int rank(int at) {
    if (at >= words.size()) {
      return 0;
    }
    return syntax.any(words.get(at)) ? 2 : syntax.single(words.get(at)) ? 1 : 0;
  }
}
