package io.batonmq.log;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A state frozen at a position, to be written by another lane while its owner goes on.
///
/// It can be had in two ways. [#writeTo] is the whole in one form, the same on every node. [#writeBefore],
/// the [#parts] and [#writeAfter], in this order, say the same and let what has not changed since the last
/// snapshot be named instead of written.
public interface SnapshotContent {
  /// Every record that ends at or before this position is in the state; none after.
  long position();

  /// Hands out the state in blocks of at most 1 MiB each, in order. A block is valid during the call.
  void writeTo(Consumer<ByteBuffer> blocks);

  /// The parts that may have been written before.
  default List<SnapshotPart> parts() {
    return List.of();
  }

  /// As [#writeTo], what comes before the parts.
  default void writeBefore(Consumer<ByteBuffer> blocks) {
    writeTo(blocks);
  }

  /// As [#writeTo], what comes after the parts.
  default void writeAfter(Consumer<ByteBuffer> blocks) {}

  /// The records below [#position] that somebody still needs, of whatever is durable or not; empty where that
  /// is not known, and then all of them are.
  default Optional<LiveBodies> bodies() {
    return Optional.empty();
  }
}
