package io.batonmq.message;

/// What recognises a message that is sent again because the answer to its first sending was lost.
public sealed interface Identity {
  /// A producer's own counting. Sequences need not arrive in order nor without gaps: the broker keeps
  /// a floor and the set of accepted sequences above it.
  record Sequenced(String producer, long sequence) implements Identity {}

  /// A name that the application gave (`_AMQ_DUPL_ID`), unique per address among the newest of them.
  record Named(String id) implements Identity {}
}
