package io.batonmq.wire.openwire;

/// How the two ends agreed to encode.
///
/// @param version of the layouts, [Type#VERSION_MIN] to [Type#VERSION_MAX]
/// @param tight booleans gathered in front, and numbers shortened
/// @param cached structures that come again may be named by a number
/// @param stackTraces exceptions come with where they were thrown
record Coding(int version, boolean tight, boolean cached, boolean stackTraces) {
  /// In which both ends introduce themselves.
  static final Coding FIRST = new Coding(Type.VERSION_MIN, false, false, false);

  /// In which messages are kept. It is in the log: it never changes.
  static final Coding KEPT = new Coding(12, false, false, false);
}
