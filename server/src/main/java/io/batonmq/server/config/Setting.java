package io.batonmq.server.config;

import java.util.Optional;

/// A value that Baton honours. What is not declared by one of these cannot be read, and the reference
/// page is printed from them, so the page and the reader are one list.
///
/// @param attribute whether it is an attribute (or a parameter of a URL), not an element
/// @param usual what holds where the file says nothing, as it would be written there; absent where
///   nothing stands for it
/// @param what it does, in a sentence for the reference page
/// @param only where not every value is acted on yet: the one that is, and what becomes of the others
record Setting<T>(
    String name,
    Kind<T> kind,
    boolean attribute,
    Optional<String> usual,
    String what,
    Optional<Vocabulary.Fate.Only> only) {

  /// An element without a default.
  static <T> Setting<T> of(String name, Kind<T> kind, String what) {
    return new Setting<>(name, kind, false, Optional.empty(), what, Optional.empty());
  }

  /// An element with a default.
  static <T> Setting<T> of(String name, Kind<T> kind, String usual, String what) {
    return new Setting<>(name, kind, false, Optional.of(usual), what, Optional.empty());
  }

  /// The same as an attribute.
  Setting<T> asAttribute() {
    return new Setting<>(name, kind, true, usual, what, only);
  }

  /// Understood, and acted on as far as `value` goes.
  Setting<T> only(String value, Vocabulary.Fate otherwise) {
    return new Setting<>(
        name,
        kind,
        attribute,
        usual,
        what,
        Optional.of(new Vocabulary.Fate.Only(value, otherwise)));
  }

  /// The default.
  ///
  /// @throws IllegalStateException if it has none
  T usualValue() {
    return usual
        .map(kind::read)
        .orElseThrow(() -> new IllegalStateException(name + " has no default"));
  }
}
