package io.batonmq.queue;

import io.batonmq.message.Repetition;

/// How a message that waits comes again.
///
/// @param rest what is left when its time has come
/// @param dueMillis that time; a queue may look at it earlier, because it has expired
public record Recurrence(Repetition rest, long dueMillis) {}
