package io.batonmq.server.admin;

import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/// `run/admin.properties` of an instance, while it runs: where it listens and the token of this run, for
/// those who may read its owner's files.
///
/// ```
/// url = http://127.0.0.1:8161
/// token = GmZ0…
/// pid = 4711
/// ```
///
/// The file of a process that was killed stays: whether somebody listens is for the caller to find out.
public record RunFile(URI url, String token, long pid) {

  /// Where it is in the instance of this folder.
  public static Path in(Path instance) {
    return instance.resolve("run").resolve("admin.properties");
  }

  /// What is written there, if there is such a file.
  ///
  /// @throws IOException if it cannot be read or makes no sense
  public static Optional<RunFile> read(Path file) throws IOException {
    var properties = new Properties();
    try {
      properties.load(new StringReader(Files.readString(file)));
      return Optional.of(
          new RunFile(
              URI.create(get(properties, "url")),
              get(properties, "token"),
              Long.parseLong(get(properties, "pid"))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " makes no sense: " + e.getMessage(), e);
    }
  }

  private static String get(Properties properties, String name) {
    var value = properties.getProperty(name, "").strip();
    if (value.isEmpty()) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }

  /// Writes the file so that only its owner can read it, at once and as a whole.
  void write(Path file) throws IOException {
    var folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(file + " is in no folder");
    }
    Files.createDirectories(folder);
    var draft = folder.resolve(file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    try (var channel =
        Files.newByteChannel(
            draft,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            ownerOnly(folder))) {
      var text = "url = %s\ntoken = %s\npid = %d\n".formatted(url, token, pid);
      var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// Removes the file if it is still the one of this run.
  void remove(Path file) throws IOException {
    if (read(file).filter(this::equals).isPresent()) {
      Files.deleteIfExists(file);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) throws IOException {
    return Files.getFileStore(folder).supportsFileAttributeView("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /// Leaves the token out.
  @Override
  public String toString() {
    return "RunFile[url=" + url + ", pid=" + pid + "]";
  }
}
