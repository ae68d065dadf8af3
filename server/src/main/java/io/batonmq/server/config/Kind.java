package io.batonmq.server.config;

import java.util.function.Function;

/// How a text becomes a value.
///
/// @param words what is right, as the reference page says it: `true or false`
/// @param reading throws an [IllegalArgumentException] whose message says what would have been right
///
/// @param mayBeEmpty whether an element without text says something
record Kind<T>(String words, Function<String, T> reading, boolean mayBeEmpty) {
  Kind(String words, Function<String, T> reading) {
    this(words, reading, false);
  }

  /// The value of a text that stands in a file.
  T read(String text) {
    return reading.apply(mayBeEmpty && text.isEmpty() ? text : Values.text(text));
  }
}
