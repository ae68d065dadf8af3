package io.batonmq.message;

/// How an address passes messages on.
public enum RoutingType {
  /// To one of its queues: point to point.
  ANYCAST,
  /// To each of its queues: publish and subscribe.
  MULTICAST
}
