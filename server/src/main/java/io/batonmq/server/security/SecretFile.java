package io.batonmq.server.security;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/// Writes a file that only its owner can read, from its first byte on (mode 600, where the system has
/// modes), and that a reader sees either as it was or as it is to be.
public final class SecretFile {
  private SecretFile() {}

  public static void write(Path file, String text) throws IOException {
    var folder = file.toAbsolutePath().getParent();
    var fresh = Files.createTempFile(folder, file.getFileName() + ".", ".new", owner());
    try {
      Files.writeString(fresh, text);
      try (var channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static FileAttribute<?>[] owner() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
