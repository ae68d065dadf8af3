package io.batonmq.server.config;

import java.nio.file.Path;
import java.util.Optional;

/// Reads a configuration file, whichever dialect it is in, and finds all that is wrong with it at
/// once.
public final class ConfigReader {
  private ConfigReader() {}

  /// Never throws over what the file contains, nor over its absence: that is a problem too.
  ///
  /// @param instance directory that relative paths in the file start from
  public static ConfigResult read(Path file, Path instance) {
    return read(file, instance, name -> Optional.ofNullable(System.getProperty(name)));
  }

  /// The same where a process was told something on its command line.
  static ConfigResult read(
      Path file, Path instance, ClassicPlaceholders.SystemProperties properties) {
    var problems = new Problems(file);
    var config =
        ElementReader.read(file, problems)
            .flatMap(root -> bind(root, file, instance, properties, problems));
    return new ConfigResult(problems.errors() ? Optional.empty() : config, problems.list());
  }

  private static Optional<BrokerConfig> bind(
      Element root,
      Path file,
      Path instance,
      ClassicPlaceholders.SystemProperties properties,
      Problems problems) {
    return switch (root.name()) {
      case CoreBinder.ROOT -> CoreBinder.bind(root, instance, problems);
      case "broker", "beans" -> ClassicBinder.bind(root, file, instance, properties, problems);
      default -> {
        problems.error(
            root,
            "is not a configuration: the root is <" + CoreBinder.ROOT + ">, <broker> or <beans>");
        yield Optional.empty();
      }
    };
  }
}
