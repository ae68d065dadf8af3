package io.batonmq.broker;

import io.batonmq.message.Identity;
import io.batonmq.queue.MessageQueue;
import io.batonmq.queue.Reference;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What was sent in one transaction and will be known to this node only: messages that are not durable, and
/// durable ones for queues that are not. It waits as an [OpenTransaction] does, in the form that it will have in its
/// queues, at 24 bytes a message, so that a commit of many hands whole chunks over.
final class StagedVolatiles {
  /// By queue, in the order in which they were first sent to.
  private final Map<LiveQueue, MessageQueue> messages = new LinkedHashMap<>();

  /// Of messages that the log has for other queues.
  private final SentIdentities logged = new SentIdentities();

  /// Of messages that nobody else has.
  private final SentIdentities own = new SentIdentities();

  private int count;

  Map<LiveQueue, MessageQueue> messages() {
    return messages;
  }

  SentIdentities logged() {
    return logged;
  }

  SentIdentities own() {
    return own;
  }

  /// How many sequences it takes.
  int count() {
    return count;
  }

  /// A message comes whose identity is not in here; answers its place.
  ///
  /// @param inLog whether the log has its identity, which takes effect with the log's event then
  /// @param floor see [Identities#floorFor]
  int add(@Nullable Identity identity, int address, long floor, boolean inLog) {
    int place = count++;
    if (identity != null && !(inLog ? logged : own).add(identity, address, floor, place)) {
      throw new IllegalStateException(identity + " is in the transaction already");
    }
    return place;
  }

  /// The messages at some places do not count.
  void drop(BitSet places, Consumer<Reference> giveUp) {
    Staged.drop(messages.values(), places, giveUp);
  }
}
