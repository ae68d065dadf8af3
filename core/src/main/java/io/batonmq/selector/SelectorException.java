package io.batonmq.selector;

/// A text that is no selector, and where it stops being one.
public final class SelectorException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN_MAX = 40;

  private final int position;

  /// @param position of the character that cannot stand there, from 0; the length of the text for its end
  SelectorException(String text, int position, String reason) {
    super(
        "the selector is wrong at character %d%s: %s"
            .formatted(position + 1, shown(text, position), reason));
    this.position = position;
  }

  private static String shown(String text, int position) {
    if (position >= text.length()) {
      return " (its end)";
    }
    int end = Math.min(text.length(), position + SHOWN_MAX);
    StringBuilder some = new StringBuilder();
    text.substring(position, end)
        .chars()
        .forEach(c -> some.append(Character.isISOControl(c) ? ' ' : (char) c));
    return " (\"" + some + (end < text.length() ? "…" : "") + "\")";
  }

  /// From 0.
  public int position() {
    return position;
  }
}
