package io.batonmq.server.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;

/// Reads JSON from one end to the other, looking at each character once.
final class JsonReader {
  /// How deep lists and objects may nest.
  static final int DEPTH_MAX = 32;

  private final String text;
  private int at;
  private int depth;

  JsonReader(String text) {
    this.text = text;
  }

  Json read() throws JsonException {
    var value = value();
    skipBlanks();
    if (at < text.length()) {
      throw wrong("the end");
    }
    return value;
  }

  private Json value() throws JsonException {
    skipBlanks();
    return switch (peek()) {
      case '{' -> nested(this::fields);
      case '[' -> nested(this::items);
      case '"' -> new Json.Text(string());
      case 't' -> word("true", new Json.Flag(true));
      case 'f' -> word("false", new Json.Flag(false));
      case 'n' -> word("null", new Json.Nothing());
      default -> number();
    };
  }

  private interface Part {
    Json read() throws JsonException;
  }

  private Json nested(Part part) throws JsonException {
    if (++depth > DEPTH_MAX) {
      throw new JsonException("nested deeper than " + DEPTH_MAX);
    }
    at++;
    var json = part.read();
    depth--;
    return json;
  }

  private Json fields() throws JsonException {
    var fields = new LinkedHashMap<String, Json>();
    skipBlanks();
    if (skip('}')) {
      return new Json.Fields(fields);
    }
    do {
      skipBlanks();
      var name = string();
      skipBlanks();
      expect(':');
      if (fields.put(name, value()) != null) {
        throw new JsonException("\"" + name + "\" appears twice");
      }
      skipBlanks();
    } while (skip(','));
    expect('}');
    return new Json.Fields(fields);
  }

  private Json items() throws JsonException {
    var items = new ArrayList<Json>();
    skipBlanks();
    if (skip(']')) {
      return new Json.Items(items);
    }
    do {
      items.add(value());
      skipBlanks();
    } while (skip(','));
    expect(']');
    return new Json.Items(items);
  }

  private String string() throws JsonException {
    expect('"');
    var out = new StringBuilder();
    while (!skip('"')) {
      char c = peek();
      if (c < ' ') {
        throw wrong("a letter");
      }
      at++;
      out.append(c == '\\' ? escaped() : c);
    }
    return out.toString();
  }

  private char escaped() throws JsonException {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> hex();
      default -> {
        at--;
        throw wrong("an escape");
      }
    };
  }

  private char hex() throws JsonException {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0) {
        throw wrong("a hexadecimal digit");
      }
      code = code * 16 + digit;
      at++;
    }
    return (char) code;
  }

  private Json number() throws JsonException {
    int start = at;
    skip('-');
    int digits = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == digits || (text.charAt(digits) == '0' && at > digits + 1)) {
      throw wrong("a value");
    }
    if (at < text.length() && ".eE".indexOf(text.charAt(at)) >= 0) {
      throw wrong("a whole number");
    }
    try {
      return new Json.Whole(Long.parseLong(text, start, at, 10));
    } catch (NumberFormatException e) {
      throw new JsonException("a number is beyond 64 bits");
    }
  }

  private Json word(String word, Json value) throws JsonException {
    if (!text.startsWith(word, at)) {
      throw wrong("a value");
    }
    at += word.length();
    return value;
  }

  private void skipBlanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean skip(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) throws JsonException {
    if (!skip(c)) {
      throw wrong("'" + c + "'");
    }
  }

  private char peek() throws JsonException {
    if (at == text.length()) {
      throw new JsonException("ends in the middle");
    }
    return text.charAt(at);
  }

  private JsonException wrong(String expected) {
    return new JsonException("expected " + expected + " at character " + (at + 1));
  }
}
