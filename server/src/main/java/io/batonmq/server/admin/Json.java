package io.batonmq.server.admin;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// A value of JSON (RFC 8259), as far as nodes and their operators need it: whole numbers only.
public sealed interface Json {
  record Text(String value) implements Json {}

  record Whole(long value) implements Json {}

  record Flag(boolean value) implements Json {}

  record Nothing() implements Json {}

  record Items(List<Json> values) implements Json {
    public Items {
      values = List.copyOf(values);
    }
  }

  record Fields(SequencedMap<String, Json> values) implements Json {
    public Fields {
      values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
    }

    /// These and one more.
    public Fields with(String name, Json value) {
      var more = new LinkedHashMap<>(values);
      more.put(name, value);
      return new Fields(more);
    }

    public Fields with(String name, String value) {
      return with(name, new Text(value));
    }

    public Fields with(String name, long value) {
      return with(name, new Whole(value));
    }

    public Fields with(String name, boolean value) {
      return with(name, new Flag(value));
    }
  }

  /// An object with no fields yet.
  static Fields fields() {
    return new Fields(new LinkedHashMap<>());
  }

  /// Reads one value.
  ///
  /// @throws JsonException if the text is anything else
  static Json parse(String text) throws JsonException {
    return new JsonReader(text).read();
  }

  /// The value in one line.
  default String text() {
    var out = new StringBuilder();
    write(this, out);
    return out.toString();
  }

  /// The value over several lines, for people.
  default String pretty() {
    var out = new StringBuilder();
    writePretty(this, "\n", out);
    return out.toString();
  }

  private static void write(Json json, StringBuilder out) {
    switch (json) {
      case Text(var value) -> quote(value, out);
      case Whole(var value) -> out.append(value);
      case Flag(var value) -> out.append(value);
      case Nothing() -> out.append("null");
      case Items(var values) -> {
        var separator = "[";
        for (var value : values) {
          write(value, out.append(separator));
          separator = ",";
        }
        out.append(values.isEmpty() ? "[]" : "]");
      }
      case Fields(var values) -> {
        var separator = "{";
        for (var field : values.entrySet()) {
          quote(field.getKey(), out.append(separator));
          write(field.getValue(), out.append(':'));
          separator = ",";
        }
        out.append(values.isEmpty() ? "{}" : "}");
      }
    }
  }

  private static void writePretty(Json json, String margin, StringBuilder out) {
    var inner = margin + "  ";
    switch (json) {
      case Items(var values) when values.stream().anyMatch(Json::isNested) -> {
        var separator = "[";
        for (var value : values) {
          writePretty(value, inner, out.append(separator).append(inner));
          separator = ",";
        }
        out.append(margin).append(']');
      }
      case Fields(var values) when !values.isEmpty() -> {
        var separator = "{";
        for (var field : values.entrySet()) {
          quote(field.getKey(), out.append(separator).append(inner));
          writePretty(field.getValue(), inner, out.append(": "));
          separator = ",";
        }
        out.append(margin).append('}');
      }
      default -> write(json, out);
    }
  }

  private static boolean isNested(Json json) {
    return json instanceof Items || json instanceof Fields;
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          // Half a surrogate pair has no UTF-8; the two separators end a line in JavaScript.
          if (c < ' ' || c == 0x7f || isLoneSurrogate(text, i) || c == 0x2028 || c == 0x2029) {
            out.append("\\u").append("%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private static boolean isLoneSurrogate(String text, int at) {
    char c = text.charAt(at);
    if (Character.isHighSurrogate(c)) {
      return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
    }
    return Character.isLowSurrogate(c)
        && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }
}
