package io.batonmq.broker;

import org.jspecify.annotations.Nullable;

/// What a queue takes in, of all that is sent to its address. It is asked when a message is routed; what
/// it keeps out never enters the queue.
///
/// @param selector the condition that a message has to fulfil, as it was written; null for none
/// @param notFrom the client id whose messages stay outside, from whichever of its connections; null for
///     nobody's
public record QueueFilter(@Nullable String selector, @Nullable String notFrom) {
  /// Everything comes in.
  public static final QueueFilter NONE = new QueueFilter(null, null);

  /// A filter of a selector alone; null or blank is none.
  public static QueueFilter of(@Nullable String selector) {
    return selector == null || selector.isBlank() ? NONE : new QueueFilter(selector, null);
  }
}
