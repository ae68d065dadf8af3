package io.batonmq.server.security;

import io.batonmq.session.Principal;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/// Whether those who give no name are let in, and as what: `etc/login.properties`. A wrong password is
/// refused all the same.
///
/// ```
/// allow-anonymous = true
/// anonymous-role = amq
/// ```
///
/// @param anonymousRole the role of those without a name
public record LoginPolicy(boolean allowAnonymous, String anonymousRole) {
  private static final String ALLOW = "allow-anonymous";
  private static final String ROLE = "anonymous-role";

  /// Everybody has to say who they are: what holds where there is no such file.
  public static final LoginPolicy REQUIRE_LOGIN = new LoginPolicy(false, "");

  /// Who a peer without a name is, if it may come in.
  public Optional<Principal> anonymous() {
    return allowAnonymous
        ? Optional.of(new Principal("anonymous", Set.of(anonymousRole)))
        : Optional.empty();
  }

  /// The policy in a file.
  ///
  /// @throws IOException if it cannot be read or makes no sense: nobody is let in by a slip of the pen
  public static LoginPolicy read(Path file) throws IOException {
    if (Files.notExists(file)) {
      return REQUIRE_LOGIN;
    }
    var properties = new Properties();
    try {
      properties.load(new StringReader(Files.readString(file)));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    for (var name : properties.stringPropertyNames()) {
      if (!name.equals(ALLOW) && !name.equals(ROLE)) {
        throw new IOException(file + ": " + name + " is not known here");
      }
    }
    var allow = properties.getProperty(ALLOW, "false").strip();
    if (!allow.equals("true") && !allow.equals("false")) {
      throw new IOException(file + ": " + ALLOW + ": \"" + allow + "\" is not true or false");
    }
    var role = properties.getProperty(ROLE, "").strip();
    if (allow.equals("true") && role.isEmpty()) {
      throw new IOException(file + ": needs " + ROLE + ", the role of those without a name");
    }
    return new LoginPolicy(allow.equals("true"), role);
  }

  /// What [#read] reads.
  public String text() {
    return """
    # Whether clients that give no name are let in, and the role that they then have.
    %s = %s
    %s = %s
    """
        .formatted(ALLOW, allowAnonymous, ROLE, anonymousRole);
  }
}
