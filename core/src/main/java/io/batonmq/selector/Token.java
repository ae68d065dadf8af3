package io.batonmq.selector;

/// A word or sign of a selector.
///
/// @param at place of its first character
/// @param text the word as it stands there; the content of a string
/// @param value of a literal; the text for everything else
record Token(Kind kind, int at, String text, Object value) {
  enum Kind {
    NAME,
    /// A reserved word; the text is in upper case.
    WORD,
    STRING,
    NUMBER,
    /// An exact number that is too large but for the one that a minus makes small enough.
    NUMBER_TO_NEGATE,
    SIGN,
    END
  }

  boolean isWord(String word) {
    return kind == Kind.WORD && text.equals(word);
  }

  boolean isSign(String sign) {
    return kind == Kind.SIGN && text.equals(sign);
  }

  /// For a message to whoever wrote it.
  String shown() {
    return switch (kind) {
      case END -> "the end";
      case STRING -> "a string";
      default -> text;
    };
  }
}
