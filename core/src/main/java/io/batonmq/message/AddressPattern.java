package io.batonmq.message;

import java.util.ArrayList;
import java.util.List;

/// A pattern over addresses: words between dots, where `*` stands for one word and `#` for any number
/// of them, none too.
///
/// Matching goes through the name once and never back further than to the last `#`, so nobody can send
/// a name that is slow to match. Patterns are ordered by how much they say: word by word from the left,
/// a plain word, or the end, before `*` before `#`; where they agree, the longer one first.
public final class AddressPattern implements Comparable<AddressPattern> {
  private final String text;
  private final List<String> words;

  public AddressPattern(String text) {
    this.text = text;
    this.words = words(text);
  }

  /// The pattern as it was written.
  public String text() {
    return text;
  }

  public boolean matches(String address) {
    return matches(words(address));
  }

  private boolean matches(List<String> name) {
    int word = 0;
    int at = 0;
    int lastHash = -1;
    int resume = 0;
    while (at < name.size()) {
      if (word < words.size() && words.get(word).equals("#")) {
        lastHash = word++;
        resume = at;
      } else if (word < words.size()
          && (words.get(word).equals("*") || words.get(word).equals(name.get(at)))) {
        word++;
        at++;
      } else if (lastHash >= 0) {
        word = lastHash + 1;
        at = ++resume;
      } else {
        return false;
      }
    }
    while (word < words.size() && words.get(word).equals("#")) {
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
    return switch (words.get(at)) {
      case "#" -> 2;
      case "*" -> 1;
      default -> 0;
    };
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int from = 0;
    for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', from)) {
      words.add(text.substring(from, dot));
      from = dot + 1;
    }
    words.add(text.substring(from));
    return words;
  }
}
