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
    var problems = new Problems(file);
    var config = ElementReader.read(file, problems).flatMap(root -> bind(root, instance, problems));
    return new ConfigResult(problems.errors() ? Optional.empty() : config, problems.list());
  }

  private static Optional<BrokerConfig> bind(Element root, Path instance, Problems problems) {
    return switch (root.name()) {
      case CoreBinder.ROOT -> CoreBinder.bind(root, instance, problems);
      case "broker", "beans" -> {
        problems.error(root, "is the dialect of ActiveMQ Classic, which is not read yet");
        yield Optional.empty();
      }
      default -> {
        problems.error(root, "is not a configuration: the root is <" + CoreBinder.ROOT + ">");
        yield Optional.empty();
      }
    };
  }
}
