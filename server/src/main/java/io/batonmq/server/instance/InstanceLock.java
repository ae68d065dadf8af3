package io.batonmq.server.instance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// The lock of an instance, held by the process that runs it; two would hide each other from `status` and
/// `stop`. The system gives it back however the process ends. In the file stands the number of the
/// process that held it last.
public final class InstanceLock implements AutoCloseable {
  private final FileChannel channel;

  private InstanceLock(FileChannel channel) {
    this.channel = channel;
  }

  /// The lock; empty if another process holds it.
  ///
  /// @throws IOException if the file cannot be written, or be locked at all
  public static Optional<InstanceLock> take(Instance instance) throws IOException {
    Path file = instance.runLock();
    DiskWords.makeFolder(instance.run());
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean taken = false;
    try {
      taken = channel.tryLock() != null;
      if (!taken) {
        return Optional.empty();
      }
      String holder = ProcessHandle.current().pid() + "\n";
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.US_ASCII)), 0);
      return Optional.of(new InstanceLock(channel));
    } catch (OverlappingFileLockException e) {
      return Optional.empty();
    } finally {
      if (!taken) {
        channel.close();
      }
    }
  }

  /// Who holds it, as far as that can be read: it is for people.
  public static String holder(Instance instance) {
    try {
      return Files.readString(instance.runLock()).strip();
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
