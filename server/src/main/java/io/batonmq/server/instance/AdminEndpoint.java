package io.batonmq.server.instance;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/// Where a node answers questions about itself: `etc/admin.properties`.
///
/// ```
/// host = localhost
/// port = 8161
/// ```
public record AdminEndpoint(String host, int port) {
  public static final AdminEndpoint DEFAULT = new AdminEndpoint("localhost", 8161);

  private static final int PORT_MAX = 65535;

  /// The endpoint in a file; [#DEFAULT] where there is none.
  ///
  /// @throws IOException if it cannot be read or makes no sense
  public static AdminEndpoint read(Path file) throws IOException {
    if (Files.notExists(file)) {
      return DEFAULT;
    }
    var properties = new Properties();
    try {
      properties.load(new StringReader(Files.readString(file)));
      for (var name : properties.stringPropertyNames()) {
        if (!name.equals("host") && !name.equals("port")) {
          throw new IOException(file + ": " + name + " is not known here");
        }
      }
      var host = properties.getProperty("host", DEFAULT.host).strip();
      var port = Integer.parseInt(properties.getProperty("port", "" + DEFAULT.port).strip());
      if (port < 0 || port > PORT_MAX) {
        throw new IOException(file + ": port is a number from 0 to " + PORT_MAX);
      }
      return new AdminEndpoint(host, port);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /// What [#read] reads.
  public String text() {
    return """
    # Where this node answers `baton status`, `stop` and `switchover`, and later the console.
    host = %s
    port = %d
    """
        .formatted(host, port);
  }
}
