package io.batonmq.seam;

import java.nio.ByteBuffer;

/// An open file of a [Storage]. Used by one thread at a time.
public interface StoredFile extends AutoCloseable {
  /// Length in bytes, at least as new as the opening of this handle.
  long size();

  /// Reads from `offset` until `into` is full or the file ends; answers the number of bytes read, 0 at
  /// the end. Bytes are at least as new as the opening of this handle.
  int read(long offset, ByteBuffer into);

  /// Writes all remaining bytes of `from` at `offset`. Nothing is durable, in whole or in order,
  /// before [#sync] returns; after a crash any subset of sectors may be there.
  void write(long offset, ByteBuffer from);

  /// Writes zeros over the range, so that later writes there need neither space nor metadata. Durable
  /// after [#sync].
  void zero(long offset, long length);

  /// Returns when every byte written through this handle is on stable storage. A failed sync is final.
  void sync();

  @Override
  void close();
}
