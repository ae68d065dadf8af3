package io.batonmq.log.file;

import io.batonmq.log.RecordFormat;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/// Records that are written and synced together. Filled by the owner of the queues, then handed to the
/// log's lane, then given back; never used by both at once.
final class Batch {
  /// Where a new segment begins inside the batch.
  ///
  /// @param offset of its first record in the batch
  record Split(int offset, int capacity) {}

  private static final int CAPACITY = 256 << 10;

  /// A batch that grew beyond this for one huge record does not stay that large.
  private static final int CAPACITY_KEPT = 16 << 20;

  private ByteBuffer bytes = RecordFormat.buffer(CAPACITY);
  private final ArrayDeque<Split> splits = new ArrayDeque<>();
  private long start;

  void begin(long position) {
    if (bytes.capacity() > CAPACITY_KEPT) {
      bytes = RecordFormat.buffer(CAPACITY);
    }
    bytes.clear();
    splits.clear();
    start = position;
  }

  boolean isEmpty() {
    return bytes.position() == 0;
  }

  int size() {
    return bytes.position();
  }

  long start() {
    return start;
  }

  long end() {
    return start + bytes.position();
  }

  ByteBuffer bytes() {
    return bytes;
  }

  ArrayDeque<Split> splits() {
    return splits;
  }

  void split(int capacity) {
    splits.add(new Split(bytes.position(), capacity));
  }

  void add(int type, long epoch, ByteBuffer payload) {
    int at = bytes.position();
    int length = RecordFormat.length(payload.remaining());
    makeRoom(length);
    int size = payload.remaining();
    RecordFormat.begin(bytes, at, size, type, start + at, epoch);
    bytes.put(at + RecordFormat.HEADER, payload, payload.position(), size);
    for (int pad = at + RecordFormat.HEADER + size; pad < at + length; pad++) {
      bytes.put(pad, (byte) 0);
    }
    bytes.position(at + length);
  }

  private void makeRoom(int length) {
    if (bytes.remaining() >= length) {
      return;
    }
    int capacity = Math.max(2 * bytes.capacity(), bytes.position() + length);
    bytes = RecordFormat.buffer(capacity).put(bytes.flip());
  }
}
