package io.batonmq.server.security;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/// The text of a properties file of which single entries change: comments, empty lines and all other
/// entries stay as they were written.
final class PropertyLines {
  /// What belongs together: an entry with the lines that it goes on in, or a line that is none.
  ///
  /// @param name of the entry; empty for a comment or an empty line
  private record Piece(String name, String text) {}

  private final List<Piece> pieces = new ArrayList<>();

  /// @throws IllegalArgumentException if an entry makes no sense
  PropertyLines(String text) {
    var entry = new StringBuilder();
    for (var line : text.lines().toList()) {
      boolean comment = entry.isEmpty() && isComment(line);
      entry.append(line).append('\n');
      if (comment || !goesOn(line)) {
        pieces.add(new Piece(comment ? "" : name(entry.toString()), entry.toString()));
        entry.setLength(0);
      }
    }
    if (!entry.isEmpty()) {
      pieces.add(new Piece(name(entry.toString()), entry.toString()));
    }
  }

  private static boolean isComment(String line) {
    var text = line.stripLeading();
    return text.startsWith("#") || text.startsWith("!");
  }

  /// Whether it ends in a backslash that no other one takes back.
  private static boolean goesOn(String line) {
    int end = line.length();
    while (end > 0 && line.charAt(end - 1) == '\\') {
      end--;
    }
    return (line.length() - end) % 2 == 1;
  }

  private static String name(String entry) {
    var properties = new Properties();
    try {
      properties.load(new StringReader(entry));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.stringPropertyNames().stream().findFirst().orElse("");
  }

  /// Sets an entry, in its place where there is one.
  ///
  /// @param value of one line
  void put(String name, String value) {
    var piece = new Piece(name, escaped(name, " \t=:#!\\") + " = " + escaped(value, "\\") + "\n");
    int at = 0;
    while (at < pieces.size() && !pieces.get(at).name.equals(name)) {
      at++;
    }
    remove(name);
    pieces.add(Math.min(at, pieces.size()), piece);
  }

  private static String escaped(String text, String letters) {
    var escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (letters.indexOf(text.charAt(i)) >= 0) {
        escaped.append('\\');
      }
      escaped.append(text.charAt(i));
    }
    return escaped.toString();
  }

  void remove(String name) {
    pieces.removeIf(piece -> piece.name.equals(name));
  }

  String text() {
    var text = new StringBuilder();
    pieces.forEach(piece -> text.append(piece.text));
    return text.toString();
  }
}
