package io.batonmq.server.node;

import io.batonmq.server.config.BrokerConfig;
import io.batonmq.server.config.Logins;
import io.batonmq.server.instance.AdminEndpoint;
import io.batonmq.server.instance.Instance;
import io.batonmq.server.security.LoginPolicy;
import io.batonmq.server.security.Users;
import io.batonmq.session.Authenticator;
import io.batonmq.session.Principal;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who comes in at a node, by what its configuration and its instance say.
///
/// @param anonymous who those are that give no name; absent, they are not let in
/// @param endpoint of the admin listener
record Guests(Users users, Optional<Principal> anonymous, AdminEndpoint endpoint) {
  private static final Logger LOG = LoggerFactory.getLogger(Guests.class);

  /// The group that commands a broker of the Classic dialect, as its console asks for.
  private static final String ADMINS = "admins";

  static Guests of(BrokerConfig config, Instance instance) throws IOException {
    return switch (config.logins()) {
      case Logins.OfInstance _ ->
          new Guests(
              Users.open(instance.users(), instance.roles()),
              LoginPolicy.read(instance.login()).anonymous(),
              AdminEndpoint.read(instance.admin()));
      case Logins.Named named ->
          new Guests(
              users(named),
              named.anonymous().map(it -> new Principal(it.name(), it.groups())),
              Files.exists(instance.admin())
                  ? AdminEndpoint.read(instance.admin())
                  : new AdminEndpoint(
                      AdminEndpoint.DEFAULT.host(), AdminEndpoint.DEFAULT.port(), ADMINS));
    };
  }

  private static Users users(Logins.Named named) {
    Map<String, String> passwords = new LinkedHashMap<>();
    Map<String, Set<String>> groups = new LinkedHashMap<>();
    for (var user : named.users()) {
      passwords.put(user.name(), user.password());
      groups.put(user.name(), user.groups());
    }
    return Users.of(passwords, groups);
  }

  Authenticator authenticator(BrokerConfig config) {
    if (config.securityEnabled()) {
      return new UsersAuthenticator(users, anonymous);
    }
    LOG.warn(
        "nobody is asked who they are (security-enabled is false, or there is no plug-in for it):"
            + " whoever reaches an acceptor may do everything, by any name; the admin listener"
            + " still asks for a user");
    return new OpenAuthenticator();
  }
}
