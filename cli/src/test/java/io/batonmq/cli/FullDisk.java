package io.batonmq.cli;

import java.io.IOException;
import java.io.Writer;

/// Takes so many letters, and fails from then on.
final class FullDisk extends Writer {
  private int room;

  FullDisk(int room) {
    this.room = room;
  }

  @Override
  public void write(char[] letters, int offset, int length) throws IOException {
    if (length > room) {
      throw new IOException("no space left");
    }
    room -= length;
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
