package io.batonmq.server.instance;

import io.batonmq.server.config.ConfigReader;
import io.batonmq.server.config.ConfigResult;
import io.batonmq.server.security.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes an instance of a file in the dialect of Classic. The file stays as it is, in `etc/activemq.xml`, with the
/// property files and the `login.config` beside it: `${activemq.base}` is the instance from then on, and
/// `${activemq.conf}` its `etc`.
public final class ClassicImport {
  private static final long FILE_BYTES_MAX = 1 << 20;

  private ClassicImport() {}

  /// What came of it.
  ///
  /// @param instance absent if the file has errors: then nothing was written
  /// @param result what the file says, and all that is to be said about it
  /// @param copied names of the files that were taken along
  public record Outcome(Optional<Instance> instance, ConfigResult result, List<String> copied) {
    public Outcome {
      copied = List.copyOf(copied);
    }
  }

  /// @param dir of the instance; must not be there, or be empty
  /// @param home the distribution (or checkout) that its launcher starts
  /// @throws IOException if the disk refuses, or the folder is in use
  public static Outcome run(Path file, Path dir, Path home) throws IOException {
    var instance = new Instance(dir);
    if (InstanceCreator.isInUse(instance.dir())) {
      throw new IOException(instance.dir() + " is in use: choose another folder");
    }
    var result = ConfigReader.read(file, instance.dir());
    if (result.config().isEmpty()) {
      return new Outcome(Optional.empty(), result, List.of());
    }
    for (var folder : List.of(instance.bin(), instance.etc(), instance.log(), instance.tmp())) {
      Files.createDirectories(folder);
    }
    SecretFile.write(instance.activemqXml(), Files.readString(file));
    var copied = beside(file, instance);
    var endpoint = AdminEndpoint.DEFAULT;
    Files.writeString(
        instance.admin(), new AdminEndpoint(endpoint.host(), endpoint.port(), "admins").text());
    Files.writeString(instance.profile(), Launcher.profile(home, CreateOptions.JAVA_MEMORY, ""));
    for (var name : Launcher.NAMES) {
      Launcher.write(instance.bin().resolve(name));
    }
    // Once more, as `run` will read it.
    return new Outcome(
        Optional.of(instance), ConfigReader.read(instance.config(), instance.dir()), copied);
  }

  private static List<String> beside(Path file, Instance instance) throws IOException {
    var copied = new ArrayList<String>();
    var folder = file.toAbsolutePath().normalize().getParent();
    if (folder == null) {
      return copied;
    }
    try (var entries = Files.list(folder)) {
      for (var entry : entries.sorted().toList()) {
        var name = String.valueOf(entry.getFileName());
        if ((name.endsWith(".properties") || name.equals("login.config"))
            && Files.isRegularFile(entry)
            && Files.size(entry) <= FILE_BYTES_MAX) {
          SecretFile.write(instance.etc().resolve(name), Files.readString(entry));
          copied.add(name);
        }
      }
    }
    return copied;
  }
}
