package io.batonmq.server.instance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// The scripts of an instance: they find their own folder, so the instance may be moved, and start the
/// distribution that `etc/baton.profile` names.
final class Launcher {
  /// One script, two names: what is printed for one works with the other.
  static final List<String> NAMES = List.of("baton", "artemis");

  private static final String SCRIPT =
      """
      #!/bin/sh
      # Runs Baton for this instance, with the distribution and the JVM options of etc/baton.profile.
      set -eu
      script=$0
      while [ -L "$script" ]; do
        target=$(readlink "$script")
        case $target in
          /*) script=$target ;;
          *) script=$(dirname "$script")/$target ;;
        esac
      done
      BATON_INSTANCE=$(CDPATH= cd -- "$(dirname -- "$script")/.." && pwd -P)
      . "$BATON_INSTANCE/etc/baton.profile"
      export BATON_INSTANCE JAVA_ARGS
      # A distribution has its launcher in bin, a checkout at its root.
      for launcher in "$BATON_HOME/bin/baton" "$BATON_HOME/baton"; do
        if [ -x "$launcher" ]; then exec "$launcher" "$@"; fi
      done
      echo "baton: no Baton in $BATON_HOME; correct BATON_HOME in $BATON_INSTANCE/etc/baton.profile" >&2
      exit 1
      """;

  private Launcher() {}

  static void write(Path script) throws IOException {
    Files.writeString(script, SCRIPT);
    if (Files.getFileStore(script).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  static String profile(Path home, String javaMemory, String javaOptions) {
    var options = ("-Xmx" + javaMemory + " -XX:+UseG1GC " + javaOptions).strip();
    return """
    # Read by bin/baton. What the environment says counts more.
    if [ -z "${BATON_HOME:-}" ]; then BATON_HOME=%s; fi
    # Options of the JVM that runs the broker, split at spaces.
    if [ -z "${JAVA_ARGS:-}" ]; then JAVA_ARGS=%s; fi
    """
        .formatted(quoted(home.toAbsolutePath().normalize().toString()), quoted(options));
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
