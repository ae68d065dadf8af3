package io.batonmq.server.instance;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/// Where a node answers questions about itself: `etc/admin.properties`.
///
/// ```
/// host = localhost
/// port = 8161
/// role = amq
/// ```
///
/// @param role what a user needs to ask or command the node
public record AdminEndpoint(String host, int port, String role) {
  public static final AdminEndpoint DEFAULT =
      new AdminEndpoint("localhost", 8161, CreateOptions.Access.ROLE);

  private static final int PORT_MAX = 65535;
  private static final List<String> KEYS = List.of("host", "port", "role");

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
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    for (var name : properties.stringPropertyNames()) {
      if (!KEYS.contains(name)) {
        throw new IOException(
            file + ": " + name + " is not known here; it may have " + String.join(", ", KEYS));
      }
    }
    var host = properties.getProperty("host", DEFAULT.host).strip();
    if (host.isEmpty()) {
      throw new IOException(file + ": host is empty: write the address to listen at, or remove it");
    }
    var role = properties.getProperty("role", DEFAULT.role).strip();
    if (role.isEmpty()) {
      throw new IOException(
          file + ": role is empty: write the role of those who may command this node");
    }
    return new AdminEndpoint(
        host, port(file, properties.getProperty("port", "" + DEFAULT.port).strip()), role);
  }

  private static int port(Path file, String text) throws IOException {
    try {
      var port = Integer.parseInt(text);
      if (0 <= port && port <= PORT_MAX) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below, together with what is out of range.
    }
    throw new IOException(
        file + ": port: \"" + text + "\" is not a whole number from 0 to " + PORT_MAX);
  }

  /// What [#read] reads.
  public String text() {
    return """
    # Where this node answers `baton status`, `stop`, `switchover`, `queue` and `address`.
    host = %s
    port = %d
    # The role, of artemis-roles.properties, that a user needs for any of that.
    role = %s
    """
        .formatted(host, port, role);
  }
}
