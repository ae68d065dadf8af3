package io.batonmq.selector;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A condition on the fields of a message. Immutable; may be asked by any thread.
///
/// Asking takes time in proportion to the length of the selector and of the strings that it looks at, whatever
/// either says: there is no backtracking in `LIKE`.
public final class Selector {
  /// Characters of a selector.
  public static final int LENGTH_MAX = 8_192;

  /// Parentheses, signs and `NOT`s within one another.
  public static final int DEPTH_MAX = 64;

  private final String text;
  private final Expression condition;
  private final Set<String> names;

  private Selector(String text, Expression condition, Set<String> names) {
    this.text = text;
    this.condition = condition;
    this.names = names;
  }

  /// What a selector asks about: header fields and properties of one message.
  @FunctionalInterface
  public interface Fields {
    /// The value of a field by its name in the selector, which is case sensitive: a [String], [Boolean],
    /// [Long] or [Double]; null where there is none, or one of a type that selectors do not know.
    @Nullable Object get(String name);
  }

  /// Reads a selector.
  ///
  /// @throws SelectorException if it is none, or too long or deep; the message says where and why
  public static Selector parse(String text) throws SelectorException {
    if (text.length() > LENGTH_MAX) {
      throw new SelectorException(
          text, LENGTH_MAX, "it is longer than " + LENGTH_MAX + " characters");
    }
    Parser parser = new Parser(text);
    return new Selector(text, parser.condition(), parser.names());
  }

  /// Whether the condition is true of a message; unknown is not true.
  public boolean matches(Fields fields) {
    return Boolean.TRUE.equals(condition.value(fields));
  }

  /// The names of all fields that it asks about.
  public Set<String> names() {
    return names;
  }

  /// As it was written.
  public String text() {
    return text;
  }

  @Override
  public String toString() {
    return text;
  }
}
