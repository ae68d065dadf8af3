package io.batonmq.mirror;

/// A register that several nodes read and change by compare-and-set: the third voice of a pair. Blocks; called by one
/// lane at a time.
///
/// Linearizable: once [#change] has answered true, every later [#read], by whomever, shows that reign or a newer one,
/// and no other change from the same version is ever accepted.
public interface Arbiter {
  /// The present reign; [Reign#NONE] before the first.
  ///
  /// @throws ArbiterException if it is not to be had
  Reign read();

  /// Replaces the reign whose version is one less; false if another change was first.
  ///
  /// @throws ArbiterException if no answer came: it may have been replaced all the same, and [Reign#stamp] tells
  boolean change(Reign to);

  /// What it is, for people.
  String describe();
}
