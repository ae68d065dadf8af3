package io.batonmq.cli;

import io.batonmq.server.instance.Instance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which instance a command is about.
final class Instances {
  /// Set by the scripts of an instance.
  private static final String VARIABLE = "BATON_INSTANCE";

  private Instances() {}

  /// The one that was named, or the one whose script this is.
  static Optional<Instance> find(@Nullable Path named) {
    if (named != null) {
      return Optional.of(checked(named));
    }
    return Optional.ofNullable(System.getenv(VARIABLE))
        .filter(dir -> !dir.isBlank())
        .map(dir -> checked(Path.of(dir)));
  }

  /// As [#find], where nothing works without one.
  ///
  /// @param word of the command that needs it
  static Instance need(@Nullable Path named, String word) {
    return find(named)
        .orElseThrow(() ->
            UserException.usage(
                "%1$s is about an instance: use DIR/bin/baton %1$s or --instance DIR; baton create DIR makes one"
                    .formatted(word)));
  }

  /// Where relative paths in a file start: a file in `etc` or `conf` belongs to what is above; any other stands
  /// for itself.
  static Path home(Path file) {
    var folder = file.toAbsolutePath().normalize().getParent();
    if (folder == null) {
      return Path.of("/");
    }
    var above = folder.getParent();
    return (folder.endsWith("etc") || folder.endsWith("conf")) && above != null ? above : folder;
  }

  private static Instance checked(Path dir) {
    var instance = new Instance(dir);
    if (!Files.isDirectory(instance.etc())) {
      throw UserException.failed(instance.dir() + " is not an instance: it has no folder etc");
    }
    return instance;
  }
}
