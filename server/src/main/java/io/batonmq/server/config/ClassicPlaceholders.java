package io.batonmq.server.config;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Replaces `${name}` and `${name:default}` in elements: by what files say, by system properties, by what
/// stands for itself (`activemq.base` and its kin), in this order.
final class ClassicPlaceholders {
  /// A value that is longer than this is nobody's.
  static final int LENGTH_MAX = 1 << 16;

  static final int DEPTH_MAX = 16;

  private final Map<String, String> files;
  private final SystemProperties system;
  private final Map<String, String> usual;

  /// What a process was told on its command line (`-Dname=value`).
  @FunctionalInterface
  interface SystemProperties {
    Optional<String> get(String name);
  }

  /// Says what is wrong with one value.
  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Whether the message has the whole value in it.
    private final boolean quotes;

    Unreadable(String message) {
      this(message, false);
    }

    Unreadable(String message, boolean quotes) {
      super(message);
      this.quotes = quotes;
    }
  }

  ClassicPlaceholders(
      Map<String, String> files, SystemProperties system, Map<String, String> usual) {
    this.files = Map.copyOf(files);
    this.system = system;
    this.usual = Map.copyOf(usual);
  }

  /// The same with what more files say, which counts more.
  ClassicPlaceholders with(Map<String, String> more) {
    var all = new LinkedHashMap<>(files);
    all.putAll(more);
    return new ClassicPlaceholders(all, system, usual);
  }

  /// What this process knows of itself under that name.
  Optional<String> systemProperty(String name) {
    return system.get(name);
  }

  /// The element with everything below it. What cannot be replaced is an error at its place.
  Element replace(Element element, Problems problems) {
    var attributes = new LinkedHashMap<String, String>();
    element
        .attributes()
        .forEach(
            (name, value) -> attributes.put(name, replaced(name + ": ", value, element, problems)));
    var text = replaced("", element.text(), element, problems);
    List<Element> children =
        element.children().stream().map(child -> replace(child, problems)).toList();
    return new Element(
        element.name(),
        element.path(),
        attributes,
        text,
        children,
        element.line(),
        element.column());
  }

  private String replaced(String of, String value, Element at, Problems problems) {
    try {
      var text = replace(value);
      if (text.startsWith("ENC(")) {
        throw new Unreadable(
            "is encrypted, which is not read: write it plain, in a file of mode 600");
      }
      return text;
    } catch (Unreadable e) {
      // What is not well-formed in a password is not printed either.
      boolean secret = of.toLowerCase(Locale.ROOT).contains("password") && e.quotes;
      problems.error(at, of + (secret ? "${ without }" : e.getMessage()));
      // Something that is a value, so that nothing else is said about it.
      return "0";
    }
  }

  /// @throws IllegalArgumentException with what is wrong
  String text(String value) {
    try {
      return replace(value);
    } catch (Unreadable e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private String replace(String value) {
    return value.contains("${") ? replace(value, new ArrayDeque<>()) : value;
  }

  private String replace(String value, Deque<String> within) {
    var text = new StringBuilder();
    int at = 0;
    for (int open = value.indexOf("${"); open >= 0; open = value.indexOf("${", at)) {
      int close = end(value, open + 2);
      text.append(value, at, open).append(named(value.substring(open + 2, close), within));
      if (text.length() > LENGTH_MAX) {
        throw new Unreadable("is longer than " + LENGTH_MAX + " characters with ${…} replaced");
      }
      at = close + 1;
    }
    return text.append(value, at, value.length()).toString();
  }

  private static int end(String value, int from) {
    int depth = 1;
    for (int i = from; i < value.length(); i++) {
      if (value.startsWith("${", i)) {
        depth++;
      } else if (value.charAt(i) == '}' && --depth == 0) {
        return i;
      }
    }
    throw new Unreadable("\"" + value + "\": ${ without }", true);
  }

  private String named(String inner, Deque<String> within) {
    var whole = inner.contains("${") ? replace(inner, deeper(inner, within)) : inner;
    int colon = whole.indexOf(':');
    var name = colon < 0 ? whole : whole.substring(0, colon);
    var found =
        Optional.ofNullable(files.get(name))
            .or(() -> system.get(name))
            .or(() -> Optional.ofNullable(usual.get(name)));
    if (found.isEmpty() && colon < 0) {
      throw new Unreadable(
          "${"
              + name
              + "} is not known: give it with -D"
              + name
              + "=… in JAVA_ARGS, or in a file that a PropertyPlaceholderConfigurer names");
    }
    var value = found.orElseGet(() -> whole.substring(colon + 1));
    return value.contains("${") ? replace(value, deeper(name, within)) : value;
  }

  private static Deque<String> deeper(String name, Deque<String> within) {
    if (within.contains(name) || within.size() >= DEPTH_MAX) {
      throw new Unreadable("${" + name + "} leads back to itself, or too deep");
    }
    var inner = new ArrayDeque<>(within);
    inner.push(name);
    return inner;
  }
}
