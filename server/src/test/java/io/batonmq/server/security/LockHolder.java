package io.batonmq.server.security;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A process of its own that locks a file, says so, and holds the lock until its input ends.
final class LockHolder {
  private LockHolder() {}

  public static void main(String[] args) throws IOException {
    try (var channel =
            FileChannel.open(
                Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var _ = channel.lock()) {
      System.out.println("locked");
      while (System.in.read() >= 0) {}
    }
  }
}
