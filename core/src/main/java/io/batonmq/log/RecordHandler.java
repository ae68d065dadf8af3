package io.batonmq.log;

import java.nio.ByteBuffer;

/// Receives records in position order, each once.
@FunctionalInterface
public interface RecordHandler {
  /// @param position of the record's first byte
  /// @param end position after it
  /// @param type as appended
  /// @param payload valid during the call only
  void record(long position, long end, int type, ByteBuffer payload);
}
