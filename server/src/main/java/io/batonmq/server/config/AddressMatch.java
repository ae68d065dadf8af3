package io.batonmq.server.config;

import java.util.ArrayList;
import java.util.List;

/// A pattern of addresses: words between dots, `*` for any one word, `#` for any number of them,
/// none included.
///
/// Ordered from the general to the special: where several fit, the last one has the last word. The
/// first word that differs decides; a plain word is more special than `*`, and `*` than `#`.
public record AddressMatch(String pattern) implements Comparable<AddressMatch> {
  private static final String ONE_WORD = "*";
  private static final String ANY_WORDS = "#";

  public boolean matches(String address) {
    var wanted = words(pattern);
    var given = words(address);
    int w = 0;
    int g = 0;
    // The newest # may swallow one word more whenever what follows it does not fit: never more than
    // one step back per word, however hostile the address.
    int anyAt = -1;
    int swallowed = 0;
    while (g < given.size()) {
      if (w < wanted.size() && wanted.get(w).equals(ANY_WORDS)) {
        anyAt = w++;
        swallowed = g;
      } else if (w < wanted.size()
          && (wanted.get(w).equals(ONE_WORD) || wanted.get(w).equals(given.get(g)))) {
        w++;
        g++;
      } else if (anyAt >= 0) {
        w = anyAt + 1;
        g = ++swallowed;
      } else {
        return false;
      }
    }
    while (w < wanted.size() && wanted.get(w).equals(ANY_WORDS)) {
      w++;
    }
    return w == wanted.size();
  }

  @Override
  public int compareTo(AddressMatch other) {
    var mine = words(pattern);
    var theirs = words(other.pattern);
    for (int i = 0; i < Math.max(mine.size(), theirs.size()); i++) {
      int order = Integer.compare(special(mine, i), special(theirs, i));
      if (order != 0) {
        return order;
      }
    }
    return pattern.compareTo(other.pattern);
  }

  private static int special(List<String> words, int at) {
    if (at >= words.size()) {
      return 2;
    }
    return switch (words.get(at)) {
      case ANY_WORDS -> 0;
      case ONE_WORD -> 1;
      default -> 2;
    };
  }

  private static List<String> words(String text) {
    var words = new ArrayList<String>();
    int from = 0;
    for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', from)) {
      words.add(text.substring(from, dot));
      from = dot + 1;
    }
    words.add(text.substring(from));
    return words;
  }
}
