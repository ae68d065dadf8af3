package io.batonmq.server.config;

import java.util.function.Function;

/// How a text becomes a value.
///
/// @param words what is right, as the reference page says it: `true or false`
/// @param reading throws an [IllegalArgumentException] whose message says what would have been right
record Kind<T>(String words, Function<String, T> reading) {

  /// The value of a text that stands in a file.
  T read(String text) {
    return reading.apply(Values.text(text));
  }
}
