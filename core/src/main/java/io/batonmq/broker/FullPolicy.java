package io.batonmq.broker;

/// What happens to a message for an address that is full.
public enum FullPolicy {
  /// It is taken: the log has room where the memory has none. The default.
  PAGE,
  /// Producers get no more credit until there is room again.
  BLOCK,
  /// It is refused.
  FAIL,
  /// It is answered and thrown away.
  DROP
}
