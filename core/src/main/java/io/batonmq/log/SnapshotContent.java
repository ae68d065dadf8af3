package io.batonmq.log;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// A state frozen at a position, to be written by another lane while its owner goes on.
public interface SnapshotContent {
  /// Every record that ends at or before this position is in the state; none after.
  long position();

  /// Hands out the state in blocks of at most 1 MiB each, in order. A block is valid during the call.
  void writeTo(Consumer<ByteBuffer> blocks);
}
