package io.batonmq.wire.openwire;

/// Which structures may stand in a field.
enum Group {
  DESTINATION(100, 103),
  BROKER_ID(124, 124),
  CONNECTION_ID(120, 120),
  CONSUMER_ID(122, 122),
  SESSION_ID(121, 121),
  PRODUCER_ID(123, 123),
  /// Whatever can be removed.
  OBJECT_ID(120, 123),
  MESSAGE_ID(110, 110),
  TRANSACTION_ID(111, 112),
  MESSAGE(23, 29),
  BROKER_INFO(2, 2),
  SUBSCRIPTION_INFO(55, 55),
  /// What an advisory tells of, or an answer carries.
  ANY(0, 127);

  private final int first;
  private final int last;

  Group(int first, int last) {
    this.first = first;
    this.last = last;
  }

  boolean has(Type type) {
    return type.code() >= first && type.code() <= last;
  }
}
