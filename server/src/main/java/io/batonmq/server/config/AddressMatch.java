package io.batonmq.server.config;

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
    while (g < given.length) {
      if (w < wanted.length && wanted[w].equals(ANY_WORDS)) {
        anyAt = w++;
        swallowed = g;
      } else if (w < wanted.length && (wanted[w].equals(ONE_WORD) || wanted[w].equals(given[g]))) {
        w++;
        g++;
      } else if (anyAt >= 0) {
        w = anyAt + 1;
        g = ++swallowed;
      } else {
        return false;
      }
    }
    while (w < wanted.length && wanted[w].equals(ANY_WORDS)) {
      w++;
    }
    return w == wanted.length;
  }

  @Override
  public int compareTo(AddressMatch other) {
    var mine = words(pattern);
    var theirs = words(other.pattern);
    for (int i = 0; i < Math.max(mine.length, theirs.length); i++) {
      int order = Integer.compare(special(mine, i), special(theirs, i));
      if (order != 0) {
        return order;
      }
    }
    return pattern.compareTo(other.pattern);
  }

  private static int special(String[] words, int at) {
    if (at >= words.length) {
      return 2;
    }
    return switch (words[at]) {
      case ANY_WORDS -> 0;
      case ONE_WORD -> 1;
      default -> 2;
    };
  }

  private static String[] words(String text) {
    return text.split("\\.", -1);
  }
}
