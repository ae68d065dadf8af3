package io.batonmq.selector;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A pattern of `LIKE`: `%` stands for any characters, `_` for one, an escape character takes that meaning from
/// the character after it. A character is a UTF-16 unit.
///
/// Between two `%` a piece of the pattern has a fixed length, and the leftmost place where it fits is as good as
/// any other: so there is nothing to go back for. That place is found by the shift-and method (Baeza-Yates and
/// Gonnet, *A New Approach to Text Searching*, CACM 35(10), 1992), one step for each character and 64 characters
/// of the piece.
final class Like {
  private final List<Piece> pieces = new ArrayList<>();
  private final boolean openStart;
  private final boolean openEnd;

  /// A pattern with an escape character that escapes nothing; the message says why.
  static final class BadEscapeException extends Exception {
    private static final long serialVersionUID = 1L;

    BadEscapeException() {
      super("the escape character stands before %, _ or itself only");
    }
  }

  /// @param escape the escape character; -1 for none
  Like(String pattern, int escape) throws BadEscapeException {
    Piece piece = new Piece();
    boolean open = false;
    boolean first = true;
    boolean startsOpen = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      open = false;
      if (c == escape) {
        i++;
        if (i == pattern.length() || !escapable(pattern.charAt(i), escape)) {
          throw new BadEscapeException();
        }
        piece.add(pattern.charAt(i), false);
      } else if (c == '%') {
        open = true;
        startsOpen |= first;
        if (piece.length() > 0) {
          pieces.add(piece);
          piece = new Piece();
        }
      } else {
        piece.add(c, c == '_');
      }
      first = false;
    }
    if (piece.length() > 0) {
      pieces.add(piece);
    }
    this.openStart = startsOpen;
    this.openEnd = open;
    pieces.forEach(Piece::finish);
  }

  private static boolean escapable(char c, int escape) {
    return c == '%' || c == '_' || c == escape;
  }

  boolean matches(String string) {
    if (pieces.isEmpty()) {
      return openStart || string.isEmpty();
    }
    int from = 0;
    int to = string.length();
    int begin = 0;
    int end = pieces.size();
    if (!openStart) {
      Piece piece = pieces.getFirst();
      if (!piece.fits(string, 0)) {
        return false;
      }
      from = piece.length();
      begin = 1;
      if (end == 1 && !openEnd) {
        return from == to;
      }
    }
    if (!openEnd && begin < end) {
      Piece piece = pieces.getLast();
      to -= piece.length();
      if (to < from || !piece.fits(string, to)) {
        return false;
      }
      end--;
    }
    for (Piece piece : pieces.subList(begin, end)) {
      from = piece.find(string, from, to);
      if (from < 0) {
        return false;
      }
    }
    return from <= to;
  }

  /// Characters, some of which are any.
  private static final class Piece {
    private final StringBuilder characters = new StringBuilder();
    private final List<Boolean> any = new ArrayList<>();
    private final Map<Character, long[]> masks = new HashMap<>();
    private long[] others = new long[0];

    int length() {
      return characters.length();
    }

    void add(char c, boolean anyOne) {
      characters.append(c);
      any.add(anyOne);
    }

    /// For each character the places in this piece where it may stand.
    void finish() {
      int words = (length() + 63) / 64;
      others = new long[words];
      for (int i = 0; i < length(); i++) {
        if (any.get(i)) {
          others[i / 64] |= 1L << i;
        }
      }
      for (int i = 0; i < length(); i++) {
        if (!any.get(i)) {
          masks.computeIfAbsent(characters.charAt(i), _ -> others.clone())[i / 64] |= 1L << i;
        }
      }
    }

    boolean fits(String string, int at) {
      if (string.length() - at < length()) {
        return false;
      }
      for (int i = 0; i < length(); i++) {
        if (!any.get(i) && string.charAt(at + i) != characters.charAt(i)) {
          return false;
        }
      }
      return true;
    }

    /// Where the leftmost fit between two places ends; -1 if there is none.
    int find(String string, int from, int to) {
      long[] state = new long[others.length];
      int last = length() - 1;
      for (int at = from; at < to; at++) {
        long[] mask = masks.getOrDefault(string.charAt(at), others);
        long carry = 1;
        for (int word = 0; word < state.length; word++) {
          long next = state[word] >>> 63;
          state[word] = ((state[word] << 1) | carry) & mask[word];
          carry = next;
        }
        if (((state[last / 64] >>> last) & 1) != 0) {
          return at + 1;
        }
      }
      return -1;
    }
  }
}
