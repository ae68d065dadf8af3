package io.batonmq.log;

import java.nio.ByteBuffer;

/// The right to append, which exactly one node has in an epoch. Only [io.batonmq.ha.Role.Active]
/// carries one.
///
/// Owned by the thread that owns the queues. Nothing here blocks: records gather in a batch, and while
/// one batch is being written and synced by the log's lane the next one gathers (group commit without
/// a timer). [#committed] may be read by any thread.
public interface Appender {
  /// Largest payload of a record, in bytes.
  int payloadMax();

  /// Adds a record to the gathering batch and answers its position. It is neither written nor durable;
  /// it is committed when [#committed] has reached [#end] as it is after this call.
  ///
  /// @param type 16 to 65535; those below are the log's own and never handed to its followers
  /// @param payload its remaining bytes are copied
  /// @throws FencedException if this node may not append any more
  long append(int type, ByteBuffer payload);

  /// The position after the newest record.
  long end();

  /// Offers the gathering batch to the log's lane; taken at once when the lane is free, otherwise when
  /// it has finished (then [#flush] is to be called again, which the owner's wake-up sees to).
  void flush();

  /// Whether the gathering batch has reached its limit: append nothing but what must follow, flush,
  /// and wait for a wake-up.
  boolean full();

  /// Every record that ends at or before this position is committed: it survives the loss of this node
  /// and whoever is active next has it. Never falls.
  long committed();

  /// Whether the store has room for more messages. When it has not, only what frees space
  /// (acknowledgements, deletions) may be appended; for that, space is reserved.
  boolean roomForMessages();

  /// Whether there is no room for messages just now because it is being made: ask for no more of them, and
  /// refuse none that are under way.
  default boolean makingRoom() {
    return false;
  }
}
