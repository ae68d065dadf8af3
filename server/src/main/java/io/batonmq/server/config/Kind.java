package io.batonmq.server.config;

import java.util.function.Function;

/// How a text becomes a value.
///
/// @param words what is right, as the reference page says it: `true or false`
/// @param reading throws an [IllegalArgumentException] whose message says what would have been right
///
/// @param mayBeEmpty whether an element without text says something
/// @param secret whether the text is never printed, whatever is wrong with it
record Kind<T>(String words, Function<String, T> reading, boolean mayBeEmpty, boolean secret) {
  Kind(String words, Function<String, T> reading) {
    this(words, reading, false);
  }

  Kind(String words, Function<String, T> reading, boolean mayBeEmpty) {
    this(words, reading, mayBeEmpty, false);
  }

  /// Of a text that is never printed; its `reading` does not put it into messages either.
  static <T> Kind<T> secret(String words, Function<String, T> reading) {
    return new Kind<>(words, reading, false, true);
  }

  /// The value of a text that stands in a file.
  T read(String text) {
    if (secret && text.contains("${")) {
      throw new IllegalArgumentException("${…} is not replaced: write the value");
    }
    return reading.apply(mayBeEmpty && text.isEmpty() ? text : Values.text(text));
  }
}
