package io.batonmq.checks.bench.micro;

import io.batonmq.log.Appender;
import io.batonmq.log.RecordFormat;
import java.nio.ByteBuffer;

/// A log that counts positions, keeps nothing, and commits when it is told.
final class MemoryAppender implements Appender {
  private long end = 64;
  private long committed = end;

  /// Commits all there is.
  long commit() {
    committed = end;
    return committed;
  }

  @Override
  public int payloadMax() {
    return RecordFormat.PAYLOAD_MAX;
  }

  @Override
  public long append(int type, ByteBuffer payload) {
    long position = end;
    end += RecordFormat.length(payload.remaining());
    return position;
  }

  @Override
  public long end() {
    return end;
  }

  @Override
  public void flush() {
    // Nobody waits for a batch: it is committed with the next word.
  }

  @Override
  public boolean full() {
    return false;
  }

  @Override
  public long committed() {
    return committed;
  }

  @Override
  public boolean roomForMessages() {
    return true;
  }
}
