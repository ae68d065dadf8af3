package io.batonmq.server.instance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a process that runs a file without an instance keeps what is its own: its log, its lock and where its
/// admin listener is. Brokers that are started from one file on one machine each have one: `nodes/1`, `nodes/2`
/// and so on, beside the file. It is an instance for all commands that ask one.
///
/// @param lock held for as long as the process lives
public record Seat(Instance instance, InstanceLock lock) implements AutoCloseable {
  private static final int SEATS_MAX = 64;

  /// The first one that no process has.
  ///
  /// @throws IOException if there is none, or it cannot be written
  public static Seat take(Path base) throws IOException {
    for (int number = 1; number <= SEATS_MAX; number++) {
      var instance = new Instance(base.resolve("nodes").resolve(Integer.toString(number)));
      Files.createDirectories(instance.etc());
      var lock = InstanceLock.take(instance);
      if (lock.isPresent()) {
        return new Seat(instance, lock.get());
      }
    }
    throw new IOException(base + " has " + SEATS_MAX + " brokers running: choose another folder");
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
