package io.batonmq.queue;

/// What a consumer did with a delivery.
public enum Disposition {
  /// Taken: it is gone from the queue.
  ACCEPTED,
  /// Not taken and not counted as an attempt: it is available again at its old place.
  RELEASED,
  /// Tried and failed: counted, available again, or dead-lettered after the last attempt.
  FAILED,
  /// Tried and failed, and this consumer must not see it again.
  UNDELIVERABLE,
  /// Invalid: dead-lettered at once.
  REJECTED,
  /// Its time is over, by the consumer's clock: it goes where expired messages go. One that never expires is invalid.
  EXPIRED
}
