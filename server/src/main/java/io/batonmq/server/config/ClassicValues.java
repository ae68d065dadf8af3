package io.batonmq.server.config;

import io.batonmq.message.AddressPattern;
import io.batonmq.message.Wildcards;
import java.util.function.Function;

/// How values are written in the Classic dialect, where that is a way of its own.
final class ClassicValues {
  /// `*` for one word, `>` for the rest.
  static final Wildcards WILDCARDS = new Wildcards(true, '.', '>', '*');

  static final Kind<String> PATH =
      new Kind<>("a path, from `${activemq.base}` if relative", ClassicValues::path);

  static final Kind<AddressPattern> PATTERN =
      new Kind<>("a name, with `*` for one word and `>` for the rest", ClassicValues::pattern);

  static final Kind<String> ANYTHING = new Kind<>("text", Function.identity(), true);

  private ClassicValues() {}

  private static String path(String text) {
    return text.startsWith("file:") && !text.startsWith("file://")
        ? text.substring("file:".length())
        : text;
  }

  private static AddressPattern pattern(String text) {
    if (text.indexOf(',') >= 0) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is several names: write an entry for each");
    }
    return new AddressPattern(text, WILDCARDS);
  }
}
