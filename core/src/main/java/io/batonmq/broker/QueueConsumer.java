package io.batonmq.broker;

import io.batonmq.message.Message;
import io.batonmq.queue.Reference;
import org.jspecify.annotations.Nullable;

/// Somebody who takes messages from a queue, or looks at them. Owned by the session.
public interface QueueConsumer {
  /// What it is among the others of its queue, always the same.
  ConsumerRank rank();

  /// Whether one more message may be given to it.
  boolean ready();

  /// Whether it must not see a message again, because it said so.
  boolean excludes(long key);

  /// Who it is, so that it is known again on another node; 0 where nobody would know it.
  default long holder() {
    return 0;
  }

  /// Gives a message, which takes credit. It must not leave before [#flush]: the event that says so is
  /// not appended yet.
  ///
  /// @param origin where the message was moved from
  /// @param groupFirst annotation that says that it is the first one of its group for this consumer; null
  ///     if it is not, or nobody wants to know
  void give(
      Reference reference,
      Message message,
      Origins.@Nullable Place origin,
      @Nullable String groupFirst);

  /// What was given may leave as soon as everything appended until now is committed.
  void flush();

  /// There is nothing more for it now. If it asked to be told, its credit is used up.
  void exhausted();

  /// What it is attached to is gone.
  void deleted();
}
