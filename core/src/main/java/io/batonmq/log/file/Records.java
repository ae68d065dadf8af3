package io.batonmq.log.file;

import java.nio.ByteBuffer;
import java.util.Optional;

/// A file that holds records of one segment, open for reading. Used by one lane.
interface Records extends AutoCloseable {
  /// The record at a position, from its first byte to the end of its payload, checked as far as a record by
  /// itself can be; empty where the file has none there, or not yet.
  Optional<ByteBuffer> record(long position);

  @Override
  void close();
}
